# mistake: a ConnectionResetError of one client that is being read ends the loop of all (UNP 5.13)
# invariant: listener_survives
# fault: aborted_connections
"""A selectors loop that looks for errors where it writes, and not where it reads."""

import contextlib
import selectors

from tests.mutants.loop import Client, serve_loop
from tests.mutants.unp import tcp_listen


class Trusting(Client):
    """A client who is expected to say goodbye."""

    def exchange(self, events: int) -> None:
        """Read, where a reset is not expected, and write, where it is."""
        with contextlib.suppress(BlockingIOError):
            if events & selectors.EVENT_READ:
                self.fill()
        super().exchange(events & ~selectors.EVENT_READ)


serve_loop(tcp_listen(), Trusting)
