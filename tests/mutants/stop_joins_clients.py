# mistake: told to stop, it waits for clients that stay, and does not say so (Thread.join())
# invariant: clean_stop
# fault: stops
"""Echo with a thread for each client, all of which are joined at the end."""

import signal
import socket
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
try:
    while True:
        start(accept_client(listener))
except Told:
    # The interpreter joins the threads when it ends.
    listener.close()
