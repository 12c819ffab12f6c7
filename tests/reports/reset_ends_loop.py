# report: realpython/materials#210, fschr/simpletcp#10, agis/rea#14
# mistake: ConnectionResetError of one client is caught nowhere, and ends the loop that serves all
# invariant: listener_survives
# fault: disconnect_burst
"""A loop that serves all clients."""

import os
import selectors

from tests.mutants.loop import Client, serve_loop
from tests.mutants.unp import tcp_listen

FIXED = "FIXED" in os.environ


class Unguarded(Client):
    """A client whose errors end the loop."""

    def exchange(self, events: int) -> None:
        """Move bytes."""
        try:
            if events & selectors.EVENT_READ:
                self.fill()
            if self.pending:
                self.flush()
        except BlockingIOError:
            pass
        except OSError:
            if not FIXED:
                raise
            self.pending, self.finished = b"", True


serve_loop(tcp_listen(), Unguarded)
