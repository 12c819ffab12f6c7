# mistake: ended children are reaped only when the next client has been accepted (UNP 5.8)
# invariant: no_zombies
# fault: control
"""Forks; reaps only when accept() has returned."""

import contextlib
import os
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
    while True:
        connection = accept(listener)
        reap()
        start_worker(listener, connection)


main()
