# mistake: getpeername() on an aborted connection raises ENOTCONN in the accepting thread (UNP 5.11)
# invariant: listener_survives
# fault: aborted_connections
"""A thread for each client; the listener remembers who came last."""

from tests.mutants.unp import accept_client, start_thread, str_echo, tcp_listen

listener = tcp_listen()
while True:
    connection = accept_client(listener)
    latest = connection.getpeername()
    start_thread(connection, str_echo)
