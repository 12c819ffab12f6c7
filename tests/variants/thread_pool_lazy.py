# correct: each client adds a thread until there are forty (Java, ThreadPoolExecutor)
"""A fixed pool whose threads are made one by one, also while others of it are idle."""

import queue
import socket
import sys
import threading

SIZE = 40

waiting: "queue.Queue[socket.socket]" = queue.Queue()


def echo(connection: socket.socket) -> None:
    """Echo until the client ends its side."""
    with connection:
        try:
            while data := connection.recv(4096):
                connection.sendall(data)
        except OSError:
            return


def work() -> None:
    """Serve one client after the other."""
    while True:
        echo(waiting.get())


def main() -> None:
    """Accept, and let the pool serve."""
    listener = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=1024)
    size = 0
    while True:
        connection, _ = listener.accept()
        if size < SIZE:
            size += 1
            threading.Thread(target=work, daemon=True).start()
        waiting.put(connection)


main()
