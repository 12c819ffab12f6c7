"""One client: how it sees its connection begin and end."""

import socket
from contextlib import suppress
from threading import Thread

import pytest

from faults.fault import Reading
from faults.payloads import A_LINE
from properties.engine.byte_streams import MOST_UNDUE
from properties.model.history import History
from properties.model.oracle import Echo
from properties.server.clients.client_connection import LARGEST_READ, ClientConnection
from properties.server.clients.client_socket import Way
from properties.server.events import End, Ended
from target.sockets import Endpoint, reset_at_close
from tests.properties.server_runs import wait_until


def test_a_connection_that_is_reset_at_once_was_made_and_was_not_refused() -> None:
    history = History()
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = Endpoint("127.0.0.1", server.getsockname()[1])
        client = ClientConnection(1, Way(endpoint), Reading.EAGER, Echo().start(), history)
        accepted, _ = server.accept()
        reset_at_close(accepted)
        accepted.close()
    wait_until(lambda: not client.awaits_the_end)
    assert client.check_connected()
    assert (client.connected, client.handshake.error) == (True, 0)
    assert client.read()
    client.discard()
    assert [ended.end for ended in history.of(Ended)] == [End.RESET]


def test_a_connection_to_no_listener_was_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = Endpoint("127.0.0.1", server.getsockname()[1])
    client = ClientConnection(1, Way(endpoint), Reading.EAGER, Echo().start(), History())
    wait_until(client.check_connected)
    client.discard()
    assert not client.connected


@pytest.mark.parametrize(
    ("surplus", "closes"), [(MOST_UNDUE, False), (MOST_UNDUE + LARGEST_READ, True)]
)
def test_a_client_closes_once_it_is_flooded_with_what_nobody_asked_for(
    surplus: int, *, closes: bool
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = Endpoint("127.0.0.1", server.getsockname()[1])
        client = ClientConnection(1, Way(endpoint), Reading.EAGER, Echo().start(), History())
        accepted, _ = server.accept()
    wait_until(client.check_connected)
    with accepted:
        sender = Thread(target=flood, args=(accepted, surplus))
        sender.start()
        wait_until(lambda: has_read(client, surplus))
        sender.join()
    assert client.closed == closes
    client.discard()


@pytest.mark.parametrize(
    ("first", "echoes", "is_late"),
    [
        (Reading.LATE, False, True),
        (Reading.LATE, True, False),
        (Reading.EAGER, False, False),
    ],
    ids=["read late", "read late, and has all", "read at once"],
)
def test_an_end_says_when_the_client_began_to_read_what_it_had_left(
    first: Reading, *, echoes: bool, is_late: bool
) -> None:
    history = History()
    with socket.create_server(("127.0.0.1", 0)) as server:
        endpoint = Endpoint("127.0.0.1", server.getsockname()[1])
        client = ClientConnection(1, Way(endpoint), first, Echo().start(), history)
        accepted, _ = server.accept()
    wait_until(client.check_connected)
    client.send(A_LINE)
    with accepted:
        data = accepted.recv(A_LINE.length)
        if echoes:
            accepted.sendall(data)
    asked_at = history.now()
    client.reading = Reading.EAGER
    wait_until(lambda: client.read() and not client.is_live)
    (ended,) = history.of(Ended)
    assert (ended.late_at > asked_at) == is_late
    client.discard()


def flood(one: socket.socket, count: int) -> None:
    with suppress(ConnectionError):
        one.sendall(bytes(count))


def has_read(client: ClientConnection, count: int) -> bool:
    """Read once; return whether so much has come, or the client has closed."""
    client.read()
    return client.closed or client.owed.come == count
