# correct: each client adds a thread until there are forty (Java, ThreadPoolExecutor)
"""A fixed pool whose threads are made one by one, also while others of it are idle."""

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
        size += 1
        threading.Thread(target=work, daemon=True).start()
    waiting.put(connection)
