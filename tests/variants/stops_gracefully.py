# correct: told to stop, it closes its listening socket, says that it waits, serves on (UNP 5.16)
"""Echo with a thread for each client, all of which are joined at the end."""

import signal
import socket
import sys
import threading
from types import FrameType

from tests.mutants.unp import accept_client, serve, str_echo, tcp_listen


class Told(Exception):
    """It is to stop."""


def stop(_number: int, _frame: FrameType | None) -> None:
    """Leave accept()."""
    raise Told


def start(connection: socket.socket) -> None:
    """Start a thread for one client; when there is none that client is turned away."""
    try:
        threading.Thread(target=serve, args=(connection, str_echo)).start()
    except RuntimeError:
        connection.close()


listener = tcp_listen()
signal.signal(signal.SIGTERM, stop)
signal.signal(signal.SIGINT, stop)
try:
    while True:
        start(accept_client(listener))
except Told:
    listener.close()
    if (left := threading.active_count() - 1) > 0:
        print(f"waiting for {left} clients to leave", file=sys.stderr, flush=True)
