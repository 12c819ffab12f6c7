# mistake: full, it accepts no more; that it was full is asked after one has left (UNP 6.8)
# invariant: listener_survives
# fault: many_clients
"""A selectors loop with a limit, above which clients wait in the backlog."""

import selectors
import socket

from tests.mutants.loop import Client, selector, serve_loop
from tests.mutants.unp import tcp_listen

MOST = 500

listener = tcp_listen()
clients: set[Client] = set()


class Counted(Client):
    """A client that is counted."""

    def __init__(self, connection: socket.socket) -> None:
        super().__init__(connection)
        clients.add(self)
        if len(clients) == MOST:
            selector.unregister(listener)

    def leave(self) -> None:
        """Forget the client; there is room for another."""
        clients.remove(self)
        super().leave()
        if len(clients) == MOST:
            selector.register(listener, selectors.EVENT_READ)


serve_loop(listener, Counted)
