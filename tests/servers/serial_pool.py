"""A pool of processes, each of which serves one client after the other (UNP 30.6).

`serial_pool.py PORT COUNT`. The master reaps what has ended, and makes no other.
"""

import contextlib
import os
import signal
import socket
import sys


def serve(listener: socket.socket) -> None:
    """Serve one client after the other, for ever."""
    while True:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(ConnectionError):
            while data := connection.recv(65536):
                connection.sendall(data)


def reap(_number: int, _frame: object) -> None:
    """Fetch the status of each process that has ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0] > 0:
            pass


def main() -> None:
    """Make the pool, and wait for ever."""
    signal.signal(signal.SIGCHLD, reap)
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
    for _ in range(int(sys.argv[2])):
        if os.fork() == 0:
            serve(listener)
    while True:
        signal.pause()


main()
