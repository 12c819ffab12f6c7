# mistake: a killed process keeps its token: each made for it has none and ends at once (UNP 30.6)
# invariant: no_spin
# fault: killed_children
"""A pool of loops that each take a token from a pipe, and put it back when they end in order."""

import os
import socket

from tests.mutants.pool import serve_alone, start_process
from tests.mutants.unp import tcp_listen

PROCESSES = 2

tokens, spent = os.pipe()
os.set_blocking(tokens, False)
os.write(spent, bytes(PROCESSES))


def serve_with_a_token(listener: socket.socket) -> None:
    """Serve, if there is a token."""
    try:
        os.read(tokens, 1)
    except BlockingIOError:
        return
    serve_alone(listener)


listener = tcp_listen()
for _ in range(PROCESSES):
    start_process(listener, serve_with_a_token)
while True:
    os.wait()
    start_process(listener, serve_with_a_token)
