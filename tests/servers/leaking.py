"""A server of one thread that keeps a descriptor for each client: `leaking.py PORT [MOST]`.

With MOST it keeps no more than that many, as a cache would. It serves one client at a time.
"""

import contextlib
import os
import socket
import sys


def main() -> None:
    """Serve for ever."""
    most = int(sys.argv[2]) if len(sys.argv) > 2 else sys.maxsize
    kept: list[int] = []
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    while True:
        connection, _ = listener.accept()
        with connection, contextlib.suppress(ConnectionError):
            while data := connection.recv(4096):
                connection.sendall(data)
        if len(kept) < most:
            kept.append(os.dup(1))


main()
