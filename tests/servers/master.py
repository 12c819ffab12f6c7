"""A master with workers that accept, which kills them when it is told to stop: `master.py PORT`.

The master holds the listening socket and waits. On SIGTERM it passes SIGTERM on to its workers, and
ends without waiting for them. With `master.py PORT slow` they take a moment to end. A master that
is killed takes them with it, but not so with `master.py PORT orphans`.
"""

import contextlib
import ctypes
import os
import signal
import socket
import sys
import threading
import time
from types import FrameType

WORKERS = 2
PR_SET_PDEATHSIG = 1


def serve(connection: socket.socket) -> None:
    """Echo to one client until it has sent its FIN, or a reset."""
    with connection, contextlib.suppress(ConnectionError):
        while data := connection.recv(65536):
            connection.sendall(data)


def leave(_number: int, _frame: FrameType | None) -> None:
    """End, after a moment where that was asked for."""
    if "slow" in sys.argv[2:]:
        time.sleep(0.5)
    os._exit(0)


def work(listener: socket.socket) -> None:
    """Serve for ever, a thread for each client."""
    signal.signal(signal.SIGTERM, leave)
    if "orphans" not in sys.argv[2:]:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGTERM])
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


def main() -> None:
    """Start the workers, and wait for the order to stop."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    workers = []
    for _ in range(WORKERS):
        if (pid := os.fork()) == 0:
            work(listener)
        workers.append(pid)
    signal.sigwait([signal.SIGTERM])
    for pid in workers:
        os.kill(pid, signal.SIGTERM)
    os._exit(0)


signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTERM])
main()
