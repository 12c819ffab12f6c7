"""A threading server that ends when accept fails: `particular.py PORT ERROR...`.

It goes on after the errors that are not named, such as ENONET or EMFILE.
"""

import contextlib
import errno
import os
import socket
import sys
import threading

DEADLY = {getattr(errno, name) for name in sys.argv[2:]}


def echo(connection: socket.socket) -> None:
    """Serve one client."""
    with connection, contextlib.suppress(ConnectionError):
        while data := connection.recv(65536):
            connection.sendall(data)


def main() -> None:
    """Serve each client in a thread."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    while True:
        try:
            connection, _ = listener.accept()
        except OSError as error:
            if error.errno in DEADLY:
                os._exit(1)
            continue
        threading.Thread(target=echo, args=(connection,), daemon=True).start()


main()
