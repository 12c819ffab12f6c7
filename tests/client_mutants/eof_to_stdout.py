# mistake: an early end of file is told on standard output, among the echoes (UNP D.3)
# invariant: reports_eof
# fault: peer_fin
"""A client that prints its complaint."""

from tests.client_mutants.unpcli import TERMINATED, Client, tcp_connect


class Printing(Client):
    """Tells with print()."""

    def at_eof(self) -> None:
        """Decide whether the server had a right to stop."""
        if not self.input_ended or self.owed > 0:
            print(TERMINATED, flush=True)
            raise SystemExit(1)
        self.finished = True


Printing(tcp_connect()).run()
