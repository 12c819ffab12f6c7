# mistake: a client that is silent for one second is cut off (RFC 862 sets no limit)
# invariant: exact_echo
# fault: mixed
"""A thread for each client with a time-out on its socket."""

import contextlib
import socket
import sys
import threading
import time


def echo(connection: socket.socket) -> None:
    """Echo until the client has finished or has been silent for a second."""
    with contextlib.suppress(TimeoutError):
        while data := receive(connection):
            connection.sendall(data)


def receive(connection: socket.socket) -> bytes:
    """Read with a time-out; writing has none."""
    connection.settimeout(1.0)
    try:
        return connection.recv(4096)
    finally:
        connection.settimeout(None)


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
    """Start one thread for each client."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    while True:
        connection = accept(listener)
        start(connection)


main()
