# mistake: three threads serve everybody: a fourth client waits until one has left (UNP 30.12)
# invariant: prompt_service
# fault: control
"""A pool of three threads."""

import concurrent.futures
import contextlib
import socket
import sys
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


def main() -> None:
    """Hand each client to the pool."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        while True:
            connection = accept(listener)
            pool.submit(serve, connection)


main()
