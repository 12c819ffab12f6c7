# mistake: the listener polls with a time-out of zero, again and again (select(2))
# invariant: no_spin
# fault: control
"""A thread for each client; the listener never blocks."""

import select

from tests.mutants.unp import accept_client, start_thread, str_echo, tcp_listen

listener = tcp_listen()
while True:
    if select.select([listener], [], [], 0)[0]:
        start_thread(accept_client(listener), str_echo)
