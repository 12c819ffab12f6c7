# mistake: each chunk is written by a thread of its own, so chunks overtake each other (UNP 26.5)
# invariant: exact_echo
# fault: control
"""A thread for each client, and one more for each chunk."""

import contextlib
import socket
import sys
import threading
import time


def echo(connection: socket.socket) -> None:
    """Hand each chunk to a thread, four at once; at the end wait for all of them."""
    writers: list[threading.Thread] = []
    while data := connection.recv(4096):
        if len(writers) == 4:
            writers.pop(0).join()
        writers.append(threading.Thread(target=send, args=(connection, data), daemon=True))
        writers[-1].start()
    for writer in writers:
        writer.join()


def send(connection: socket.socket, data: bytes) -> None:
    """Write one chunk."""
    with contextlib.suppress(OSError):
        connection.sendall(data)


def serve(connection: socket.socket) -> None:
    """Serve one client and close its connection."""
    with connection, contextlib.suppress(ConnectionError):
        echo(connection)


def accept(listener: socket.socket) -> socket.socket:
    """Accept the next client; what happens to one connection is no reason to end."""
    while True:
        try:
            return listener.accept()[0]
        except OSError:
            time.sleep(0.02)


def start(connection: socket.socket) -> None:
    """Start a thread for one client; when there is none that client is turned away."""
    try:
        threading.Thread(target=serve, args=(connection,), daemon=True).start()
    except RuntimeError:
        connection.close()


def main() -> None:
    """Start one thread for each client."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    while True:
        connection = accept(listener)
        start(connection)


main()
