"""tcpserv04: the echo server that gets it right, the reference (UNP 5.10).

SIGCHLD says that at least one worker has ended, so its handler waits until no ended worker is
left, and never blocks: WNOHANG. An interrupted accept is called again.
"""

from __future__ import annotations

import contextlib
import os

from target.echo_server import main

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType


def sig_chld(_signo: int, _frame: FrameType | None) -> None:
    """Reap every child that has ended, and print nothing (see tcpserv02)."""
    # waitpid() returns 0 while the children that are left live, and ECHILD when none is left.
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0] > 0:
            pass


if __name__ == "__main__":
    main("tcpserv04", __doc__, sig_chld=sig_chld)
