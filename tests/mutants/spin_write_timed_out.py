# mistake: what is owed when a write has timed out is not written, and wakes the loop (UNP 5.14)
# invariant: no_spin
# fault: closed_window
"""A selectors loop that leaves a client who has not taken its bytes for very long to itself."""

from tests.mutants.loop import Client, serve_loop
from tests.mutants.unp import tcp_listen


class Forgotten(Client):
    """A client to which no more is written when its kernel has given up on it."""

    lost = False

    def flush(self) -> None:
        """Write once, unless that has timed out before."""
        if self.lost:
            return
        try:
            super().flush()
        except TimeoutError:
            self.lost = True


serve_loop(tcp_listen(), Forgotten)
