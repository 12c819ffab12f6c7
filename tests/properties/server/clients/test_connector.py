"""Opening connections: a full accept queue is waited for, and not run against."""

import socket
import struct

import pytest

from faults.fault import Reading
from properties.model.history import History
from properties.model.oracle import Echo
from properties.model.settings import Limits
from properties.server.clients.connector import Connector
from properties.server.clients.io_loop import ClientIoLoop
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
