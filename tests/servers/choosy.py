"""A threading server that closes connections from one address at once: `choosy.py PORT ADDRESS`."""

import contextlib
import socket
import sys
import threading


def echo(connection: socket.socket) -> None:
    """Serve one client."""
    with connection, contextlib.suppress(OSError):
        while data := connection.recv(65536):
            connection.sendall(data)


def main() -> None:
    """Serve each client in a thread, but those that are not wanted."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    while True:
        connection, address = listener.accept()
        if address[0] == sys.argv[2]:
            connection.close()
            continue
        threading.Thread(target=echo, args=(connection,), daemon=True).start()


main()
