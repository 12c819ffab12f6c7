# mistake: SIGPIPE at its default, and POLLOUT comes before POLLIN, also after a RST (UNP 5.13)
# invariant: dies_loudly
# fault: peer_reset
"""A client that ends as its output does, and serves POLLOUT first."""

import select
import signal

from tests.client_mutants.unpcli import READABLE, STDIN, Client, tcp_connect


class WritesFirst(Client):
    """Writes before it reads."""

    def turn(self, events: dict[int, int]) -> None:
        """Serve the socket in the other order, then the input."""
        ready = events.get(self.sockfd.fileno(), 0)
        if ready & select.POLLOUT:
            self.send()
        if ready & READABLE:
            self.receive()
        if events.get(STDIN, 0):
            self.take_input()


signal.signal(signal.SIGPIPE, signal.SIG_DFL)
WritesFirst(tcp_connect()).run()
