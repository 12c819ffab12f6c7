# mistake: a client that comes back is forgotten with its old connection's address (RFC 9293 3.5.1)
# invariant: isolation
# fault: host_crash
"""A poll loop that looks for each client in a table of addresses, new ones first."""

import contextlib
import selectors
import socket

from tests.mutants import loop
from tests.mutants.unp import tcp_listen

known: dict[object, "Named"] = {}


class Named(loop.Client):
    """A client who is known by its address."""

    def __init__(self, connection: socket.socket) -> None:
        # One that was reset in the queue has no address any more.
        self.address: object = connection
        with contextlib.suppress(OSError):
            self.address = connection.getpeername()
        super().__init__(connection)
        known[self.address] = self

    def leave(self) -> None:
        """Forget the client that has this address now."""
        leaving = known.pop(self.address, self)
        loop.selector.unregister(leaving.connection)
        leaving.connection.close()


loop.selector = selectors.PollSelector()
loop.serve_loop(tcp_listen(), Named)
