# mistake: what send() leaves over of a non-blocking write is dropped (send(2), UNP 16.2)
# invariant: exact_echo
# fault: control
"""A selectors loop that believes that send() is sendall()."""

from tests.mutants.loop import Client, serve_loop
from tests.mutants.unp import tcp_listen


class Credulous(Client):
    """A client to whom every write is complete."""

    def flush(self) -> None:
        """Write once."""
        self.connection.send(self.pending)
        self.pending = b""


serve_loop(tcp_listen(), Credulous)
