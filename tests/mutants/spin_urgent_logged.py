# mistake: urgent data is logged as an exceptional condition, not taken, as in asyncore (UNP 24.2)
# invariant: no_spin
# fault: urgent_data
"""A select loop that is told of the same urgent byte for ever. FIXED=1 takes it."""

import os
import socket

from tests.mutants.select_loop import serve_select
from tests.mutants.unp import tcp_listen

log: list[str] = []


def note(client: socket.socket) -> None:
    """Keep the last line of a log."""
    log[:] = [f"urgent data of {client.fileno()}"]


def take(client: socket.socket) -> None:
    """Take the urgent byte out of the stream."""
    client.recv(1, socket.MSG_OOB)


serve_select(tcp_listen(), take if os.environ.get("FIXED") else note)
