# correct: each client adds a thread until there are forty (Java, ThreadPoolExecutor)
"""A fixed pool whose threads are made one by one, also while others of it are idle."""

import contextlib
import queue
import socket
import threading

from tests.mutants.unp import accept_client, serve, str_echo, tcp_listen

SIZE = 40

waiting: "queue.Queue[socket.socket]" = queue.Queue()


def work() -> None:
    """Serve one client after the other."""
    while True:
        serve(waiting.get(), str_echo)


listener = tcp_listen()
size = 0
while True:
    connection = accept_client(listener)
    if size < SIZE:
        # Where no thread can be made, those that are there do the work.
        with contextlib.suppress(RuntimeError):
            threading.Thread(target=work, daemon=True).start()
            size += 1
    if size:
        waiting.put(connection)
    else:
        connection.close()
