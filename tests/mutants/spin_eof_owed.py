# mistake: at EOF, with bytes still to be written, the socket stays readable and is read (UNP 6.3)
# invariant: no_spin
# fault: control
"""A selectors loop that asks for what it has seen already."""

import selectors

from tests.mutants.loop import ROOM, Client, serve_loop
from tests.mutants.unp import tcp_listen


class Curious(Client):
    """A client that is read from for as long as there is room."""

    def interest(self) -> int:
        """Tell what to wait for."""
        wanted = super().interest()
        return wanted | selectors.EVENT_READ if len(self.pending) < ROOM else wanted

    def fill(self) -> None:
        """Read once; the end is found again each time."""
        if len(self.pending) < ROOM:
            super().fill()


serve_loop(tcp_listen(), Curious)
