# mistake: a SIGCHLD just before accept() is handled only after it: with the next client (signal)
# invariant: no_zombies
# fault: held_listener
"""Forks; reaps in a handler, which Python runs between two bytecodes and not inside a call."""

import signal

from tests.mutants.unp import reap, serve_forking, str_echo, tcp_listen

signal.signal(signal.SIGCHLD, lambda *_: reap())
serve_forking(tcp_listen(), str_echo)
