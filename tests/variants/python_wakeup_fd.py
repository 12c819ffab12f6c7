# correct: forks in Python; a wakeup descriptor ends select(), so no SIGCHLD is missed (UNP 5.9)
"""PEP 475 hides EINTR, and a signal just before a blocking call would wait for the next client."""

import contextlib
import os
import select
import signal
import socket
import sys
import time


def reap() -> None:
    """Reap every child that has ended."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0] > 0:
            pass


def str_echo(connection: socket.socket) -> None:
    """Echo until the client has finished."""
    with contextlib.suppress(ConnectionError):
        while data := connection.recv(4096):
            connection.sendall(data)


def accept(listener: socket.socket) -> socket.socket:
    """Accept the next client; what happens to one connection is no reason to end."""
    while True:
        try:
            return listener.accept()[0]
        except OSError:
            time.sleep(0.02)


def start_worker(listener: socket.socket, connection: socket.socket) -> None:
    """Fork a child for one client; when there is none that client is turned away."""
    try:
        pid = os.fork()
    except OSError:
        pid = -1
    if pid == 0:
        listener.close()
        str_echo(connection)
        os._exit(0)
    connection.close()


def main() -> None:
    """Fork one child for each client."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    signalled, wakeup = socket.socketpair()
    wakeup.setblocking(False)
    signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    while True:
        ready, _, _ = select.select([listener, signalled], [], [])
        if signalled in ready:
            signalled.recv(4096)
            reap()
        if listener in ready:
            connection = accept(listener)
            start_worker(listener, connection)


main()
