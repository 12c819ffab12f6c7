# mistake: a helper keeps the listening socket, and outlives a killed server (UNP 4.8)
# invariant: clean_restart
# fault: control
"""Echo with a thread for each client, and a process beside it that waits for its signals."""

import os
import signal
from types import FrameType

from tests.mutants.unp import serve_threads, str_echo, tcp_listen

listener = tcp_listen()
helper = os.fork()
while helper == 0:
    signal.pause()


def stop(_number: int, _frame: FrameType | None) -> None:
    """End the helper, and then the server."""
    os.kill(helper, signal.SIGTERM)
    os.waitpid(helper, 0)
    os._exit(0)


signal.signal(signal.SIGTERM, stop)
serve_threads(listener, str_echo)
