"""Client sockets before they connect: their options and their source addresses.

Loopback is the whole of 127.0.0.0/8: each client is bound to another source address, so that a long
run does not use up the ports of one in TIME_WAIT.
"""

import errno
import ipaddress
import itertools
import os
import socket
from dataclasses import dataclass

from faults.wire.wire import PEER, Wire
from target import sockets
from target.sockets import Endpoint, TcpState

SLOW_READ = 8192
"""Bytes a slow reader takes at a time, from a receive buffer of about the same size."""

_IP_BIND_ADDRESS_NO_PORT = 24  # linux/in.h; Python 3.11 has no name for it
_source_numbers = itertools.count(os.getpid() * 7919)


@dataclass(frozen=True)
class Way:
    """How a client reaches a server: over a wire or not, and from which port (0: any)."""

    server: Endpoint
    wire: Wire | None = None
    port: int = 0


def new_socket(way: Way, *, is_slow: bool) -> socket.socket:
    """Return a non-blocking socket that is ready to connect. Raises OSError."""
    connection = _bound_socket(way)
    connection.setblocking(False)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if is_slow:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_READ)
    return connection


def _bound_socket(way: Way) -> socket.socket:
    if way.wire is not None:
        connection = way.wire.make_socket()
        connection.bind((PEER, way.port))
        return connection
    family = socket.AF_INET6 if ":" in way.server.host else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    if source := _loopback_source(way.server.host):
        connection.setsockopt(socket.IPPROTO_IP, _IP_BIND_ADDRESS_NO_PORT, 1)
        connection.bind((source, 0))
    return connection


class Handshake:
    """The making of one connection, by a socket that does not block.

    `error` is what it has failed with, 0 for nothing. A reset before it has ended is ECONNREFUSED;
    ECONNRESET came to a connection that was there: it `was_reset`.
    """

    def __init__(self, connection: socket.socket, server: Endpoint) -> None:
        self._socket = connection
        self.error = 0
        self.was_reset = False
        self._note(connection.connect_ex((server.host, server.port)))

    def look(self) -> bool:
        """Return whether it has ended in success."""
        self._note(self._socket.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        return not self.error and sockets.state_of(self._socket) != TcpState.SYN_SENT

    def raise_if_reset(self) -> None:
        """Raise ConnectionResetError, which no call on the socket reports a second time."""
        if self.was_reset:
            raise ConnectionResetError(errno.ECONNRESET, os.strerror(errno.ECONNRESET))

    def _note(self, error: int) -> None:
        self.was_reset |= error == errno.ECONNRESET
        self.error = error if error not in (errno.EINPROGRESS, errno.ECONNRESET) else 0


def _loopback_source(host: str) -> str | None:
    """Choose another address of 127.0.0.0/8 for each client: ports in TIME_WAIT never run out."""
    address = ipaddress.ip_address(host)
    if address.version != 4 or not address.is_loopback:
        return None
    number = next(_source_numbers) % (1 << 16)
    return f"127.{1 + number % 7}.{number >> 8}.{1 + number % 254}"
