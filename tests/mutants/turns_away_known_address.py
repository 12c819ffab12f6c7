# mistake: an address that is connected is turned away, also when its host is back (RFC 9293 3.5.1)
# invariant: isolation
# fault: host_crash
"""A poll loop with one connection for each address, new ones first."""

import contextlib
import selectors
import socket

from tests.mutants import loop
from tests.mutants.unp import tcp_listen

connected: set[object] = set()


class Once(loop.Client):
    """A client whose address has no other connection."""

    def __init__(self, connection: socket.socket) -> None:
        # One that was reset in the queue has no address any more.
        self.address: object = connection
        with contextlib.suppress(OSError):
            self.address = connection.getpeername()
        super().__init__(connection)
        self.is_second = self.address in connected
        connected.add(self.address)
        if self.is_second:
            self.leave()

    def leave(self) -> None:
        """Forget the client, and its address."""
        super().leave()
        if not self.is_second:
            connected.discard(self.address)


loop.selector = selectors.PollSelector()
loop.serve_loop(tcp_listen(), Once)
