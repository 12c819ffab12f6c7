# mistake: writes before it reads, and takes a TimeoutError of send() for "not now" (UNP 5.14)
# invariant: reports_unreachable
# fault: closed_window
"""A client that tries to send again what its kernel has given up on."""

import select

from tests.client_mutants.unpcli import READABLE, STDIN, Client, tcp_connect


class Later(Client):
    """A conversation in which the line that was typed comes first."""

    def turn(self, events: dict[int, int]) -> None:
        """Write before reading."""
        ready = events.get(self.sockfd.fileno(), 0)
        if ready & select.POLLOUT:
            self.send()
        if ready & READABLE:
            self.receive()
        if events.get(STDIN, 0):
            self.take_input()

    def send(self) -> None:
        """Send what the socket takes now."""
        try:
            self.unsent = self.unsent[self.sockfd.send(self.unsent) :]
        except (BlockingIOError, TimeoutError):
            return
        except OSError as error:
            self.broken(error)


Later(tcp_connect()).run()
