"""What is known of a target's sockets, without a copy of its descriptors."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress

import pytest

from target import held_sockets, processes, settled, sockets
from target.held_sockets import InnerSockets, TcpSockets
from target.processes import Process, name_of_socket

ELSEWHERE = 1
"""A port that no server of these tests has."""


@pytest.fixture(autouse=True)
def no_copies(monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy would keep a socket in the target's epoll sets when the target closes it."""

    def refuse(*_: int) -> None:
        pytest.fail("a descriptor of the target was copied")

    monkeypatch.setattr(settled, "copy_descriptor", refuse)


def ourselves() -> tuple[Process, ...]:
    """Return this process, whose sockets are looked at as a target's."""
    found = processes.look_at(os.getpid())
    assert found is not None
    return (found,)


def inode_of(one: socket.socket) -> int:
    return os.fstat(one.fileno()).st_ino


@contextmanager
def connected() -> Iterator[tuple[socket.socket, socket.socket]]:
    """Give both ends of a connection whose receiver does not read, with its listener closed."""
    with ExitStack() as stack:
        with socket.create_server(("127.0.0.1", 0)) as server:
            one = stack.enter_context(socket.create_connection(server.getsockname()))
            other = stack.enter_context(server.accept()[0])
        yield one, other


def fill(one: socket.socket) -> None:
    """Send until the peer's window is closed and bytes stay unacknowledged."""
    one.setblocking(False)
    with suppress(BlockingIOError):
        while True:
            one.send(bytes(1 << 20))


def names_of(found: TcpSockets) -> set[str]:
    return found.names(ourselves())


def test_only_sockets_of_tcp_are_asked() -> None:
    with (
        socket.socket() as tcp,
        socket.socket(socket.AF_INET6) as tcp6,
        socket.socket(type=socket.SOCK_DGRAM) as udp,
        socket.socket(socket.AF_UNIX) as unix,
    ):
        names = names_of(TcpSockets())
        assert {name_of_socket(inode_of(one)) for one in (tcp, tcp6)} <= names
        assert not names & {name_of_socket(inode_of(one)) for one in (udp, unix)}


def test_one_that_is_known_is_asked_no_more() -> None:
    with socket.socket() as one:
        held = TcpSockets()
        assert name_of_socket(inode_of(one)) in names_of(held)
        held.forget(inode_of(one))
        assert name_of_socket(inode_of(one)) not in names_of(held)


def test_bytes_between_the_own_processes_are_seen() -> None:
    with connected() as (one, _):
        inner = InnerSockets(ELSEWHERE)
        assert not inner.carry_bytes(ourselves())
        fill(one)
        assert inner.carry_bytes(ourselves())


def test_bytes_for_a_client_are_not_inside() -> None:
    with connected() as (one, _):
        fill(one)
        inner = InnerSockets(one.getsockname()[1])
        inner_to_other = InnerSockets(ELSEWHERE)
        assert not inner.carry_bytes(ourselves())
        assert inner_to_other.carry_bytes(ourselves())


def test_where_all_is_known_the_table_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with connected() as (one, other):
        inner = InnerSockets(ELSEWHERE)
        for known in (one, other):
            inner.serves_a_client(inode_of(known))
        inner.carry_bytes(ourselves())
        monkeypatch.setattr(sockets, "connected", lambda: pytest.fail("the table was read"))
        inner.carry_bytes(ourselves())


def test_of_a_long_run_not_every_socket_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_sockets, "MOST_KNOWN", 2)
    with socket.socket() as one:
        held = TcpSockets()
        for inode in (inode_of(one), 1, 2):
            held.forget(inode)
        assert name_of_socket(inode_of(one)) in names_of(held)
