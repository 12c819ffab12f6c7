"""An echo server in one thread: select() with its third set, the exceptional conditions.

A full buffer is not read into, so TCP holds the client up. What is done about urgent data, which is
the exceptional condition of a TCP socket (select(2)), is the program's own choice.
"""

import select
import socket
from collections.abc import Callable
from typing import Final, NoReturn

ROOM: Final = 32768

pending: dict[socket.socket, bytes] = {}
"""By client, what is still to be echoed."""
ended: set[socket.socket] = set()
"""Those whose FIN has been read."""


def leave(client: socket.socket) -> None:
    """Forget a client."""
    del pending[client]
    ended.discard(client)
    client.close()


def exchange(client: socket.socket, *, may_read: bool) -> None:
    """Read once and write once."""
    if may_read:
        data = client.recv(ROOM - len(pending[client]))
        pending[client] += data
        if not data:
            ended.add(client)
    if pending[client]:
        pending[client] = pending[client][client.send(pending[client]) :]


def serve(client: socket.socket, *, may_read: bool) -> None:
    """Move bytes; one that has ended, or whose connection is broken, leaves."""
    try:
        exchange(client, may_read=may_read)
    except BlockingIOError:
        return
    except OSError:
        leave(client)
        return
    if client in ended and not pending[client]:
        leave(client)


def admit(listener: socket.socket) -> None:
    """Accept one client, if it is still there."""
    try:
        client, _ = listener.accept()
    except OSError:
        return
    client.setblocking(False)
    pending[client] = b""


def serve_select(
    listener: socket.socket, on_exception: Callable[[socket.socket], object]
) -> NoReturn:
    """Serve everybody in this thread; tell `on_exception` which sockets have urgent data."""
    listener.setblocking(False)
    while True:
        readers = [one for one, data in pending.items() if one not in ended and len(data) < ROOM]
        writers = [one for one, data in pending.items() if data]
        ready, writable, exceptional = select.select([listener, *readers], writers, list(pending))
        for client in exceptional:
            on_exception(client)
        for client in {*ready, *writable} & pending.keys():
            serve(client, may_read=client in ready)
        if listener in ready:
            admit(listener)
