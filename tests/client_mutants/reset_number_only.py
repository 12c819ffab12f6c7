# mistake: the reset is told as a bare number, not in words (UNP D.3)
# invariant: reports_reset
# fault: peer_reset
"""A client that prints errno."""

from tests.client_mutants.unpcli import Client, err_quit, tcp_connect


class Numbers(Client):
    """Tells numbers."""

    def broken(self, error: OSError) -> None:
        """Tell that the connection was lost."""
        err_quit(f"str_cli: error {error.errno}")


Numbers(tcp_connect()).run()
