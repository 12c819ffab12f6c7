# mistake: a selectors loop lets a client go at EOF, with what is still to be echoed to it (UNP 6.7)
# invariant: clean_eof
# fault: eof_races
"""A selectors loop that takes the end of the input for the end of the output."""

import socket

from tests.mutants.loop import Client, serve_loop
from tests.mutants.unp import tcp_listen


class Hasty(Client):
    """A client who gets nothing more once it has finished."""

    def fill(self) -> None:
        """Read once."""
        super().fill()
        if self.finished:
            self.pending = b""


# A small send buffer in the kernel: what a slow reader is owed waits in this process.
listener = tcp_listen()
listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
serve_loop(listener, Hasty)
