"""An echo server, `loses_places.py PORT PLACES`: each client that resets takes a place for good."""

import contextlib
import socket
import sys
import threading

taken: set[socket.socket] = set()


def serve(connection: socket.socket) -> None:
    """Serve one client; give its place back when it has sent its FIN."""
    with connection, contextlib.suppress(OSError):
        while data := connection.recv(4096):
            connection.sendall(data)
        taken.discard(connection)


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
while True:
    accepted = listener.accept()[0]
    if len(taken) >= int(sys.argv[2]):
        accepted.close()
        continue
    taken.add(accepted)
    threading.Thread(target=serve, args=(accepted,), daemon=True).start()
