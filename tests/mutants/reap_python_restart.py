# mistake: SA_RESTART in Python: accept() restarts, the handler waits for a client (siginterrupt(3))
# invariant: no_zombies
# fault: control
"""Forks; the handler is right, but it does not run while accept() is being restarted."""

import signal

from tests.mutants.unp import reap, serve_forking, str_echo, tcp_listen

listener = tcp_listen()
signal.signal(signal.SIGCHLD, lambda *_: reap())
signal.siginterrupt(signal.SIGCHLD, False)
serve_forking(listener, str_echo)
