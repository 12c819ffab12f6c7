"""The listening socket of the scripted server: a full queue, and who waits in it."""

import errno
import socket
from collections.abc import Iterator

import pytest

from properties.client.listener import Listener
from target import accept_queues, sockets
from target.sockets import Endpoint, TcpState
from tests.properties.server_runs import HOST, reserved_port, wait_until


@pytest.fixture
def listening() -> Iterator[Listener]:
    with reserved_port() as reservation:
        made = Listener(HOST, reservation.port)
        yield made
        made.close()


@pytest.fixture
def client() -> Iterator[socket.socket]:
    with socket.socket() as made:
        made.setblocking(False)
        yield made


def connect(client: socket.socket, listening: Listener) -> None:
    """Send the SYN; on loopback the handshake is over by then, if it can be."""
    client.connect_ex((listening.endpoint.host, listening.endpoint.port))


def accepted(listening: Listener) -> tuple[socket.socket, Endpoint]:
    """Wait for the next connection of a client."""
    found: list[tuple[socket.socket, Endpoint]] = []

    def look() -> bool:
        one = listening.accept()
        found.extend([one] if one else [])
        return bool(found)

    wait_until(look)
    return found[0]


def is_from(ours: tuple[socket.socket, Endpoint], client: socket.socket) -> bool:
    """Tell whether this is the other end of the client's connection, and close it."""
    with ours[0] as connection:
        address = connection.getpeername()
    return bool(address == client.getsockname() and ours[1] == Endpoint(*address))


def test_who_connects_is_accepted(listening: Listener, client: socket.socket) -> None:
    connect(client, listening)
    assert is_from(accepted(listening), client)


def test_where_nobody_waits_nobody_is_accepted(listening: Listener) -> None:
    assert listening.accept() is None


def test_a_full_queue_makes_a_syn_wait(listening: Listener, client: socket.socket) -> None:
    assert listening.fill()
    connect(client, listening)
    assert sockets.state_of(client) is TcpState.SYN_SENT
    assert accept_queues.is_full(listening.endpoint, shared=False)


def test_a_drained_queue_lets_the_syn_in(listening: Listener, client: socket.socket) -> None:
    listening.fill()
    connect(client, listening)
    listening.drain()
    # The kernel sends the SYN again a second later (RFC 6298, 2.1).
    wait_until(lambda: sockets.state_of(client) is TcpState.ESTABLISHED)
    assert is_from(accepted(listening), client)
    assert listening.accept() is None


def test_what_filled_the_queue_is_passed_over(listening: Listener) -> None:
    listening.fill()
    assert listening.accept() is None
    assert not accept_queues.is_full(listening.endpoint, shared=False)


def test_a_drained_queue_has_room_for_many(listening: Listener) -> None:
    listening.fill()
    listening.drain()
    clients = [socket.socket() for _ in range(5)]
    for one in clients:
        one.setblocking(False)
        connect(one, listening)
    states = [sockets.state_of(one) for one in clients]
    for one in clients:
        one.close()
    assert states == [TcpState.ESTABLISHED] * 5


def test_what_filled_a_drained_queue_does_not_count_as_waiting(listening: Listener) -> None:
    listening.fill()
    listening.drain()
    assert listening.close() == 0


def test_to_drain_a_queue_that_was_not_filled_takes_nobody_away(
    listening: Listener, client: socket.socket
) -> None:
    connect(client, listening)
    listening.drain()
    assert is_from(accepted(listening), client)


def test_to_drain_twice_is_harmless(listening: Listener) -> None:
    listening.fill()
    listening.drain()
    listening.drain()
    assert listening.accept() is None


def test_who_was_reset_while_it_waited_is_accepted_and_known_all_the_same(
    listening: Listener, client: socket.socket
) -> None:
    connect(client, listening)
    address = Endpoint(*client.getsockname())
    client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    client.close()
    connection, remote = accepted(listening)
    with connection:
        assert sockets.state_of(connection) is TcpState.CLOSE
    assert remote == address


def test_when_it_is_closed_whoever_waits_is_reset_and_counted(listening: Listener) -> None:
    clients = [socket.socket() for _ in range(3)]
    for one in clients:
        connect(one, listening)
    assert listening.close() == 3
    for one in clients:
        with one, pytest.raises(ConnectionResetError):
            one.recv(1)


def test_who_was_accepted_does_not_wait_any_more(
    listening: Listener, client: socket.socket
) -> None:
    connect(client, listening)
    connection, _ = accepted(listening)
    with connection:
        assert listening.close() == 0
        assert sockets.state_of(client) is TcpState.ESTABLISHED


def test_when_it_is_closed_whoever_comes_is_refused(listening: Listener) -> None:
    listening.close()
    with socket.socket() as late, pytest.raises(ConnectionRefusedError):
        late.connect((listening.endpoint.host, listening.endpoint.port))


def test_to_close_twice_is_harmless(listening: Listener) -> None:
    listening.fill()
    listening.close()
    assert listening.close() == 0
    assert not listening.is_open


def test_a_port_that_is_taken_leaves_no_socket_behind(listening: Listener) -> None:
    with pytest.raises(OSError, match="in use"):
        Listener(listening.endpoint.host, listening.endpoint.port)


def test_the_address_that_it_has_left_refuses_connections(
    listening: Listener, client: socket.socket
) -> None:
    before = listening.endpoint
    listening.move("127.0.0.2")
    client.setblocking(True)
    assert client.connect_ex((before.host, before.port)) == errno.ECONNREFUSED
    with pytest.raises(OSError, match="in use"), socket.socket() as other:
        other.bind((before.host, before.port))


def test_it_accepts_at_the_address_that_it_has_moved_to(
    listening: Listener, client: socket.socket
) -> None:
    listening.move("127.0.0.2")
    connect(client, listening)
    connection, _ = accepted(listening)
    with connection:
        assert connection.getsockname() == ("127.0.0.2", listening.endpoint.port)


def test_it_can_move_back(listening: Listener, client: socket.socket) -> None:
    listening.move("127.0.0.2")
    listening.move(HOST)
    connect(client, listening)
    accepted(listening)[0].close()
    assert listening.endpoint.host == HOST
