# mistake: a byte 0x1a, control-Z, is taken for end of file (RFC 862 echoes any data)
# invariant: exact_echo
# fault: control
"""A thread for each client, and a text file convention from CP/M."""

import contextlib
import socket
import sys
import threading
import time


def echo(connection: socket.socket) -> None:
    """Echo until the client has finished, or until control-Z."""
    while data := connection.recv(4096):
        text, end, _ = data.partition(b"\x1a")
        connection.sendall(text)
        if end:
            return


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
