# mistake: a loop waits for the first bytes, as TCP_DEFER_ACCEPT means data: not for long (tcp(7))
# invariant: prompt_service
# fault: unfinished_handshakes
"""A selectors loop whose clients come with their first bytes, it believes."""

import contextlib
import socket

from tests.mutants.loop import ROOM, Client, serve_loop
from tests.mutants.unp import tcp_listen

SECONDS = 1


class Prompt(Client):
    """A client that has sent something before it was accepted."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(True)
        first = b""
        with contextlib.suppress(ConnectionError):
            first = connection.recv(ROOM)
        super().__init__(connection)
        self.pending, self.finished = first, not first
        self.serve(0)


listener = tcp_listen()
listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_DEFER_ACCEPT, SECONDS)
serve_loop(listener, Prompt)
