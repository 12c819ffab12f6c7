# mistake: the loop of all survives a ConnectionError, and TimeoutError is none (UNP 5.14)
# invariant: listener_survives
# fault: host_crash
"""A selectors loop that is ready for resets, and not for a host that is never heard of again."""

import contextlib
import selectors

from tests.mutants.loop import Client, serve_loop
from tests.mutants.unp import tcp_listen


class Hopeful(Client):
    """A client whose connection may be reset, but not time out."""

    def exchange(self, events: int) -> None:
        """Read once and write once."""
        try:
            with contextlib.suppress(BlockingIOError):
                if events & selectors.EVENT_READ:
                    self.fill()
                if self.pending:
                    self.flush()
        except ConnectionError:
            self.pending, self.finished = b"", True


serve_loop(tcp_listen(), Hopeful)
