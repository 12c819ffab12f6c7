# correct: a Python selectors loop that reads no more from a client than it can echo (UNP 16.2)
"""One thread, non-blocking sockets, and at most ROOM bytes kept for a client."""

import contextlib
import selectors
import socket
import sys
import time

ROOM = 32768
selector = selectors.DefaultSelector()


class Client:
    """One connection and what is still to be echoed on it."""

    def __init__(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        self.connection = connection
        self.pending = b""
        self.finished = False
        selector.register(connection, selectors.EVENT_READ, self.serve)

    def serve(self, events: int) -> None:
        """Read once and write once; a broken connection is finished."""
        try:
            with contextlib.suppress(BlockingIOError):
                if events & selectors.EVENT_READ:
                    self.receive()
                if self.pending:
                    self.pending = self.pending[self.connection.send(self.pending) :]
        except OSError:
            self.pending, self.finished = b"", True
        if self.finished and not self.pending:
            selector.unregister(self.connection)
            self.connection.close()
            return
        wanted = selectors.EVENT_WRITE if self.pending else 0
        if not self.finished and len(self.pending) < ROOM:
            wanted |= selectors.EVENT_READ
        selector.modify(self.connection, wanted, self.serve)

    def receive(self) -> None:
        """Read once."""
        data = self.connection.recv(ROOM - len(self.pending))
        self.pending += data
        self.finished = not data


def accept(listener: socket.socket) -> None:
    """Accept one client, if it is still there; rest a moment when descriptors are short."""
    try:
        Client(listener.accept()[0])
    except (BlockingIOError, ConnectionError):
        return
    except OSError:
        time.sleep(0.02)


def main() -> None:
    """Serve for ever."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    listener.setblocking(False)
    selector.register(listener, selectors.EVENT_READ, lambda _: accept(listener))
    while True:
        for key, events in selector.select():
            key.data(events)


main()
