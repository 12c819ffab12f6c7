# mistake: a table keeps the buffer of every connection there ever was, 64 KiB each (RFC 862)
# invariant: bounded_memory
# fault: control
"""A thread for each client, and a table that is never swept."""

import contextlib
import socket
import sys
import threading
import time

buffers: list[bytearray] = []


def echo(connection: socket.socket) -> None:
    """Echo through a buffer that stays in the table."""
    buffer = bytearray(64 * 1024)
    buffers.append(buffer)
    while n := connection.recv_into(buffer):
        connection.sendall(memoryview(buffer)[:n])


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
