# mistake: bytes are decoded as UTF-8 and what does not decode is left out (RFC 862 echoes any data)
# invariant: exact_echo
# fault: control
"""A thread for each client that believes that data is text."""

import socket

from tests.mutants.unp import MAXLINE, serve_threads, tcp_listen


def echo(connection: socket.socket) -> None:
    """Echo what is valid UTF-8."""
    while data := connection.recv(MAXLINE):
        text = data.decode("utf-8", errors="ignore")
        connection.sendall(text.encode("utf-8"))


serve_threads(tcp_listen(), echo)
