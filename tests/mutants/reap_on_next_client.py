# mistake: ended children are reaped only when the next client has been accepted (UNP 5.8)
# invariant: no_zombies
# fault: control
"""Forks; reaps only when accept() has returned."""

from tests.mutants.unp import accept_client, reap, start_worker, str_echo, tcp_listen

listener = tcp_listen()
while True:
    connection = accept_client(listener)
    reap()
    start_worker(listener, connection, str_echo)
