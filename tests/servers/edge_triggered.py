"""A correct server that is told of edges (EPOLLET), and believes a short read (epoll(7), Q9).

A read that returns less than asked says that there is no more, and the loop waits for the next
edge; a write that takes less says that there is no room.
"""

import select
import socket
import sys

ROOM = 4096


class Session:
    """One client: what is still to be echoed, and whether it may be written."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.left = b""
        self.ended = False

    def serve(self, events: int) -> bool:
        """Do what may be done; return whether the session is over."""
        try:
            if events & (select.EPOLLIN | select.EPOLLRDHUP | select.EPOLLHUP):
                self.read(to_the_end=bool(events & select.EPOLLRDHUP))
            while self.left:
                sent = self.connection.send(self.left)
                whole, self.left = sent == len(self.left), self.left[sent:]
                if not whole:
                    return False
        except BlockingIOError:
            return False
        except OSError:
            return True
        return self.ended

    def read(self, *, to_the_end: bool) -> None:
        """Read until a read is short; of a client that has ended, until its end."""
        while True:
            try:
                data = self.connection.recv(ROOM)
            except BlockingIOError:
                return
            self.left += data
            self.ended = self.ended or not data
            if not data or (len(data) < ROOM and not to_the_end):
                return


def main() -> None:
    """Serve for ever."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=64)
    poll = select.epoll()
    poll.register(listener, select.EPOLLIN)
    sessions: dict[int, Session] = {}
    edges = select.EPOLLIN | select.EPOLLOUT | select.EPOLLRDHUP | select.EPOLLET
    while True:
        for descriptor, events in poll.poll():
            if descriptor == listener.fileno():
                connection, _ = listener.accept()
                connection.setblocking(False)
                sessions[connection.fileno()] = Session(connection)
                poll.register(connection, edges)
            elif sessions[descriptor].serve(events):
                sessions.pop(descriptor).connection.close()


main()
