"""The TCP sockets of a host by a server's port, as netstat shows them: every state, every end."""

import socket
from collections.abc import Iterator

from target.sock_diag import NLM_F_DUMP, Diag
from target.sockets import Endpoint, TcpSocket, query

ANY = Endpoint("", 0)
ALL_STATES = 0xFFFFFFFF


def sockets_of(port: int, diag: Diag = None) -> tuple[TcpSocket, ...]:
    """Return the sockets on a port, and those connected to it, each once.

    `diag` asks the kernel about another network namespace (`sock_diag.open_diag`).
    """
    found = {(str(one.local), str(one.remote)): one for one in _asked(port, diag)}
    return tuple(found.values())


def _asked(port: int, diag: Diag) -> Iterator[TcpSocket]:
    end = Endpoint("", port)
    for family in (socket.AF_INET, socket.AF_INET6):
        yield from query(family, ALL_STATES, end, ANY, NLM_F_DUMP, diag)
        yield from query(family, ALL_STATES, ANY, end, NLM_F_DUMP, diag)
