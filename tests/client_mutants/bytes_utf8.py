# mistake: echoes are decoded as UTF-8 read by read, which changes bytes (RFC 862)
# invariant: exact_output
# fault: control
"""A client that takes everything for text."""

from tests.client_mutants.unpcli import Client, tcp_connect, write_all


class Text(Client):
    """Shows text."""

    def show(self, data: bytes) -> None:
        """Print an echo as a string."""
        write_all(data.decode("utf-8", "replace").encode())


Text(tcp_connect()).run()
