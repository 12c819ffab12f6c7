"""A forking server that can be told one peculiarity: `forking.py PORT [PECULIARITY]`.

`ignores-term`  its workers ignore SIGTERM
`reaps-by-timer`  it reaps every 0.3 s, and at no other time
`spins`  once it has served a client it never sleeps again
`cannot-rebind`  it does not set SO_REUSEADDR
`keeps-listener`  its workers keep the listening socket
`dies-with-child`  it ends when a worker is killed
"""

import contextlib
import os
import select
import signal
import socket
import sys

peculiarity = sys.argv[2] if len(sys.argv) > 2 else ""


def reap() -> None:
    """Wait for all workers that have ended."""
    with contextlib.suppress(ChildProcessError):
        while True:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if os.WIFSIGNALED(status) and peculiarity == "dies-with-child":
                os._exit(7)
            if pid == 0:
                return


def work(listener: socket.socket, connection: socket.socket) -> None:
    """Echo, and end."""
    if peculiarity == "ignores-term":
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if peculiarity != "keeps-listener":
        listener.close()
    with contextlib.suppress(ConnectionError):
        while data := connection.recv(4096):
            connection.sendall(data)
    os._exit(0)


def ready(listener: socket.socket, wakeup: socket.socket, served: bool) -> bool:
    """Sleep until a client comes; False when something else came first."""
    timeout = {"reaps-by-timer": 0.3, "spins": 0.0 if served else None}.get(peculiarity)
    readable = select.select([listener, wakeup], [], [], timeout)[0]
    with contextlib.suppress(BlockingIOError):
        wakeup.recv(4096)
    if peculiarity != "reaps-by-timer" or not readable:
        reap()
    return listener in readable


def main() -> None:
    """Serve for ever."""
    listener = socket.socket()
    if peculiarity != "cannot-rebind":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", int(sys.argv[1])))
    listener.listen(1024)
    # SIGCHLD writes a byte, so that it cannot slip in between the look and the sleep.
    wakeup, other_end = socket.socketpair()
    wakeup.setblocking(False)
    other_end.setblocking(False)
    if peculiarity != "reaps-by-timer":
        signal.set_wakeup_fd(other_end.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
    served = False
    while True:
        if not ready(listener, wakeup, served):
            continue
        connection, _ = listener.accept()
        if os.fork() == 0:
            signal.set_wakeup_fd(-1)
            work(listener, connection)
        connection.close()
        served = True


main()
