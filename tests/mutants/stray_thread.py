# mistake: a thread waits for its log entry to be taken, which nobody does (UNP 26.4)
# invariant: no_stray_workers
# fault: control
"""A thread for each client that does not end with its client."""

import contextlib
import queue
import socket

from tests.mutants.unp import serve_threads, str_echo, tcp_listen

entries: queue.Queue[str] = queue.Queue()


def echo(connection: socket.socket) -> None:
    """Echo, close, and log."""
    with connection, contextlib.suppress(ConnectionError):
        str_echo(connection)
    entries.put("served")
    entries.join()


serve_threads(tcp_listen(), echo)
