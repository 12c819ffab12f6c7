# mistake: an empty read at EOF is no news to the loop, and select() reports it for ever (UNP 6.3)
# invariant: no_spin
# fault: control
"""A selectors loop in which nobody ever finishes."""

from tests.mutants.loop import ROOM, Client, serve_loop
from tests.mutants.unp import tcp_listen


class Endless(Client):
    """A client whose FIN goes unnoticed."""

    def fill(self) -> None:
        """Read once."""
        self.pending += self.connection.recv(ROOM - len(self.pending))


serve_loop(tcp_listen(), Endless)
