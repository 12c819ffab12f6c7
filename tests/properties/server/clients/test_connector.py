"""Opening connections: a full accept queue is waited for, and not run against."""

import errno
import os
import socket
import struct
from contextlib import closing

import pytest

from faults.fault import Reading
from properties.model.history import History
from properties.model.oracle import Echo
from properties.model.settings import Limits
from properties.server.clients import client_connection
from properties.server.clients.client_socket import Handshake, Way, new_socket
from properties.server.clients.connector import Connector
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.events import OpenFailed
from target.sockets import Endpoint
from tests.properties.server_runs import PATIENCE, script, serving

CLIENTS = 4
TOTAL_RETRANSMISSIONS = 100
"""Offset of tcpi_total_retrans in struct tcp_info (linux/tcp.h)."""


def retransmissions(connection: socket.socket) -> int:
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    (count,) = struct.unpack_from("=I", info, TOTAL_RETRANSMISSIONS)
    return int(count)


@pytest.mark.slow
def test_no_syn_is_sent_to_a_full_accept_queue() -> None:
    with serving(script("slow_acceptor.py")) as server:
        io_loop = ClientIoLoop(server.handle, PATIENCE)
        connector = Connector(server, Limits(), Echo(), io_loop, History())
        opened = [connector.open(number, Reading.EAGER) for number in range(CLIENTS)]
        sent_again = [retransmissions(client.socket) for client in io_loop.clients.values()]
        for client in io_loop.clients.values():
            client.discard()
    assert opened == [True] * CLIENTS
    assert sent_again == [0] * CLIENTS


def test_a_client_that_gets_no_socket_from_this_machine_is_a_failure_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(*_: object, **__: object) -> socket.socket:
        raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))

    monkeypatch.setattr(client_connection, "new_socket", refuse)
    history = History()
    with serving() as server:
        connector = Connector(
            server, Limits(), Echo(), ClientIoLoop(server.handle, PATIENCE), history
        )
        assert not connector.open(1, Reading.EAGER)
    (failed,) = history.of(OpenFailed)
    assert (failed.is_local, failed.reason) == (True, "Too many open files")


def refuse_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the first connection run against a port at which nobody listens."""
    left = [Endpoint("127.0.0.1", 1)]

    def handshake(connection: socket.socket, server: Endpoint) -> Handshake:
        return Handshake(connection, left.pop() if left else server)

    monkeypatch.setattr(client_connection, "Handshake", handshake)


def test_a_client_that_gets_no_socket_to_try_again_is_a_failure_of_ours(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made: list[Way] = []

    def make_one(way: Way, *, is_slow: bool) -> socket.socket:
        if made:
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        made.append(way)
        return new_socket(way, is_slow=is_slow)

    refuse_the_first(monkeypatch)
    monkeypatch.setattr(client_connection, "new_socket", make_one)
    history = History()
    with serving() as server, closing(ClientIoLoop(server.handle, PATIENCE)) as io_loop:
        connector = Connector(server, Limits(), Echo(), io_loop, history)
        assert not connector.open(1, Reading.EAGER)
    (failed,) = history.of(OpenFailed)
    assert (failed.is_local, failed.reason) == (True, "Too many open files")


def test_a_client_that_is_refused_tries_again_from_the_port_that_was_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ports: list[int] = []

    def make(way: Way, *, is_slow: bool) -> socket.socket:
        ports.append(way.port)
        return new_socket(way, is_slow=is_slow)

    refuse_the_first(monkeypatch)
    monkeypatch.setattr(client_connection, "new_socket", make)
    history = History()
    with serving() as server, closing(ClientIoLoop(server.handle, PATIENCE)) as io_loop:
        Connector(server, Limits(), Echo(), io_loop, history).open(1, Reading.EAGER, 40001)
    (failed,) = history.of(OpenFailed)
    assert failed.recovered_after is not None
    assert ports == [40001, 40001]
