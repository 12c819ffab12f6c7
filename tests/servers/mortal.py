"""A server of one thread that ends in the end: `mortal.py PORT CLIENTS BYTES`.

It ends with status 7 when it has served so many clients, or one client has sent so many bytes.
"""

import contextlib
import os
import socket
import sys


def main() -> None:
    """Serve until it ends."""
    clients, most = int(sys.argv[2]), int(sys.argv[3])
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    for _ in range(clients):
        connection, _ = listener.accept()
        had = 0
        with connection, contextlib.suppress(ConnectionError):
            while data := connection.recv(4096):
                had += len(data)
                if had > most:
                    os._exit(7)
                connection.sendall(data)
    os._exit(7)


main()
