# report: kpdyer/fteproxy#234, yyyar/gobetween#117, perk11/large-model-proxy#26
# mistake: the end of one direction closes the other as well, with what is under way in it
# invariant: clean_eof
# fault: control
"""A thread for each direction of a connection."""

import contextlib
import os
import queue
import socket
import threading

from tests.mutants.unp import MAXLINE, serve_threads, tcp_listen

FIXED = "FIXED" in os.environ
MOST = 4


def send_back(connection: socket.socket, relayed: queue.Queue[bytes]) -> None:
    """Relay to the client; what it does not take is dropped."""
    try:
        while data := relayed.get():
            connection.sendall(data)
    except OSError:
        with contextlib.suppress(OSError):
            connection.shutdown(socket.SHUT_RD)
        while relayed.get():
            pass


def relay(connection: socket.socket) -> None:
    """Relay from the client, and wait for the other direction."""
    relayed: queue.Queue[bytes] = queue.Queue(MOST)
    other = threading.Thread(target=send_back, args=(connection, relayed), daemon=True)
    other.start()
    try:
        while data := connection.recv(MAXLINE):
            relayed.put(data)
        if not FIXED:
            connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    relayed.put(b"")
    other.join()


serve_threads(tcp_listen(), relay)
