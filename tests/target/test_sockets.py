"""The kernel's view of TCP sockets, checked on sockets of our own."""

from __future__ import annotations

import contextlib
import os
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from target import sockets
from target.sockets import Endpoint, TcpSocket, TcpState
from tests.target.programs import PATIENCE, reset, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"


def endpoint(address: tuple[str, int]) -> Endpoint:
    return Endpoint(address[0], address[1])


def listening_as(server: socket.socket) -> TcpSocket | None:
    """Return what `listening()` says of a socket that is listening on its own address."""
    address = endpoint(server.getsockname())
    found = [each for each in sockets.listening() if each.local == address]
    assert len(found) <= 1
    return found[0] if found else None


@dataclass
class Pair:
    """Both ends of one connection, and the listening socket it came through."""

    listener: socket.socket
    client: socket.socket
    server: socket.socket

    def __post_init__(self) -> None:
        self.at_client = endpoint(self.client.getsockname())
        self.at_server = endpoint(self.client.getpeername())

    def seen_from_client(self) -> TcpSocket | None:
        """Ask for the client's end."""
        return sockets.find(self.at_client, self.at_server)

    def seen_from_server(self) -> TcpSocket | None:
        """Ask for the server's end."""
        return sockets.find(self.at_server, self.at_client)

    def wait_for(self, client: TcpState | None, server: TcpState | None) -> None:
        """Wait until the two ends are in these states; None for an end that is in no table."""

        def state(seen: TcpSocket | None) -> TcpState | None:
            return seen.state if seen else None

        wait_until(
            lambda: (
                (state(self.seen_from_client()), state(self.seen_from_server())) == (client, server)
            )
        )


@contextlib.contextmanager
def connected(host: str) -> Iterator[Pair]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.create_server((host, 0), family=family) as listener,
        socket.create_connection(listener.getsockname()[:2], timeout=PATIENCE) as client,
    ):
        server, _ = listener.accept()
        with server:
            server.settimeout(PATIENCE)
            yield Pair(listener, client, server)


@pytest.fixture
def pair() -> Iterator[Pair]:
    with connected(HOST) as found:
        yield found


# Listening sockets.


def test_a_listening_socket_is_found_with_its_inode() -> None:
    with socket.create_server((HOST, 0)) as server:
        found = listening_as(server)
        assert found is not None
        assert found.state == TcpState.LISTEN
        assert found.remote == Endpoint("0.0.0.0", 0)
        assert found.inode == os.fstat(server.fileno()).st_ino


def test_a_listening_socket_shows_the_length_and_the_limit_of_its_accept_queue() -> None:
    with (
        socket.create_server((HOST, 0), backlog=7) as server,
        contextlib.ExitStack() as stack,
    ):
        assert (before := listening_as(server)) is not None
        assert (before.receive_queue, before.send_queue) == (0, 7)
        for _ in range(3):
            stack.enter_context(socket.create_connection(server.getsockname()))
        wait_until(lambda: (now := listening_as(server)) is not None and now.receive_queue == 3)
        server.accept()[0].close()
        assert (after := listening_as(server)) is not None
        assert (after.receive_queue, after.send_queue) == (2, 7)


def test_a_listening_socket_of_ipv6_is_found() -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as server:
        found = listening_as(server)
        assert found is not None
        assert found.local.host == "::1"


def test_all_of_many_listening_sockets_are_found() -> None:
    # More than fit into one packet of the kernel's answer.
    with contextlib.ExitStack() as stack:
        ours = [stack.enter_context(socket.create_server((HOST, 0))) for _ in range(500)]
        inodes = {found.inode for found in sockets.listening()}
        assert {os.fstat(each.fileno()).st_ino for each in ours} <= inodes


def test_a_socket_that_is_bound_and_does_not_listen_is_not_listed() -> None:
    with socket.socket() as bound:
        bound.bind((HOST, 0))
        assert listening_as(bound) is None
        bound.listen()
        assert listening_as(bound) is not None


def test_a_listening_socket_is_no_longer_listed_once_it_is_closed() -> None:
    with socket.create_server((HOST, 0)) as server:
        inode = os.fstat(server.fileno()).st_ino
    assert inode not in {found.inode for found in sockets.listening()}


# One connection.


def test_an_open_connection_is_found_from_both_ends(pair: Pair) -> None:
    client, server = pair.seen_from_client(), pair.seen_from_server()
    assert client is not None
    assert server is not None
    assert client.state == server.state == TcpState.ESTABLISHED
    assert client.inode == os.fstat(pair.client.fileno()).st_ino
    assert server.inode == os.fstat(pair.server.fileno()).st_ino
    assert (server.local, server.remote) == (pair.at_server, pair.at_client)


def test_a_connection_that_was_never_made_is_not_found(pair: Pair) -> None:
    assert sockets.find(pair.at_server, Endpoint("127.0.0.9", 9)) is None


def test_a_connection_to_a_port_that_nobody_listens_on_is_not_found() -> None:
    with socket.socket() as bound:
        bound.bind((HOST, 0))
        assert sockets.find(endpoint(bound.getsockname()), Endpoint(HOST, 9)) is None


def test_a_connection_shows_the_bytes_that_were_not_read(pair: Pair) -> None:
    pair.client.sendall(b"12345")
    wait_until(lambda: (now := pair.seen_from_server()) is not None and now.receive_queue == 5)
    assert pair.server.recv(2) == b"12"
    assert (left := pair.seen_from_server()) is not None
    assert left.receive_queue == 3


def test_a_connection_shows_the_bytes_that_were_not_acknowledged(pair: Pair) -> None:
    fill(pair.client)
    found = pair.seen_from_client()
    assert found is not None
    assert found.send_queue > 0


def test_a_connection_shows_all_that_was_written_acknowledged_or_not(pair: Pair) -> None:
    pair.server.sendall(b"abc")
    pair.client.recv(3)
    taken = fill(pair.server)
    seen = pair.seen_from_server()
    assert seen is not None
    assert seen.send_queue > 0
    assert seen.written == 3 + taken


@pytest.mark.parametrize("host", [HOST, "::1"])
def test_a_connection_has_no_inode_until_it_is_accepted(host: str) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.create_server((host, 0), family=family) as listener,
        socket.create_connection(listener.getsockname()[:2]) as client,
    ):
        ours, theirs = endpoint(listener.getsockname()), endpoint(client.getsockname())
        wait_until(
            lambda: (
                (now := sockets.find(ours, theirs)) is not None
                and now.state == TcpState.ESTABLISHED
            )
        )
        waiting = sockets.find(ours, theirs)
        server, _ = listener.accept()
        with server:
            accepted = sockets.find(ours, theirs)
            assert waiting is not None
            assert waiting.inode == 0
            assert accepted is not None
            assert accepted.inode == os.fstat(server.fileno()).st_ino


def test_when_the_client_closes_first_the_server_has_its_fin_and_the_client_waits_for_ours(
    pair: Pair,
) -> None:
    pair.client.close()
    pair.wait_for(client=TcpState.FIN_WAIT2, server=TcpState.CLOSE_WAIT)


def test_when_the_server_closes_first_it_is_the_server_that_waits(pair: Pair) -> None:
    pair.server.close()
    pair.wait_for(client=TcpState.CLOSE_WAIT, server=TcpState.FIN_WAIT2)


def test_a_half_close_shows_like_a_close(pair: Pair) -> None:
    pair.client.shutdown(socket.SHUT_WR)
    pair.wait_for(client=TcpState.FIN_WAIT2, server=TcpState.CLOSE_WAIT)


def test_when_both_have_closed_the_first_lingers_in_time_wait(pair: Pair) -> None:
    pair.client.close()
    pair.wait_for(client=TcpState.FIN_WAIT2, server=TcpState.CLOSE_WAIT)
    pair.server.close()
    pair.wait_for(client=TcpState.TIME_WAIT, server=None)
    assert (lingering := pair.seen_from_client()) is not None
    assert lingering.inode == 0


def test_a_connection_that_was_reset_is_not_found(pair: Pair) -> None:
    reset(pair.client)
    pair.wait_for(client=None, server=None)
    assert sockets.state_of(pair.server) == TcpState.CLOSE


def test_closing_with_unread_bytes_resets_the_connection(pair: Pair) -> None:
    pair.client.sendall(b"x")
    wait_until(lambda: sockets.unread_bytes(pair.server) == 1)
    pair.server.close()
    pair.wait_for(client=None, server=None)


def test_a_connection_of_ipv6_is_found_from_both_ends() -> None:
    with connected("::1") as pair:
        server = pair.seen_from_server()
        assert server is not None
        assert (server.local, server.remote) == (pair.at_server, pair.at_client)
        assert server.inode == os.fstat(pair.server.fileno()).st_ino
        assert pair.seen_from_client() is not None


@pytest.mark.parametrize("prefix", ["", "::ffff:"])
def test_a_connection_of_ipv4_to_a_socket_of_ipv6_is_found_by_either_spelling(prefix: str) -> None:
    with (
        socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True) as listener,
        socket.create_connection((HOST, listener.getsockname()[1])) as client,
    ):
        server, _ = listener.accept()
        with server:
            found = sockets.find(
                Endpoint(prefix + HOST, listener.getsockname()[1]),
                Endpoint(prefix + HOST, client.getsockname()[1]),
            )
            assert found is not None
            assert found.state == TcpState.ESTABLISHED
            assert found.inode == os.fstat(server.fileno()).st_ino


# Our own end.


def test_the_state_of_our_own_socket_follows_the_connection(pair: Pair) -> None:
    assert sockets.state_of(pair.client) == TcpState.ESTABLISHED
    pair.client.shutdown(socket.SHUT_WR)
    wait_until(lambda: sockets.state_of(pair.server) == TcpState.CLOSE_WAIT)
    wait_until(lambda: sockets.state_of(pair.client) == TcpState.FIN_WAIT2)
    reset(pair.server)
    wait_until(lambda: sockets.state_of(pair.client) == TcpState.CLOSE)


def test_the_state_of_a_socket_that_listens_and_of_one_that_is_new() -> None:
    with socket.create_server((HOST, 0)) as listener, socket.socket() as new:
        assert sockets.state_of(listener) == TcpState.LISTEN
        assert sockets.state_of(new) == TcpState.CLOSE


def test_our_own_unread_bytes_are_counted(pair: Pair) -> None:
    assert sockets.unread_bytes(pair.client) == 0
    pair.server.sendall(b"x" * 1000)
    wait_until(lambda: sockets.unread_bytes(pair.client) == 1000)
    pair.client.recv(300)
    assert sockets.unread_bytes(pair.client) == 700


def test_an_eof_is_not_an_unread_byte(pair: Pair) -> None:
    pair.server.sendall(b"x")
    pair.server.close()
    wait_until(lambda: sockets.state_of(pair.client) == TcpState.CLOSE_WAIT)
    assert sockets.unread_bytes(pair.client) == 1


def test_our_own_unsent_bytes_are_counted_until_the_peer_has_them(pair: Pair) -> None:
    sent = fill(pair.client)
    waiting = sockets.unsent_bytes(pair.client)
    assert 0 < waiting < sent
    while sent:
        sent -= len(pair.server.recv(1 << 20))
    wait_until(lambda: sockets.unsent_bytes(pair.client) == 0)


def test_unread_and_unsent_bytes_together_are_what_was_sent(pair: Pair) -> None:
    sent = fill(pair.client)
    wait_until(
        lambda: sockets.unread_bytes(pair.server) + sockets.unsent_bytes(pair.client) == sent
    )


@pytest.mark.parametrize(
    ("host", "shown"), [("127.0.0.1", "127.0.0.1:7"), ("::1", "[::1]:7"), ("::", "[::]:7")]
)
def test_an_endpoint_is_shown_as_in_an_address_line(host: str, shown: str) -> None:
    assert str(Endpoint(host, 7)) == shown


def fill(connection: socket.socket) -> int:
    """Send until nothing more is taken; return how many bytes were."""
    sent = 0
    connection.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            sent += connection.send(b"x" * 65536)
    return sent
