# mistake: a connection that cannot be made ends the client without a word, unless refused (UNP 4.3)
# invariant: dies_loudly
# fault: unreachable
"""A client that tells what it has thought of."""

import socket
import sys

from tests.client_mutants.unpcli import Client, err_quit


def connected() -> socket.socket:
    """Connect, or tell that no server listens."""
    _, host, port = sys.argv
    try:
        return socket.create_connection((host, int(port)))
    except ConnectionError as error:
        err_quit(f"cannot connect: {error.strerror}")
    except OSError:
        raise SystemExit(1) from None


Client(connected()).run()
