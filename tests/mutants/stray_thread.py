# mistake: a thread waits for its log entry to be taken, which nobody does (UNP 26.4)
# invariant: no_stray_workers
# fault: control
"""A thread for each client that does not end with its client."""

import contextlib
import queue
import socket
import sys
import threading
import time

entries: queue.Queue[str] = queue.Queue()


def echo(connection: socket.socket) -> None:
    """Echo until the client has finished."""
    while data := connection.recv(4096):
        connection.sendall(data)


def serve(connection: socket.socket) -> None:
    """Serve one client and close its connection."""
    with connection, contextlib.suppress(ConnectionError):
        echo(connection)
    entries.put("served")
    entries.join()


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
