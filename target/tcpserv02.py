"""tcpserv02: the echo server that handles SIGCHLD and not what SIGCHLD does to accept (UNP 5.9).

Its mistake: the signal interrupts the blocked accept, and the server takes the EINTR for an error.
It ends with "accept error: Interrupted system call" when its first client has gone.
"""

from __future__ import annotations

import os

from target.echo_server import main

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType


def sig_chld(_signo: int, _frame: FrameType | None) -> None:
    """Wait for one child.

    The book's handler prints the child's pid. This one does not: printf is not safe in a signal
    handler in C, and in any language it may block on a full pipe and the listener with it.
    """
    try:
        os.wait()
    except ChildProcessError:
        # A SIGCHLD that was sent by hand; wait() fails in C as well, unnoticed.
        return


if __name__ == "__main__":
    main("tcpserv02", __doc__, sig_chld=sig_chld, retry_interrupted_accept=False)
