# mistake: the status is the number of bytes last read, as main() returns it (exit(3))
# invariant: exit_status
# fault: control
"""A client that returns the wrong thing."""

from tests.client_mutants.unpcli import Client, tcp_connect


class Counting(Client):
    """Remembers what it read last."""

    last = 0

    def show(self, data: bytes) -> None:
        """Print an echo."""
        self.last = len(data)
        super().show(data)


client = Counting(tcp_connect())
client.run()
raise SystemExit(client.last & 0xFF)
