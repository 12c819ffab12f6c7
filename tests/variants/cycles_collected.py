# correct: each connection leaves a cycle with a 32 KiB buffer, for the collector (Python gc module)
"""A thread for each client, whose buffer is freed only when cycles are collected."""

import contextlib
import socket
import sys
import threading
import time
from typing import Any


def echo(connection: socket.socket) -> None:
    """Echo through a buffer that belongs to a cycle of one list."""
    cycle: list[Any] = [bytearray(32 * 1024)]
    cycle.append(cycle)
    buffer: bytearray = cycle[0]
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
        start(accept(listener))


main()
