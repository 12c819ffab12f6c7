# mistake: CR LF is printed as LF, as text mode does (io.TextIOWrapper)
# invariant: exact_output
# fault: control
"""A client with the newlines of text mode."""

from tests.client_mutants.unpcli import Client, tcp_connect, write_all


class Newlines(Client):
    """Shows lines."""

    def show(self, data: bytes) -> None:
        """Print an echo with Unix newlines."""
        write_all(data.replace(b"\r\n", b"\n"))


Newlines(tcp_connect()).run()
