"""A handle starts any server, waits until it listens without touching it, sees it and ends it."""

from __future__ import annotations

import contextlib
import signal
import socket
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from target import ports, process_status, processes, settled
from target.command import REFERENCE, Command
from target.errors import TargetError
from target.handle import Handle
from target.held import Ending
from target.sockets import Endpoint, TcpState
from target.start import start as start_server
from tests.target.programs import PATIENCE, echo, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from target.processes import Process

    Start = Callable[..., Handle]

HOST = "127.0.0.1"
TCPSERV01 = Command((*REFERENCE.words[:3], "target.tcpserv01", *REFERENCE.words[4:]))

PREAMBLE = "import os, signal, socket, sys, threading, time\n"
LISTEN = "s = socket.create_server(('127.0.0.1', int(sys.argv[1]))); "


def python(source: str) -> Command:
    """Return the command of a server given as its source; the port is its argument."""
    return Command((sys.executable, "-I", "-S", "-c", PREAMBLE + source, "{port}"))


def shell(script: str, *arguments: str) -> Command:
    return Command(("sh", "-c", script, "sh", *arguments))


@pytest.fixture
def port() -> Iterator[ports.Reservation]:
    reservation = ports.reserve(HOST)
    yield reservation
    reservation.release()


@pytest.fixture
def start(port: ports.Reservation) -> Iterator[Start]:
    """Start servers, on the test's port if nothing else is said, and stop them at the end."""
    with contextlib.ExitStack() as stack:

        def starter(command: Command, host: str = HOST) -> Handle:
            held = start_server(command, host, port, PATIENCE)
            stack.callback(held.stop)
            return held

        yield starter


@pytest.fixture
def reference(start: Start) -> Handle:
    return start(REFERENCE)


@contextlib.contextmanager
def connected(held: Handle) -> Iterator[tuple[socket.socket, Endpoint]]:
    """Be a client of the server that has been served: one byte came back."""
    with socket.create_connection(
        (held.endpoint.host, held.endpoint.port), timeout=PATIENCE
    ) as client:
        assert echo(client, b"x") == b"x"
        yield client, Endpoint(*client.getsockname()[:2])


def refused(command: Command, port: ports.Reservation, patience: float = PATIENCE) -> TargetError:
    with pytest.raises(TargetError) as refusal:
        start_server(command, HOST, port, patience)
    return refusal.value


def is_settled(held: Handle) -> bool:
    return settled.restless(held.look(), held.look()) is None


def accept_queue(held: Handle) -> int:
    found = held.listening_socket()
    assert found is not None
    return found.receive_queue


def process_of(pid: int) -> Process:
    found = processes.look_at(pid)
    assert found is not None
    return found


def faults_of_children(pid: int) -> int:
    """Return the page faults of all children that were waited for: 0 when there was none."""
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[8])


# Starting, and waiting until it listens.


def test_a_server_listens_when_it_has_been_started(
    reference: Handle, port: ports.Reservation
) -> None:
    found = reference.listening_socket()
    assert found is not None
    assert found.local == Endpoint(HOST, port.port) == reference.endpoint
    assert found.state == TcpState.LISTEN
    assert found.inode == reference.listening_inode
    with connected(reference):
        pass


def test_nobody_has_connected_to_a_server_that_was_started(reference: Handle) -> None:
    wait_until(lambda: is_settled(reference))
    assert accept_queue(reference) == 0
    assert [each.identity for each in reference.tree()] == [reference.root]
    assert faults_of_children(reference.root.pid) == 0
    # The measure is a good one: a client does show in it.
    with connected(reference):
        pass
    wait_until(lambda: faults_of_children(reference.root.pid) > 0)


def test_a_server_that_tells_of_every_client_has_told_of_none(start: Start) -> None:
    held = start(python(LISTEN + "\nwhile True: s.accept(); print('a client', flush=True)"))
    wait_until(lambda: is_settled(held))
    assert held.output() == ""


def test_a_server_that_is_slow_to_listen_is_waited_for(start: Start) -> None:
    # Longer than the time after which a server at a standstill is given up.
    held = start(python("time.sleep(0.5); " + LISTEN + "signal.pause()"))
    assert held.listener == held.root


def test_a_server_is_given_the_environment_and_the_folder_of_its_tester(
    port: ports.Reservation, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GREETING", "hello")
    command = python(
        "print(os.getcwd(), os.environ['GREETING'], flush=True); " + LISTEN + "s.accept()"
    )
    held = start_server(command, HOST, port)
    try:
        assert held.output() == f"{tmp_path.resolve()} hello\n"
    finally:
        held.stop()


def test_a_server_may_be_given_another_environment(port: ports.Reservation) -> None:
    command = python("print(os.environ.get('GREETING'), flush=True); " + LISTEN + "s.accept()")
    held = start_server(command, HOST, port, environment={"GREETING": "servus"})
    try:
        assert held.output() == "servus\n"
    finally:
        held.stop()


def test_a_server_of_ipv6_is_found_and_served() -> None:
    reservation = ports.reserve("::1")
    held = start_server(REFERENCE, "::1", reservation)
    try:
        assert (found := held.listening_socket()) is not None
        assert found.local == Endpoint("::1", reservation.port)
        with connected(held) as (_, client):
            wait_until(lambda: len(held.holders(client)) == 1)
    finally:
        held.stop()
        reservation.release()


def test_a_server_of_both_families_is_found_by_clients_of_ipv4(start: Start) -> None:
    held = start(
        python(
            "s = socket.create_server(('::', int(sys.argv[1])), family=socket.AF_INET6,\n"
            "                         dualstack_ipv6=True)\n"
            "c, _ = s.accept()\n"
            "while data := c.recv(100): c.sendall(data)"
        )
    )
    with connected(held) as (_, client):
        assert [each.identity for each in held.holders(client)] == [held.listener]


# Servers that cannot be tested.


def test_a_command_that_does_not_exist_is_refused(port: ports.Reservation) -> None:
    refusal = refused(Command(("./no such", "{port}")), port)
    assert str(refusal) == "cannot start './no such': No such file or directory"


def test_a_server_that_ends_at_once_is_refused_with_its_output(port: ports.Reservation) -> None:
    refusal = refused(python("print('cannot bind'); sys.exit(3)"), port)
    assert "ended before it listened" in str(refusal)
    assert refusal.output == "cannot bind\n"


def test_a_server_that_is_at_a_standstill_without_listening_is_refused_at_once(
    port: ports.Reservation,
) -> None:
    since = time.monotonic()
    command = python("print('waiting', flush=True); signal.pause()")
    refusal = refused(command, port, patience=10 * PATIENCE)
    assert f"runs but never listened on port {port.port}" in str(refusal)
    assert refusal.output == "waiting\n"
    assert time.monotonic() - since < 5 * PATIENCE


def test_a_server_that_sleeps_without_listening_is_refused_when_patience_ends(
    port: ports.Reservation,
) -> None:
    since = time.monotonic()
    refusal = refused(Command(("sleep", "1000")), port, patience=0.3)
    assert f"runs but never listened on port {port.port}" in str(refusal)
    assert time.monotonic() - since >= 0.3


def test_a_server_that_listens_on_another_port_is_refused_and_the_port_is_named(
    port: ports.Reservation,
) -> None:
    source = "s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); "
    refusal = refused(python(source + "s.accept()"), port)
    elsewhere = refusal.output.strip()
    assert f"listens on 127.0.0.1:{elsewhere}, not on port {port.port}" in str(refusal)
    assert "--port" in str(refusal)


def test_the_command_is_named_in_a_refusal(port: ports.Reservation) -> None:
    refusal = refused(shell("exit 1", "{port}"), port)
    assert str(refusal).startswith("the server sh -c 'exit 1' sh {port} ended")


def test_a_stranger_on_the_port_is_not_taken_for_the_server(port: ports.Reservation) -> None:
    with socket.create_server((HOST, port.port)):
        refusal = refused(python("signal.pause()"), port)
    assert "never listened" in str(refusal)


def test_nothing_is_left_of_a_server_that_was_refused(port: ports.Reservation) -> None:
    source = "print(os.getpid(), flush=True); os.fork(); signal.pause()"
    refusal = refused(python(source), port)
    assert processes.identify(int(refusal.output)) is None
    assert ports.is_free(HOST, port.port)


# Wrappers.


def test_a_wrapper_that_execs_the_server_becomes_it(start: Start) -> None:
    held = start(shell('exec "$@"', *REFERENCE.words))
    assert held.listener == held.root
    with connected(held):
        pass


def test_the_server_behind_a_wrapper_that_waits_is_found(start: Start) -> None:
    held = start(shell('"$@" & wait', *REFERENCE.words))
    assert held.listener != held.root
    assert process_of(held.listener.pid).parent == held.root.pid
    with connected(held):
        pass


def test_a_server_that_has_lost_its_first_process_is_still_held(
    start: Start, port: ports.Reservation
) -> None:
    held = start(
        python(
            "if os.fork() == 0:\n"
            "    os.setsid()\n"
            "    " + LISTEN + "signal.pause()\n"
            "signal.signal(signal.SIGTERM, lambda *_: os._exit(0))\n"
            "while True: signal.pause()"
        )
    )
    daemon = held.listener
    assert daemon != held.root
    # The first process may not have its handler yet.
    wait_until(lambda: signal.SIGTERM in signals_caught(held.root.pid))
    assert held.signal(held.root, signal.SIGTERM)
    wait_until(lambda: held.ending_of(held.root) is not None)
    assert str(held.ending_of(held.root)) == "exited with status 0"
    assert [each.identity for each in held.tree()] == [daemon]
    assert held.listener_lives()
    assert held.listening_socket() is not None
    held.stop()
    assert processes.identify(daemon.pid) is None
    assert ports.is_free(HOST, port.port)


def test_of_processes_that_share_a_listening_socket_the_first_is_the_listener(
    start: Start,
) -> None:
    # As in a server that forks its workers beforehand (UNP 30.6), behind a wrapper.
    source = LISTEN + "os.fork() and os.fork(); s.accept()"
    held = start(shell('"$@" & wait', *python(source).words))
    wait_until(lambda: len(held.listeners()) == 3)
    assert process_of(held.listener.pid).parent == held.root.pid
    assert held.listener in {each.identity for each in held.listeners()}


def signals_caught(pid: int) -> frozenset[int]:
    found = process_status.signals_of(pid)
    return found.caught if found else frozenset()


# Seeing what it does.


def test_the_worker_of_a_connection_is_the_one_that_holds_it(reference: Handle) -> None:
    with connected(reference) as (_, first), connected(reference) as (_, second):
        wait_until(lambda: len(reference.holders(first)) == len(reference.holders(second)) == 1)
        workers = {*reference.holders(first), *reference.holders(second)}
        assert len(workers) == 2
        assert {each.parent for each in workers} == {reference.root.pid}
        assert len(reference.tree()) == 3


def test_each_process_is_told_with_the_clients_that_it_holds(reference: Handle) -> None:
    with connected(reference) as (_, first), connected(reference) as (_, second):
        wait_until(lambda: len(reference.holders(first)) == len(reference.holders(second)) == 1)
        held = reference.held_by(reference.tree(), [first, second])
        assert {one.identity.pid: ends for one, ends in held.items()} == {
            reference.root.pid: (),
            reference.holders(first)[0].identity.pid: (first,),
            reference.holders(second)[0].identity.pid: (second,),
        }


def test_a_connection_that_was_not_accepted_is_held_by_nobody(reference: Handle) -> None:
    reference.signal(reference.listener, signal.SIGSTOP)
    with socket.create_connection((HOST, reference.endpoint.port)) as client:
        address = Endpoint(*client.getsockname())
        wait_until(lambda: accept_queue(reference) == 1)
        waiting = reference.connection(address)
        assert waiting is not None
        assert waiting.inode == 0
        assert reference.holders(address) == ()
        assert not any(reference.held_by(reference.tree(), [address]).values())
        reference.signal(reference.listener, signal.SIGCONT)
        wait_until(lambda: len(reference.holders(address)) == 1)


TWO_QUEUES = (
    "two = [socket.create_server(('127.0.0.1', int(sys.argv[1])), reuse_port=True) for _ in 'ab']\n"
    "accepting = two[{}]\n"
    "while True: accepting.accept()"
)
"""A server with two sockets on its port, which accepts from one of them only."""


@pytest.mark.parametrize("accepting", [0, 1])
def test_clients_wait_while_any_of_several_sockets_has_some_in_its_queue(
    start: Start, accepting: int
) -> None:
    held = start(python(TWO_QUEUES.format(accepting)))
    with contextlib.ExitStack() as clients:
        for _ in range(12):
            clients.enter_context(socket.create_connection((HOST, held.endpoint.port)))
        wait_until(lambda: is_settled(held))
        assert held.clients_wait()


def test_a_connection_is_not_found_once_it_is_gone(reference: Handle) -> None:
    with connected(reference) as (_, address):
        assert reference.connection(address) is not None
    wait_until(lambda: reference.connection(address) is None)
    assert reference.holders(address) == ()


def test_the_zombies_of_a_server_that_does_not_wait_are_in_its_tree(start: Start) -> None:
    held = start(TCPSERV01)
    for _ in range(3):
        with connected(held):
            pass
    wait_until(lambda: len(held.look().zombies) == 3)
    assert {each.parent for each in held.look().zombies} == {held.root.pid}
    assert len(held.tree()) == 4


def test_the_reference_has_no_zombies_when_it_has_settled(reference: Handle) -> None:
    for _ in range(3):
        with connected(reference):
            pass
    wait_until(lambda: len(reference.tree()) == 1 and is_settled(reference))
    assert reference.look().zombies == ()


def test_a_worker_does_not_hold_the_listening_socket(reference: Handle) -> None:
    with connected(reference):
        wait_until(lambda: len(reference.tree()) == 2)
        wait_until(lambda: [each.identity for each in reference.listeners()] == [reference.root])


def test_the_descriptors_of_a_server_are_counted(start: Start) -> None:
    held = start(python(LISTEN + "c = [s.accept() for _ in range(2)]; signal.pause()"))
    wait_until(lambda: is_settled(held))
    before = held.descriptor_count(held.listener)
    with socket.create_connection((HOST, held.endpoint.port)):
        wait_until(lambda: held.descriptor_count(held.listener) == before + 1)


def test_memory_that_the_server_fills_is_seen(start: Start) -> None:
    held = start(python(LISTEN + "s.accept(); b = b'x' * 50_000_000; signal.pause()"))
    before = held.memory()
    with socket.create_connection((HOST, held.endpoint.port)):
        wait_until(lambda: held.memory() > before + 45_000_000)


def test_the_processor_time_of_every_process_is_seen(reference: Handle) -> None:
    with connected(reference):
        times = reference.processor_times()
        assert {each.identity.pid for each in reference.tree()} == times.keys()
        assert times[reference.root.pid][0] > 0


def test_the_output_of_a_server_is_seen(start: Start) -> None:
    held = start(python("print('serving', sys.argv[1], flush=True); " + LISTEN + "s.accept()"))
    assert held.output() == f"serving {held.endpoint.port}\n"


# Acting on it, and its end.


def test_a_signal_reaches_a_worker_and_no_other_process(reference: Handle) -> None:
    with connected(reference) as (client, address), connected(reference) as (other, _):
        wait_until(lambda: len(reference.holders(address)) == 1)
        (worker,) = reference.holders(address)
        assert reference.signal(worker.identity, signal.SIGKILL)
        assert client.recv(1) == b""
        assert echo(other, b"still here") == b"still here"
    assert reference.listener_lives()


def test_a_process_that_is_not_the_server_s_is_never_signalled(
    reference: Handle, port: ports.Reservation
) -> None:
    other_port = ports.reserve(HOST)
    other = start_server(REFERENCE, HOST, other_port)
    try:
        with pytest.raises(ValueError, match=f"^process {other.root.pid} is not one of"):
            reference.signal(other.root, signal.SIGKILL)
        assert other.listener_lives()
        assert not other.is_gone()
    finally:
        other.stop()
        other_port.release()


def test_a_signal_to_a_process_that_is_gone_is_not_sent(reference: Handle) -> None:
    with connected(reference) as (_, address):
        wait_until(lambda: len(reference.holders(address)) == 1)
        (worker,) = reference.holders(address)
    wait_until(lambda: processes.identify(worker.identity.pid) is None)
    assert not reference.signal(worker.identity, signal.SIGCONT)


def test_how_a_server_ended_is_told(start: Start) -> None:
    held = start(REFERENCE)
    assert held.ending_of(held.root) is None
    assert held.listener_lives()
    assert not held.is_gone()
    held.signal(held.root, signal.SIGKILL)
    wait_until(lambda: held.ending_of(held.root) is not None)
    assert held.ending_of(held.root) == Ending(None, signal.SIGKILL)
    assert not held.listener_lives()
    assert held.is_gone()
    assert held.tree() == ()
    assert held.listening_socket() is None


def test_an_exit_is_told_from_a_death(reference: Handle) -> None:
    reference.signal(reference.root, signal.SIGTERM)
    wait_until(lambda: reference.ending_of(reference.root) is not None)
    assert reference.ending_of(reference.root) == Ending(0, None)


def test_a_listener_that_is_a_zombie_does_not_live(start: Start) -> None:
    held = start(shell('"$@" & wait', *REFERENCE.words))
    held.signal(held.root, signal.SIGSTOP)
    held.signal(held.listener, signal.SIGKILL)
    wait_until(lambda: process_of(held.listener.pid).is_zombie)
    assert not held.listener_lives()
    assert not held.is_gone()


def test_a_server_whose_workers_are_left_is_not_gone(reference: Handle) -> None:
    with connected(reference) as (client, _):
        reference.signal(reference.root, signal.SIGKILL)
        wait_until(lambda: reference.ending_of(reference.root) is not None)
        assert not reference.is_gone()
        assert len(reference.tree()) == 1
        assert echo(client, b"orphaned") == b"orphaned"
    wait_until(reference.is_gone)


def test_stopping_ends_the_listener_and_its_workers_and_frees_the_port(
    reference: Handle, port: ports.Reservation
) -> None:
    with connected(reference) as (client, _):
        everything = [each.identity.pid for each in reference.tree()]
        reference.stop()
        assert [processes.identify(pid) for pid in everything] == [None, None]
        assert client.recv(1) == b""
    assert ports.is_free(HOST, port.port)
    assert not reference.listener_lives()
    assert reference.is_gone()


def test_stopping_a_server_that_is_frozen_ends_it(reference: Handle) -> None:
    reference.signal(reference.root, signal.SIGSTOP)
    wait_until(lambda: process_of(reference.root.pid).is_stopped)
    reference.stop()
    assert processes.identify(reference.root.pid) is None


def test_stopping_twice_is_harmless(reference: Handle) -> None:
    reference.stop()
    reference.stop()
    assert reference.is_gone()


def test_the_same_port_can_be_used_again_after_a_stop(start: Start) -> None:
    first = start(REFERENCE)
    with connected(first):
        first.stop()
    second = start(REFERENCE)
    with connected(second):
        assert second.root != first.root


@pytest.mark.parametrize(
    ("status", "ending", "words"),
    [
        (0, Ending(0, None), "exited with status 0"),
        (3 << 8, Ending(3, None), "exited with status 3"),
        (9, Ending(None, 9), "killed by SIGKILL"),
        (11 | 0x80, Ending(None, 11), "killed by SIGSEGV"),
    ],
)
def test_a_status_of_wait_is_put_into_words(status: int, ending: Ending, words: str) -> None:
    assert Ending.of(status) == ending
    assert str(ending) == words


def test_a_server_that_listens_at_another_address_is_named(port: ports.Reservation) -> None:
    with pytest.raises(TargetError, match=r"listens on 127\.0\.0\.1:\d+, not on 127\.0\.0\.2:"):
        start_server(
            Command((sys.executable, "-m", "target.tcpserv04", "--port", "{port}")),
            "127.0.0.2",
            port,
        )


def test_a_server_on_all_addresses_is_reached_by_loopback(port: ports.Reservation) -> None:
    held = start_server(REFERENCE, "0.0.0.0", port)
    try:
        assert held.endpoint == Endpoint("127.0.0.1", port.port)
        assert held.listening_socket() is not None
        with connected(held) as (_, address):
            wait_until(lambda: len(held.holders(address)) == 1)
    finally:
        held.stop()


TWO_PROCESSES = """
import os, signal, socket, sys
front = socket.create_server(("127.0.0.1", int(sys.argv[1])))
back = socket.create_server(("127.0.0.1", 0))
if os.fork() == 0:
    back.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    inner, _ = back.accept()
    os.read(inner.fileno(), 1)
    signal.pause()
inner = socket.create_connection(back.getsockname())
inner.setblocking(False)
client, _ = front.accept()
try:
    while True:
        inner.send(bytes(65536))
except BlockingIOError:
    signal.pause()
"""


def test_bytes_between_the_target_s_own_processes_are_seen(start: Start) -> None:
    held = start(Command((sys.executable, "-c", TWO_PROCESSES, "{port}")))
    assert not held.talks_inside()
    with socket.create_connection((HOST, held.endpoint.port)):
        wait_until(held.talks_inside)


def test_a_signal_without_a_name_of_its_own_is_told_by_its_number() -> None:
    assert str(Ending(None, signal.SIGRTMIN + 2)) == f"killed by signal {signal.SIGRTMIN + 2}"
    assert str(Ending.of(signal.SIGKILL)) == "killed by SIGKILL"


def test_bytes_to_a_client_are_not_inside(start: Start) -> None:
    program = (
        "import signal, socket, sys\n"
        "s = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
        "c, _ = s.accept()\nc.setblocking(False)\n"
        "try:\n    while True:\n        c.send(bytes(65536))\n"
        "except BlockingIOError:\n    signal.pause()\n"
    )
    held = start(Command((sys.executable, "-c", program, "{port}")))
    with socket.create_connection((HOST, held.endpoint.port)) as client:
        address = Endpoint(*client.getsockname())
        wait_until(lambda: (end := held.connection(address)) is not None and end.send_queue > 0)
        assert not held.talks_inside()
