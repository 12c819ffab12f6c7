# mistake: the listener polls with a time-out of zero, again and again (select(2))
# invariant: no_spin
# fault: control
"""A thread for each client; the listener never blocks."""

import contextlib
import select
import socket
import sys
import threading
import time


def echo(connection: socket.socket) -> None:
    """Echo until the client has finished."""
    while data := connection.recv(4096):
        connection.sendall(data)


def serve(connection: socket.socket) -> None:
    """Serve one client and close its connection."""
    with connection, contextlib.suppress(ConnectionError):
        echo(connection)


def accept(listener: socket.socket) -> socket.socket:
    """Accept the next client; what happens to one connection is no reason to end."""
    while True:
        try:
            return listener.accept()[0]
        except OSError:
            time.sleep(0.02)


def start(connection: socket.socket) -> None:
    """Start a thread for one client; when there is none that client is turned away."""
    try:
        threading.Thread(target=serve, args=(connection,), daemon=True).start()
    except RuntimeError:
        connection.close()


def main() -> None:
    """Start one thread for each client; look for the next without waiting."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    while True:
        if select.select([listener], [], [], 0)[0]:
            connection = accept(listener)
            start(connection)


main()
