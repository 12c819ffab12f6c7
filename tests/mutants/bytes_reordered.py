# mistake: each chunk is written by a thread of its own, so chunks overtake each other (UNP 26.5)
# invariant: exact_echo
# fault: control
# seed: 5
"""A thread for each client, and one more for each chunk."""

import contextlib
import socket
import threading

from tests.mutants.unp import MAXLINE, serve_threads, tcp_listen


def echo(connection: socket.socket) -> None:
    """Hand each chunk to a thread, four at once; at the end wait for all of them."""
    writers: list[threading.Thread] = []
    while data := connection.recv(MAXLINE):
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


serve_threads(tcp_listen(), echo)
