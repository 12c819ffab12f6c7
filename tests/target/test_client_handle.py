"""The handle of a client: its standard streams are ours, and nothing of it is left."""

import errno
import os
import select
import socket
import sys
from collections.abc import Callable, Iterator

import pytest

from faults.gate import kernel
from target import processes
from target.client_handle import ClientHandle, InputKind, read, start
from target.command import Command
from target.processes import descriptors_of
from target.sockets import Endpoint, TcpState
from tests.target.programs import wait_until

NO_SERVER = Endpoint("127.0.0.1", 9)
Start = Callable[..., ClientHandle]


@pytest.fixture
def run() -> Iterator[Start]:
    handles: list[ClientHandle] = []

    def run(
        source: str, server: Endpoint = NO_SERVER, kind: InputKind = InputKind.PIPE
    ) -> ClientHandle:
        words = (sys.executable, "-I", "-S", "-c", source, "{host}", "{port}")
        handles.append(start(Command(words), server, kind))
        return handles[-1]

    yield run
    for handle in handles:
        handle.stop()


def everything(descriptor: int) -> bytes:
    """Return what comes until the end."""
    text = b""
    while select.select([descriptor], [], [], 30)[0] and (more := read(descriptor)):
        text += more
    return text


COPY = "import sys; sys.stdout.write(sys.stdin.read()); sys.stderr.write('done')"


def test_what_is_typed_into_a_pipe_is_read_to_its_end(run: Start) -> None:
    streams = run(COPY).streams
    assert streams.write(b"a line\nno newline") == 17
    streams.end_input(in_a_line=True)
    assert everything(streams.output) == b"a line\nno newline"


def test_an_interruption_while_the_input_is_closed_leaves_nothing_to_close_twice(
    run: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = run(COPY).streams
    close = os.close

    def interrupted(descriptor: int) -> None:
        close(descriptor)
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "close", interrupted)
    with pytest.raises(KeyboardInterrupt):
        streams.end_input(in_a_line=False)
    with pytest.raises(KeyboardInterrupt):
        streams.close_output()
    monkeypatch.setattr(os, "close", close)
    streams.close()


def test_output_and_errors_are_told_apart(run: Start) -> None:
    streams = run(COPY).streams
    streams.end_input(in_a_line=False)
    assert (everything(streams.output), everything(streams.errors)) == (b"", b"done")


def test_a_terminal_is_one_for_the_client(run: Start) -> None:
    handle = run("import os; print(os.isatty(0), os.isatty(1))", kind=InputKind.TERMINAL)
    assert everything(handle.streams.output) == b"True False\n"


@pytest.mark.parametrize(("typed", "in_a_line"), [(b"a line\n", False), (b"a line\nrest", True)])
def test_control_d_ends_the_input_of_a_terminal(run: Start, typed: bytes, in_a_line: bool) -> None:
    streams = run(COPY, kind=InputKind.TERMINAL).streams
    assert streams.write(typed) == len(typed)
    streams.end_input(in_a_line=in_a_line)
    assert everything(streams.output) == typed


def test_what_was_typed_into_a_terminal_has_come_when_it_is_written(run: Start) -> None:
    streams = run("import signal; signal.pause()", kind=InputKind.TERMINAL).streams
    for line in range(50):
        assert streams.holds_input() == (line > 0)
        assert streams.write(b"a line\n") == 7
        assert streams.holds_input() == 1


@pytest.mark.parametrize("kind", InputKind)
def test_whether_the_client_has_read_its_input_can_be_asked(run: Start, kind: InputKind) -> None:
    source = "import sys; print(sys.stdin.readline(), flush=True); sys.stdin.read()"
    streams = run(source, kind=kind).streams
    streams.write(b"a line\n")
    wait_until(lambda: not streams.holds_input())
    assert streams.holds_input() == 0


def test_input_for_a_client_that_is_gone_is_refused_and_harms_nobody(run: Start) -> None:
    handle = run("pass")
    assert everything(handle.streams.output) == b""
    wait_until(lambda: handle.ending_of(handle.root) is not None)
    ending = handle.ending_of(handle.root)
    assert ending is not None
    assert ending.status == 0
    assert handle.streams.write(b"anybody?") is None


def test_its_host_and_port_are_filled_in(run: Start) -> None:
    handle = run("import sys; print(*sys.argv[1:])", Endpoint("127.0.0.7", 4711))
    assert everything(handle.streams.output) == b"127.0.0.7 4711\n"


def test_its_connection_is_known_before_anybody_accepts_it(run: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Endpoint(*listening.getsockname())
        source = "import socket, sys; s = socket.create_connection(sys.argv[1:])"
        handle = run(f"{source}; print('connected', flush=True); sys.stdin.read()", server)
        select.select([handle.streams.output], [], [], 30)
        (found,) = handle.connections()
        assert (found.state, found.remote) == (TcpState.ESTABLISHED, server)


CONNECTS_TWICE = """
import socket, sys
first, second = socket.socket(), socket.socket()
first.connect(server := (sys.argv[1], int(sys.argv[2])))
second.setblocking(False)
second.connect_ex(server)
print("connecting", flush=True)
sys.stdin.read()
"""


def connects_twice(run: Start, listening: socket.socket) -> ClientHandle:
    """Start a client that connects, and begins to connect once more."""
    handle = run(CONNECTS_TWICE, Endpoint(*listening.getsockname()))
    select.select([handle.streams.output], [], [], 30)
    return handle


def test_a_connection_that_is_being_made_is_seen(run: Start) -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listening:
        assert connects_twice(run, listening).is_connecting()


def test_a_connection_that_was_made_is_not_being_made(run: Start) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        assert not connects_twice(run, listening).is_connecting()


def test_a_connection_to_another_server_is_not_its(run: Start) -> None:
    with (
        socket.create_server(("127.0.0.1", 0), backlog=0) as listening,
        socket.create_server(("127.0.0.1", 0)) as other,
    ):
        handle = connects_twice(run, listening)
        handle.server = Endpoint(*other.getsockname())
        assert not handle.is_connecting()


def test_nothing_of_it_stays_behind(run: Start) -> None:
    run("pass").stop()  # what the first one leaves is there for all
    before = set(os.listdir("/proc/self/fd"))
    handle = run("import sys; sys.stdin.read()")
    pid = handle.root.pid
    handle.stop()
    handle.stop()
    assert processes.identify(pid) is None
    assert set(os.listdir("/proc/self/fd")) <= before


class ClosedGate:
    """A gate that cannot be opened: the tester has no descriptor left."""

    program = kernel.program(())

    def open(self, listener: int) -> None:
        """Fail."""
        del listener
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    def passages(self) -> int | None:
        """No call comes."""
        return 0


def test_a_client_whose_gate_cannot_be_opened_is_stopped(
    run: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[ClientHandle] = []
    stop = ClientHandle.stop

    def note_and_stop(handle: ClientHandle) -> None:
        stopped.append(handle)
        stop(handle)

    # The first one that is started brings what all others use.
    run(COPY).stop()
    monkeypatch.setattr(ClientHandle, "stop", note_and_stop)
    before = descriptors_of(os.getpid())
    with pytest.raises(OSError, match="Too many open files"):
        start(Command(("sleep", "1000")), NO_SERVER, gate=ClosedGate())
    assert [processes.has_ended(handle.root) for handle in stopped] == [True]
    assert descriptors_of(os.getpid()).keys() <= before.keys()
