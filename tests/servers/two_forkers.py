"""Two processes that accept from one socket, and fork a worker for each client: `PORT`.

The one is the other's parent, and both have the listening socket.
"""

import os
import signal
import socket
import sys
import time

RETRY = 0.01


def work(connection: socket.socket) -> None:
    """Echo, and end."""
    while data := connection.recv(4096):
        connection.sendall(data)
    os._exit(0)


def serve_one(listener: socket.socket) -> None:
    """Give the next client a worker."""
    connection, _ = listener.accept()
    if os.fork() == 0:
        listener.close()
        work(connection)
    connection.close()


def main() -> None:
    """Serve for ever."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    os.fork()
    while True:
        try:
            serve_one(listener)
        except OSError:
            time.sleep(RETRY)


main()
