# mistake: a pool polls one listening socket, and accept() blocks in all but one (UNP 16.6)
# invariant: exact_echo
# fault: schedules
"""A pool of processes, each with a loop of its own, on one listening socket that blocks."""

import os
import socket

from tests.mutants.pool import start_process
from tests.mutants.unp import tcp_listen

PROCESSES = 3


class Blocking(socket.socket):
    """A socket that the loop does not make one that does not block."""

    def setblocking(self, flag: bool, /) -> None:
        """Do nothing."""


def serve_pool(listener: socket.socket) -> None:
    """Serve with some processes, and a new one for each that has ended."""
    for _ in range(PROCESSES):
        start_process(listener)
    while True:
        os.wait()
        start_process(listener)


if __name__ == "__main__":
    serve_pool(Blocking(fileno=tcp_listen().detach()))
