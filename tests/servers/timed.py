"""A server with threads that wait with a timeout: `timed.py PORT SECONDS [WHAT]`.

WHAT says what becomes of a client that has been silent for so long: it `stays`, which is right, or
it `goes`, or it goes `later`: the second time, and after a while of computing.
"""

import contextlib
import select
import socket
import sys
import threading

A_WHILE = 10_000_000
"""Numbers whose addition takes a processor longer than the tester's pause between two looks."""


def has_input(connection: socket.socket, seconds: float, what: str) -> bool:
    """Wait for the client, again and again if it stays."""
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    times = 0
    while not poll.poll(seconds * 1000):
        times += 1
        if what == "goes" or (what == "later" and times == 2):
            return False
        if what == "later":
            sum(range(A_WHILE))
    return True


def serve(connection: socket.socket, seconds: float, what: str) -> None:
    """Answer one client until it has sent its FIN, or a reset, or has been silent."""
    with connection, contextlib.suppress(ConnectionError):
        while has_input(connection, seconds, what) and (data := connection.recv(4096)):
            connection.sendall(data)


def main() -> None:
    """Serve for ever."""
    port, seconds, what = (*sys.argv[1:], "stays")[:3]
    listener = socket.create_server(("127.0.0.1", int(port)), backlog=1024)
    while True:
        connection, _ = listener.accept()
        arguments = (connection, float(seconds), what)
        threading.Thread(target=serve, args=arguments, daemon=True).start()


main()
