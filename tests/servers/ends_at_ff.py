"""An echo server that takes the byte 0xFF for the end of file, as a signed char is -1."""

import socket
import sys
import threading

END = b"\xff"


def serve(connection: socket.socket) -> None:
    """Serve one client."""
    with connection, connection.makefile("rb", buffering=0) as stream:
        try:
            while data := stream.read(4096):
                before, end, _ = data.partition(END)
                connection.sendall(before)
                if end:
                    return
        except OSError:
            return


listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=128)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
