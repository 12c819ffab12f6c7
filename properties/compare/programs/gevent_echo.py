"""Echo with gevent, one greenlet for each connection."""

import sys

from gevent.server import StreamServer  # type: ignore[import-untyped]
from gevent.socket import socket  # type: ignore[import-untyped]


def echo(connection: socket, address: tuple[str, int]) -> None:
    """Send back what comes, until the client has no more; the server closes the connection."""
    try:
        while data := connection.recv(65536):
            connection.sendall(data)
    except ConnectionError:
        pass


if __name__ == "__main__":
    StreamServer((sys.argv[1], int(sys.argv[2])), echo).serve_forever()
