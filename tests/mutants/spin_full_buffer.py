# mistake: a full buffer is not read into, but its socket is asked for (UNP 16.2)
# invariant: no_spin
# fault: control
"""A selectors loop that asks for every client until the end of its file."""

import selectors

from tests.mutants.loop import ROOM, Client, serve_loop
from tests.mutants.unp import tcp_listen


class Eager(Client):
    """A client that is always asked for."""

    def interest(self) -> int:
        """Tell what to wait for."""
        wanted = super().interest()
        return wanted if self.finished else wanted | selectors.EVENT_READ

    def fill(self) -> None:
        """Read once, where there is room."""
        if len(self.pending) < ROOM:
            super().fill()


serve_loop(tcp_listen(), Eager)
