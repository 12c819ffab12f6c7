"""The accept queues of the sockets that listen for a server's clients (listen(2)).

Several sockets may listen on one address, each with a queue of its own, where all have SO_REUSEPORT
(socket(7)); which of them a connection goes to is the kernel's choice. Asking for one of them is
cheap, asking for all takes a walk through the kernel's table: `shared` says whether there may be
more than one.
"""

import socket
from collections.abc import Iterable

from target.sock_diag import NLM_F_DUMP
from target.sockets import Endpoint, TcpSocket, TcpState, query

ANYTHING = Endpoint("", 0)


def is_full(server: Endpoint, *, shared: bool) -> bool:
    """Return whether a listening socket has no room for another connection: its SYN is dropped."""
    return room(server, shared=shared) < 1


def room(server: Endpoint, *, shared: bool) -> int:
    """Return for how many more connections each socket has room, 1 where none is seen.

    The kernel lets a queue grow to one more than the backlog (listen(2), sk_acceptq_is_full).
    """
    rooms = (one.send_queue + 1 - one.receive_queue for one in _listening_at(server, shared=shared))
    return min(rooms, default=1)


def length(server: Endpoint, *, shared: bool) -> int:
    """Return how many connections wait to be accepted."""
    return sum(one.receive_queue for one in _listening_at(server, shared=shared))


def _listening_at(server: Endpoint, *, shared: bool) -> Iterable[TcpSocket]:
    found = query(_family(server), 0xFFFFFFFF, server, ANYTHING, 0)
    nearest = [one for one in found if one.state == TcpState.LISTEN]
    return _beside(nearest[0].local) if shared and nearest else nearest


def _beside(local: Endpoint) -> Iterable[TcpSocket]:
    """Return the sockets that listen on this very address: no other one shares its clients."""
    port = Endpoint("", local.port)
    listening = query(_family(local), 1 << TcpState.LISTEN, port, ANYTHING, NLM_F_DUMP)
    return (one for one in listening if one.local == local)


def _family(endpoint: Endpoint) -> int:
    return socket.AF_INET6 if ":" in endpoint.host else socket.AF_INET
