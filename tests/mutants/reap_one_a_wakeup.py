# mistake: one child is reaped for each wakeup, however many have ended (UNP 5.10)
# invariant: no_zombies
# fault: disconnect_burst
"""Forks; SIGCHLD writes a byte that ends select(), and several bytes are read at once."""

import contextlib
import os
import select
import signal
import socket

from tests.mutants.unp import accept_client, start_worker, str_echo, tcp_listen

listener = tcp_listen()
signalled, wakeup = socket.socketpair()
wakeup.setblocking(False)
signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
signal.signal(signal.SIGCHLD, lambda *_: None)
while True:
    ready, _, _ = select.select([listener, signalled], [], [])
    if signalled in ready:
        signalled.recv(4096)
        with contextlib.suppress(ChildProcessError):
            os.waitpid(-1, os.WNOHANG)
    if listener in ready:
        start_worker(listener, accept_client(listener), str_echo)
