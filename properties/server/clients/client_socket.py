"""Client sockets before they connect: their options and their source addresses.

Loopback is the whole of 127.0.0.0/8: each client is bound to another source address, so that a long
run does not use up the ports of one in TIME_WAIT.
"""

import ipaddress
import itertools
import os
import socket

from faults.fault import Reading
from target.sockets import Endpoint

SLOW_READ = 8192
"""Bytes a slow reader takes at a time, from a receive buffer of about the same size."""

_IP_BIND_ADDRESS_NO_PORT = 24  # linux/in.h; Python 3.11 has no name for it
_source_numbers = itertools.count(os.getpid() * 7919)


def new_socket(server: Endpoint, reading: Reading) -> socket.socket:
    """Return a non-blocking socket that is ready to connect to `server`."""
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    connection = socket.socket(family, socket.SOCK_STREAM)
    connection.setblocking(False)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if reading is Reading.SLOW:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SLOW_READ)
    if source := _loopback_source(server.host):
        connection.setsockopt(socket.IPPROTO_IP, _IP_BIND_ADDRESS_NO_PORT, 1)
        connection.bind((source, 0))
    return connection


def _loopback_source(host: str) -> str | None:
    """Choose another address of 127.0.0.0/8 for each client: ports in TIME_WAIT never run out."""
    address = ipaddress.ip_address(host)
    if address.version != 4 or not address.is_loopback:
        return None
    number = next(_source_numbers) % (1 << 16)
    return f"127.{1 + number % 7}.{number >> 8}.{1 + number % 254}"
