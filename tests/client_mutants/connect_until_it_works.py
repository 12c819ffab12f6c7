# mistake: it calls create_connection() until that works, and may find itself (RFC 9293, 3.5)
# invariant: no_self_connect
# fault: connecting
"""A client mutant: what it is connected to is not looked at."""

import select
import socket
import sys

from tests.client_mutants.unpcli import Client, err_quit

ATTEMPTS = 25


def wait_for_the_server() -> socket.socket:
    """Connect as soon as something accepts."""
    host, port = sys.argv[1], int(sys.argv[2])
    for _ in range(ATTEMPTS):
        try:
            return socket.create_connection((host, port))
        except ConnectionRefusedError:
            select.select([], [], [], 0.02)
    return err_quit(f"no server came to {host} port {port}: connection refused")


if __name__ == "__main__":
    Client(wait_for_the_server()).run()
