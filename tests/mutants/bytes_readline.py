# mistake: readline() of a buffered file: the start of a line waits for its end (UNP 3.9, RFC 862)
# invariant: exact_echo
# fault: control
"""A thread for each client that reads lines; a line of more than MAXLINE bytes comes in pieces."""

import socket

from tests.mutants.unp import MAXLINE, serve_threads, tcp_listen


def echo(connection: socket.socket) -> None:
    """Echo line by line."""
    with connection.makefile("rb") as lines:
        while line := lines.readline(MAXLINE):
            connection.sendall(line)


serve_threads(tcp_listen(), echo)
