# mistake: a byte 0x1a, control-Z, is taken for end of file (RFC 862 echoes any data)
# invariant: exact_echo
# fault: control
"""A thread for each client, and a text file convention from CP/M."""

import socket

from tests.mutants.unp import MAXLINE, serve_threads, tcp_listen


def echo(connection: socket.socket) -> None:
    """Echo until the client has finished, or until control-Z."""
    while data := connection.recv(MAXLINE):
        text, end, _ = data.partition(b"\x1a")
        connection.sendall(text)
        if end:
            return


serve_threads(tcp_listen(), echo)
