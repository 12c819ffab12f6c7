# mistake: O_NONBLOCK stays set on its input, as after connect_read_pipe() (asyncio)
# invariant: leaves_as_found
# fault: control
"""A client none of whose descriptors blocks it."""

import contextlib
import os

from tests.client_mutants.unpcli import STDIN, Client, tcp_connect


class Unblocked(Client):
    """Reads input that may not be there."""

    def take_input(self) -> None:
        """Read standard input, if there is any."""
        with contextlib.suppress(BlockingIOError):
            super().take_input()


os.set_blocking(STDIN, False)
Unblocked(tcp_connect()).run()
