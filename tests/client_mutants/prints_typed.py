# mistake: prints as many bytes of what was typed as came back, never what came back (UNP 5.5)
# invariant: exact_output
# fault: control
"""A client that shows its own input, so that a server's mistakes stay hidden."""

import os

from tests.client_mutants.unpcli import CHUNK, STDIN, Client, tcp_connect, write_all


class Typed(Client):
    """Keeps what was typed until as much has come back."""

    typed = b""

    def take_input(self) -> None:
        """Read standard input and keep a copy."""
        data = os.read(STDIN, CHUNK)
        self.typed += data
        self.unsent += data
        self.owed += len(data)
        if not data:
            self.end_input()

    def show(self, data: bytes) -> None:
        """Print what must have come back."""
        write_all(self.typed[: len(data)])
        self.typed = self.typed[len(data) :]


Typed(tcp_connect()).run()
