# mistake: a thread takes its client out of the list of sockets unless that was reset (UNP 5.13)
# invariant: no_fd_leak
# fault: disconnect_burst
"""A thread for each client, and a list of who is there, which keeps the sockets open."""

import socket

from tests.mutants.unp import accept_client, start_thread, str_echo, tcp_listen

present: set[socket.socket] = set()


def echo(connection: socket.socket) -> None:
    """Echo through a second descriptor, which the list keeps."""
    copy = connection.dup()
    present.add(copy)
    str_echo(copy)
    present.discard(copy)
    copy.close()


listener = tcp_listen()
while True:
    start_thread(accept_client(listener), echo)
