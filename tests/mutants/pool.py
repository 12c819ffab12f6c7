"""A pool of processes that each run a loop on one listening socket, as pool.h has it in C."""

import ctypes
import os
import selectors
import signal
import socket
from collections.abc import Callable
from typing import Final

from tests.mutants import loop

PR_SET_PDEATHSIG: Final = 1

Serve = Callable[[socket.socket], object]


def serve_alone(listener: socket.socket) -> None:
    """Serve in a loop; an epoll descriptor from before fork() would be shared with the others."""
    loop.selector.close()
    loop.selector = selectors.DefaultSelector()
    loop.serve_loop(listener)


def start_process(listener: socket.socket, serve: Serve = serve_alone) -> int:
    """Fork a process that serves until it is killed, or until its master has ended."""
    master = os.getpid()
    if (pid := os.fork()) > 0:
        return pid
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == master:
        serve(listener)
    os._exit(0)
