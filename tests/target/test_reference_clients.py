"""The reference clients: what they print, what they notice, and how they end."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from target import str_cli
from tests.target.programs import (
    PATIENCE,
    SYS_CONNECT,
    SYS_READ,
    accepted,
    children_of,
    free_port,
    listening,
    receive,
    reset,
    running,
    serving,
    settle,
    stderr_of,
    syscall_of,
    wait_until,
    zombies_of,
)

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

CLIENTS = ("tcpcli", "tcpcli01", "tcpcli04")
WATCHFUL = ("tcpcli", "tcpcli04")
EVERY_BYTE = bytes(range(256)) * 32768
TERMINATED = "str_cli: server terminated prematurely\n"
RESET = "str_cli: connection reset by peer\n"


@contextlib.contextmanager
def talking(program: str) -> Iterator[tuple[subprocess.Popen[bytes], socket.socket]]:
    """Run a client against a server played by the test; hand out both ends."""
    with (
        listening() as listener,
        running(program, *listener.getsockname()) as client,
        accepted(listener) as server,
    ):
        yield client, server


def type_in(client: subprocess.Popen[bytes], data: bytes) -> None:
    assert client.stdin is not None
    client.stdin.write(data)
    client.stdin.flush()


def end_input(client: subprocess.Popen[bytes]) -> None:
    assert client.stdin is not None
    client.stdin.close()


def printed(client: subprocess.Popen[bytes], count: int) -> bytes:
    assert client.stdout is not None
    return client.stdout.read(count)


@pytest.mark.parametrize("program", CLIENTS)
def test_the_echo_of_each_line_is_printed_at_once(program: str) -> None:
    with serving("tcpserv04") as (_, address), running(program, *address) as client:
        for line in (b"hello, world\n", b"good bye\n", b"\n"):
            type_in(client, line)
            assert printed(client, len(line)) == line


@pytest.mark.parametrize("program", CLIENTS)
@pytest.mark.parametrize(
    "text", [b"", b"a", b"no newline at the end\nof this", b"\0\xff\r\n\0", b"x" * 100_000]
)
def test_whatever_is_put_in_comes_out(program: str, text: bytes) -> None:
    with serving("tcpserv04") as (_, address), running(program, *address) as client:
        assert client.communicate(text, PATIENCE) == (text, b"")
        assert client.returncode == 0


@pytest.mark.parametrize("program", WATCHFUL)
def test_a_large_input_never_makes_client_and_server_wait_for_each_other(program: str) -> None:
    with serving("tcpserv04") as (_, address), running(program, *address) as client:
        assert client.communicate(EVERY_BYTE, PATIENCE) == (EVERY_BYTE, b"")
        assert client.returncode == 0


def test_the_end_of_the_input_is_a_half_close_and_every_echo_owed_is_printed() -> None:
    with talking("tcpcli") as (client, server):
        type_in(client, b"one\ntwo\n")
        end_input(client)
        assert receive(server, 100) == b"one\ntwo\n"
        server.sendall(b"one\ntwo\n")
        server.shutdown(socket.SHUT_WR)
        assert printed(client, 100) == b"one\ntwo\n"
        assert stderr_of(client) == ""
        assert client.returncode == 0


def test_an_echo_still_owed_when_the_server_ends_makes_the_end_premature() -> None:
    with talking("tcpcli") as (client, server):
        type_in(client, b"one\ntwo\n")
        end_input(client)
        assert receive(server, 100) == b"one\ntwo\n"
        server.sendall(b"one\n")
        server.shutdown(socket.SHUT_WR)
        assert printed(client, 100) == b"one\n"
        assert stderr_of(client) == TERMINATED
        assert client.returncode == 1


@pytest.mark.parametrize("program", WATCHFUL)
def test_the_servers_fin_is_noticed_while_nobody_types(program: str) -> None:
    with talking(program) as (client, server):
        server.shutdown(socket.SHUT_WR)
        assert stderr_of(client) == TERMINATED
        assert client.returncode == 1


@pytest.mark.parametrize("program", WATCHFUL)
def test_a_reset_is_noticed_while_nobody_types(program: str) -> None:
    with talking(program) as (client, server):
        reset(server)
        assert stderr_of(client) == RESET
        assert client.returncode == 1


def test_echoes_that_came_before_a_reset_are_printed() -> None:
    with talking("tcpcli") as (client, server):
        type_in(client, b"one\ntwo\n")
        assert receive(server, 8) == b"one\ntwo\n"
        server.sendall(b"one\n")
        assert printed(client, 4) == b"one\n"
        reset(server)
        assert stderr_of(client) == RESET


def test_a_failed_write_still_prints_the_echoes_that_had_arrived(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    out: list[bytes] = []
    monkeypatch.setattr(str_cli, "fputs", out.append)
    with listening() as listener, socket.create_connection(listener.getsockname()) as ours:
        conversation = str_cli.Conversation(ours)
        conversation.unsent = b"two\n"
        server = accepted(listener)
        server.sendall(b"one\n")
        reset(server)
        with pytest.raises(SystemExit, match="connection reset by peer"):
            conversation.send()
    assert out == [b"one\n"]


def test_a_write_after_fin_and_reset_is_told_in_its_own_words() -> None:
    with pytest.raises(SystemExit, match=r"^str_cli: broken pipe"):
        str_cli.err_socket(OSError(errno.EPIPE, os.strerror(errno.EPIPE)))


def test_tcpcli01_notices_the_fin_only_with_the_next_line() -> None:
    with talking("tcpcli01") as (client, server):
        server.close()
        wait_until(lambda: syscall_of(client.pid)[:2] == [SYS_READ, "0x0"])
        type_in(client, b"another line\n")
        assert stderr_of(client) == TERMINATED
        assert client.returncode == 1


def test_tcpcli01_tells_the_fin_when_its_input_ends() -> None:
    with talking("tcpcli01") as (client, server):
        server.close()
        end_input(client)
        assert stderr_of(client) == TERMINATED
        assert client.returncode == 1


def test_tcpcli01_tells_a_reset_with_the_next_line() -> None:
    with talking("tcpcli01") as (client, server):
        reset(server)
        type_in(client, b"another line\n")
        assert stderr_of(client) == RESET
        assert client.returncode == 1


@pytest.mark.parametrize("program", CLIENTS)
def test_a_worker_that_is_killed_ends_its_client(program: str) -> None:
    with serving("tcpserv04") as (server, address), running(program, *address) as client:
        type_in(client, b"hello\n")
        assert printed(client, 6) == b"hello\n"
        for worker in children_of(server.pid):
            # The end of the first may end the client, and so the other workers.
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        if program == "tcpcli01":
            settle(server.pid)
            type_in(client, b"another line\n")
        assert stderr_of(client) == TERMINATED
        assert client.returncode == 1


def test_tcpcli04_opens_five_connections_and_closes_them_together() -> None:
    with serving("tcpserv04") as (server, address), running("tcpcli04", *address) as client:
        wait_until(lambda: len(children_of(server.pid)) == 5)
        assert client.communicate(b"hello\n", PATIENCE) == (b"hello\n", b"")
        settle(server.pid)
        assert zombies_of(server.pid) == []


@pytest.mark.parametrize("program", CLIENTS)
def test_a_refused_connection_gets_one_sentence(program: str) -> None:
    port = free_port()
    with running(program, "127.0.0.1", port) as client:
        said = stderr_of(client)
    assert said == f"{program}: cannot connect to 127.0.0.1 port {port}: Connection refused\n"
    assert client.returncode == 1


def test_a_bad_port_gets_one_sentence() -> None:
    with running("tcpcli", "127.0.0.1", "echo") as client:
        said = stderr_of(client)
    assert said.startswith("tcpcli: argument PORT: 'echo' is not a port")
    assert said.count("\n") == 1
    assert client.returncode == 2


def test_a_closed_standard_output_is_told() -> None:
    with serving("tcpserv04") as (_, address), running("tcpcli", *address) as client:
        assert client.stdout is not None
        client.stdout.close()
        type_in(client, b"hello\n")
        assert stderr_of(client) == "str_cli: cannot write to standard output: Broken pipe\n"
        assert client.returncode == 1


def test_ctrl_c_ends_a_client_like_any_program() -> None:
    with talking("tcpcli") as (client, _):
        client.send_signal(signal.SIGINT)
        assert stderr_of(client) == ""
        assert client.returncode == -signal.SIGINT


def test_an_interrupted_connect_is_finished_and_not_called_again() -> None:
    interruptions: list[int] = []
    connecting, main_thread = threading.get_native_id(), threading.main_thread().ident
    assert main_thread is not None

    def interrupt_then_make_room(listener: socket.socket) -> None:
        wait_until(lambda: syscall_of(connecting)[0] == SYS_CONNECT)
        signal.pthread_kill(main_thread, signal.SIGUSR1)
        wait_until(lambda: interruptions)
        accepted(listener).close()

    before = signal.signal(signal.SIGUSR1, lambda number, _: interruptions.append(number))
    # The queue has one place, and it is taken: the SYN of the next client is dropped, and sent
    # again after a second.
    with (
        listening(backlog=0) as listener,
        socket.create_connection(listener.getsockname()),
        socket.socket() as ours,
    ):
        interrupter = threading.Thread(target=interrupt_then_make_room, args=(listener,))
        interrupter.start()
        try:
            str_cli.connect(ours, str_cli.sockaddr(socket.AF_INET, listener.getsockname()))
            assert ours.getpeername() == listener.getsockname()
        finally:
            interrupter.join(PATIENCE)
            signal.signal(signal.SIGUSR1, before)
    assert interruptions == [signal.SIGUSR1]
