"""A correct echo server in one thread: selectors, non-blocking sockets, ROOM bytes for a client.

A full buffer is not read into, so TCP holds the client up. A mutant replaces one method of Client.
"""

import contextlib
import selectors
import socket
import time
from typing import Final, NoReturn

from tests.mutants.unp import REST

ROOM: Final = 32768

selector: selectors.BaseSelector = selectors.DefaultSelector()


class Client:
    """One connection and what is still to be echoed on it."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self.connection = connection
        self.pending = b""
        self.finished = False
        selector.register(connection, selectors.EVENT_READ, self)

    def serve(self, events: int) -> None:
        """Read once and write once."""
        self.exchange(events)
        if self.finished and not self.pending:
            self.leave()
        else:
            selector.modify(self.connection, self.interest(), self)

    def exchange(self, events: int) -> None:
        """Move bytes; a broken connection is finished."""
        try:
            with contextlib.suppress(BlockingIOError):
                if events & selectors.EVENT_READ:
                    self.fill()
                if self.pending:
                    self.flush()
        except OSError:
            self.pending, self.finished = b"", True

    def fill(self) -> None:
        """Read once."""
        data = self.connection.recv(ROOM - len(self.pending))
        self.pending += data
        self.finished = not data

    def flush(self) -> None:
        """Write once; what was written is no longer pending."""
        self.pending = self.pending[self.connection.send(self.pending) :]

    def interest(self) -> int:
        """Tell what to wait for."""
        wanted = selectors.EVENT_WRITE if self.pending else 0
        if not self.finished and len(self.pending) < ROOM:
            wanted |= selectors.EVENT_READ
        return wanted

    def leave(self) -> None:
        """Forget the client."""
        selector.unregister(self.connection)
        self.connection.close()


def admit(listener: socket.socket, client: type[Client]) -> None:
    """Accept one client, if it is still there; rest a moment when descriptors are short."""
    try:
        client(listener.accept()[0])
    except (BlockingIOError, ConnectionError):
        return
    except OSError:
        time.sleep(REST)


def serve_loop(listener: socket.socket, client: type[Client] = Client) -> NoReturn:
    """Serve everybody in this thread."""
    listener.setblocking(False)
    selector.register(listener, selectors.EVENT_READ)
    while True:
        for key, events in selector.select():
            if isinstance(key.data, Client):
                key.data.serve(events)
            else:
                admit(listener, client)
