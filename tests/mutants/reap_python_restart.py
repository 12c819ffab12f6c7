# mistake: SA_RESTART in Python: accept() restarts, the handler waits for a client (siginterrupt(3))
# invariant: no_zombies
# fault: control
"""Forks; the handler is right, but it does not run while accept() is being restarted."""

import contextlib
import os
import signal
import socket
import sys
import time


def sig_chld(*_: object) -> None:
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
    signal.signal(signal.SIGCHLD, sig_chld)
    signal.siginterrupt(signal.SIGCHLD, False)
    while True:
        connection = accept(listener)
        start_worker(listener, connection)


main()
