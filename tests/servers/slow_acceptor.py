"""A server that takes one client every quarter of a second, with room for one in its queue."""

import contextlib
import socket
import sys
import threading
import time


def serve(connection: socket.socket) -> None:
    """Echo until the client has sent its FIN, or a reset."""
    with connection, contextlib.suppress(ConnectionError):
        while data := connection.recv(4096):
            connection.sendall(data)


def main() -> None:
    """Serve for ever."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=0)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()
        time.sleep(0.25)


main()
