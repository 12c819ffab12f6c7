"""A server that computes for a while after each client that it accepts, and then accepts again."""

import contextlib
import socket
import sys
import threading
import time

COMPUTES = 0.03
"""Seconds of processor time."""


def serve(connection: socket.socket) -> None:
    """Echo until the client has sent its FIN, or a reset."""
    with connection, contextlib.suppress(ConnectionError):
        while data := connection.recv(4096):
            connection.sendall(data)


def main() -> None:
    """Serve for ever."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])))
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()
        began = time.thread_time()
        while time.thread_time() - began < COMPUTES:
            pass


main()
