"""A correct server that blocks in accept and in reads, and catches a signal without SA_RESTART.

Python calls again by itself what a signal has interrupted (PEP 475).
"""

import signal
import socket
import sys
import threading


def serve(connection: socket.socket) -> None:
    """Echo to one client until its end."""
    with connection:
        while data := connection.recv(4096):
            connection.sendall(data)


def main() -> None:
    """Serve for ever."""
    signal.signal(signal.SIGURG, lambda *_: None)
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=64)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=serve, args=(connection,), daemon=True).start()


main()
