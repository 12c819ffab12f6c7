# mistake: it prints a line for each client; the reader of its output may have gone (write(2))
# invariant: listener_survives
# fault: inherited
"""A thread for each client, and a line on standard output."""

from tests.mutants.unp import accept_client, start_thread, str_echo, tcp_listen

listener = tcp_listen()
while True:
    connection = accept_client(listener)
    print("a client", flush=True)
    start_thread(connection, str_echo)
