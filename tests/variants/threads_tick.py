# correct: a thread's time-out of 0.2 s is for housekeeping; it goes on waiting (UNP 14.2)
"""A thread for each client, with a time-out on its socket that ends nothing."""

import contextlib
import socket
import sys
import threading
import time

TICK = 0.2


def receive(connection: socket.socket) -> bytes:
    """Read, however long it takes; writing has no time-out."""
    while True:
        connection.settimeout(TICK)
        try:
            return connection.recv(4096)
        except TimeoutError:
            continue
        finally:
            connection.settimeout(None)


def serve(connection: socket.socket) -> None:
    """Serve one client and close its connection."""
    with connection, contextlib.suppress(ConnectionError):
        while data := receive(connection):
            connection.sendall(data)


def start(connection: socket.socket) -> None:
    """Start a thread for one client; when there is none that client is turned away."""
    try:
        threading.Thread(target=serve, args=(connection,), daemon=True).start()
    except RuntimeError:
        connection.close()


def main() -> None:
    """Start one thread for each client; what happens to one connection is no reason to end."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    while True:
        try:
            connection = listener.accept()[0]
        except OSError:
            time.sleep(0.02)
        else:
            start(connection)


main()
