# mistake: blocked in readline() when the server goes (UNP 5.12)
# invariant: notices_eof
# fault: peer_fin
"""A line, its echo, and the next line."""

import sys

from tests.client_mutants.unpcli import TERMINATED, err_quit, err_socket, tcp_connect, write_all


def main() -> None:
    """Echo each line."""
    sockfd = tcp_connect()
    for line in sys.stdin.buffer:
        sockfd.sendall(line)
        owed = len(line)
        while owed:
            data = sockfd.recv(owed)
            if not data:
                err_quit(TERMINATED)
            owed -= len(data)
            write_all(data)


try:
    main()
except OSError as error:
    err_socket(error)
