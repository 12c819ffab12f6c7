# mistake: it asks select() for all clients: a ValueError from descriptor 1,024 on (select(2))
# invariant: listener_survives
# fault: many_clients
"""One thread and select(), without a limit."""

import contextlib
import select
import socket

from tests.mutants.unp import MAXLINE, accept_client, tcp_listen

listener = tcp_listen()
clients: set[socket.socket] = set()
while True:
    ready, _, _ = select.select([listener, *clients], [], [])
    for one in ready:
        if one is listener:
            clients.add(accept_client(listener))
            continue
        data = b""
        with contextlib.suppress(ConnectionError):
            data = one.recv(MAXLINE)
            one.sendall(data)
        if not data:
            clients.remove(one)
            one.close()
