# mistake: forks twice; with SIGCHLD ignored no first child is left to wait for (waitpid(2))
# invariant: listener_survives
# fault: inherited
"""Forks twice, so that the workers belong to init."""

import os

from tests.mutants.unp import accept_client, start_worker, str_echo, tcp_listen

listener = tcp_listen()
while True:
    connection = accept_client(listener)
    try:
        first = os.fork()
    except OSError:
        connection.close()
        continue
    if first == 0:
        start_worker(listener, connection, str_echo)
        os._exit(0)
    connection.close()
    os.waitpid(first, 0)
