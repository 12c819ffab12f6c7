"""The reference server: what it does with bytes, with errors, with signals, and with its user."""

from __future__ import annotations

import contextlib
import errno
import os
import resource
import signal
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from target import echo_server
from tests.target.programs import (
    PATIENCE,
    SYS_PPOLL,
    SYS_READ,
    children_of,
    connected,
    echo,
    receive,
    reset,
    running,
    serving,
    settle,
    sockets_of,
    state_of,
    stderr_of,
    syscall_of,
    wait_until,
    waits_for_clients,
    zombies_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

EVERY_BYTE = bytes(range(256)) * 4096


@pytest.fixture
def signals_restored() -> Iterator[None]:
    numbers = (*echo_server.HELD_SIGNALS, signal.SIGUSR1)
    handlers = {number: signal.getsignal(number) for number in numbers}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    yield
    for number, handler in handlers.items():
        signal.signal(number, handler)
    signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def test_writen_writes_everything_to_a_slow_reader() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        writer = threading.Thread(target=echo_server.writen, args=(ours.fileno(), EVERY_BYTE))
        writer.start()
        assert receive(theirs, len(EVERY_BYTE)) == EVERY_BYTE
        writer.join(PATIENCE)


def test_str_echo_returns_at_the_fin_when_all_is_echoed() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        theirs.sendall(b"all\0of\nit")
        theirs.shutdown(socket.SHUT_WR)
        echo_server.str_echo(ours.fileno())
        assert receive(theirs, 9) == b"all\0of\nit"


def test_str_echo_goes_on_when_a_signal_interrupts_its_read(signals_restored: None) -> None:
    interruptions: list[int] = []
    signal.signal(signal.SIGUSR1, lambda number, _: interruptions.append(number))
    ours, theirs = socket.socketpair()
    reading = threading.get_native_id()
    main_thread = threading.main_thread().ident
    assert main_thread is not None

    def interrupt_then_end() -> None:
        wait_until(lambda: syscall_of(reading)[0] == SYS_READ)
        signal.pthread_kill(main_thread, signal.SIGUSR1)
        wait_until(lambda: interruptions)
        theirs.sendall(b"after")
        theirs.shutdown(socket.SHUT_WR)

    with ours, theirs:
        interrupter = threading.Thread(target=interrupt_then_end)
        interrupter.start()
        echo_server.str_echo(ours.fileno())
        interrupter.join(PATIENCE)
        assert receive(theirs, 5) == b"after"


def test_accept_runs_held_handlers_also_when_a_client_is_waiting(signals_restored: None) -> None:
    handled: list[int] = []
    mask = echo_server.take_signals(lambda number, _: handled.append(number))
    with (
        contextlib.closing(echo_server.listen("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()),
    ):
        signal.pthread_kill(threading.get_ident(), signal.SIGCHLD)
        os.close(echo_server.accept(listener.fileno(), mask))
    assert handled == [signal.SIGCHLD]


def test_accept_is_interrupted_by_a_held_signal_when_nobody_is_waiting(
    signals_restored: None,
) -> None:
    handled: list[int] = []
    mask = echo_server.take_signals(lambda number, _: handled.append(number))
    with contextlib.closing(echo_server.listen("127.0.0.1", 0)) as listener:
        signal.pthread_kill(threading.get_ident(), signal.SIGCHLD)
        with pytest.raises(InterruptedError):
            echo_server.accept(listener.fileno(), mask)
    assert handled == [signal.SIGCHLD]


@pytest.mark.parametrize("number", sorted(echo_server.CLIENT_LOST), ids=errno.errorcode.get)
def test_a_client_lost_before_accept_is_only_one_client(number: int) -> None:
    mask = echo_server.mask_that_lets_in(())
    echo_server.recover(OSError(number, ""), mask, retry_interrupted_accept=False)


@pytest.mark.parametrize("number", sorted(echo_server.CLIENT_STILL_QUEUED), ids=errno.errorcode.get)
def test_a_shortage_makes_the_listener_pause(number: int, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[object] = []
    monkeypatch.setattr(echo_server, "pause", pauses.append)
    mask = echo_server.mask_that_lets_in(())
    echo_server.recover(OSError(number, ""), mask, retry_interrupted_accept=True)
    assert pauses == [mask]


def test_any_other_error_of_accept_ends_the_server_in_words() -> None:
    mask = echo_server.mask_that_lets_in(())
    error = OSError(errno.EBADF, os.strerror(errno.EBADF))
    with pytest.raises(SystemExit, match="accept error: Bad file descriptor"):
        echo_server.recover(error, mask, retry_interrupted_accept=True)


def test_a_client_whose_worker_cannot_be_forked_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    def fork() -> int:
        raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))

    monkeypatch.setattr(os, "fork", fork)
    ours, theirs = socket.socketpair()
    with theirs:
        echo_server.serve_client(listenfd=-1, connfd=ours.detach())
        assert theirs.recv(1) == b""


def test_a_listener_out_of_descriptors_waits_and_then_serves_who_waited() -> None:
    with serving("tcpserv04") as (server, address):
        limits = resource.prlimit(server.pid, resource.RLIMIT_NOFILE)
        resource.prlimit(server.pid, resource.RLIMIT_NOFILE, (4, limits[1]))
        with socket.create_connection(address, timeout=PATIENCE) as client:
            # Asleep on no descriptor at all: the client in the queue cannot make it spin.
            wait_until(lambda: syscall_of(server.pid)[0:3:2] == [SYS_PPOLL, "0x0"])
            resource.prlimit(server.pid, resource.RLIMIT_NOFILE, limits)
            assert echo(client, b"patience") == b"patience"


def test_every_byte_comes_back_and_then_the_fin() -> None:
    with (
        serving("tcpserv04") as (_, address),
        socket.create_connection(address, timeout=PATIENCE) as client,
    ):

        def send() -> None:
            client.sendall(EVERY_BYTE)
            client.shutdown(socket.SHUT_WR)

        sender = threading.Thread(target=send)
        sender.start()
        assert receive(client, len(EVERY_BYTE) + 1) == EVERY_BYTE
        sender.join(PATIENCE)


def test_the_listener_keeps_no_client_and_a_worker_keeps_no_listener() -> None:
    with serving("tcpserv04") as (server, address):
        clients = connected(address, 2)
        wait_until(lambda: waits_for_clients(server.pid))
        assert sockets_of(server.pid) == 1
        assert [sockets_of(worker) for worker in children_of(server.pid)] == [1, 1]
        for client in clients:
            client.close()


def test_a_client_that_resets_ends_its_worker_without_a_word() -> None:
    with serving("tcpserv04") as (server, address):
        reset(connected(address, 1)[0])
        settle(server.pid)
        server.terminate()
        assert stderr_of(server) == ""


def test_sigterm_ends_a_worker_and_no_other() -> None:
    with serving("tcpserv04") as (server, address):
        first, second = connected(address, 2)
        with first, second:
            os.kill(min(children_of(server.pid)), signal.SIGTERM)
            wait_until(lambda: len(children_of(server.pid)) == 1)
            assert first.recv(1) == b""
            assert echo(second, b"mine") == b"mine"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_closed_down_server_keeps_its_clients_and_frees_its_port(number: signal.Signals) -> None:
    with serving("tcpserv04") as (server, address), connected(address, 1)[0] as client:
        server.send_signal(number)
        assert server.wait(PATIENCE) == 0
        assert echo(client, b"to the end") == b"to the end"
        with running("tcpserv04", "--port", address[1]) as successor:
            wait_until(lambda: waits_for_clients(successor.pid))
            connected(address, 1)[0].close()


def test_a_closed_down_server_says_nothing() -> None:
    with serving("tcpserv04") as (server, address):
        connected(address, 1)[0].close()
        settle(server.pid)
        server.terminate()
        assert server.communicate() == (b"", b"")


def test_it_serves_ipv6() -> None:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        pytest.skip("this machine has no IPv6 loopback")
    with serving("tcpserv04", host="::1") as (server, address):
        connected(address, 1)[0].close()
        settle(server.pid)
        assert zombies_of(server.pid) == []


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("--port", "x"), "'x' is not a port"),
        (("--port", "0"), "'0' is not a port"),
        (("--port", "65536"), "'65536' is not a port"),
        (("--host", "192.0.2.1"), "cannot listen on 192.0.2.1 port 9877"),
        (("--host", "no such host"), "cannot listen on no such host port 9877"),
        (("--port", "9" * 5000), "is not a port"),
        (("--port",), "argument --port: expected one argument"),
        (("--host", "--port", "99"), "argument --host: expected one argument"),
        (("--frobnicate",), "unrecognized arguments: --frobnicate"),
        (("99",), "unrecognized arguments: 99"),
        (("",), "unrecognized arguments: ''"),
    ],
)
def test_a_mistake_on_the_command_line_gets_one_sentence(
    arguments: tuple[str, ...], reason: str
) -> None:
    with running("tcpserv04", *arguments) as server:
        said = stderr_of(server)
    assert said.startswith("tcpserv04: ")
    assert reason in said
    assert said.count("\n") == 1
    assert server.returncode == 2


def test_a_port_in_use_gets_one_sentence() -> None:
    with (
        serving("tcpserv04") as (_, (host, port)),
        running("tcpserv04", "--port", port) as second,
    ):
        said = stderr_of(second)
    assert said == f"tcpserv04: cannot listen on {host} port {port}: Address already in use\n"
    assert second.returncode == 2


def test_a_worker_ends_when_its_client_has_gone() -> None:
    with serving("tcpserv04") as (server, address):
        client = connected(address, 1)[0]
        worker = children_of(server.pid)[0]
        client.close()
        wait_until(lambda: state_of(worker) == "X")


def test_it_serves_where_python_leaves_out_docstrings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONOPTIMIZE", "2")
    with serving("tcpserv04") as (_, address):
        connected(address, 1)[0].close()


def test_help_shows_how_to_try_it() -> None:
    with running("tcpserv04", "--help") as server:
        said, _ = server.communicate()
    assert b"python -m target.tcpcli 127.0.0.1 9877" in said
    assert server.returncode == 0
