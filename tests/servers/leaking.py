"""A server of one thread that keeps a descriptor for each client: `leaking.py PORT [MOST [spins]]`.

With MOST it keeps no more than that many, as a cache would; told that it `spins`, it never sleeps
between two clients. It serves one client at a time.
"""

import contextlib
import os
import select
import socket
import sys


def main() -> None:
    """Serve for ever."""
    most = int(sys.argv[2]) if len(sys.argv) > 2 else sys.maxsize
    spins = "spins" in sys.argv
    kept: list[int] = []
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    while True:
        while spins and not select.select([listener], [], [], 0)[0]:
            pass
        connection, _ = listener.accept()
        with connection, contextlib.suppress(ConnectionError):
            while data := connection.recv(4096):
                connection.sendall(data)
        if len(kept) < most:
            kept.append(os.dup(1))


main()
