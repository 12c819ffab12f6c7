# mistake: connect() is given the name: Python takes its first address, and no other (UNP 11.12)
# invariant: tries_each_address
# fault: connecting
"""A client mutant: it gives up at the first address that refuses."""

import os
import socket
import sys

from tests.client_mutants.unpcli import Client, err_quit


def connect_once() -> socket.socket:
    """Connect to what the name stands for first."""
    program, host, port = sys.argv
    sockfd = socket.socket()
    try:
        sockfd.connect((host, int(port)))
    except OSError as error:
        name = os.path.basename(program)
        err_quit(f"{name}: cannot connect to {host} port {port}: {error.strerror}")
    return sockfd


if __name__ == "__main__":
    Client(connect_once()).run()
