# mistake: a worker's exit status below zero, a signal, is raised in the listener (UNP 5.12)
# invariant: listener_survives
# fault: killed_children
"""Forks; a wakeup descriptor ends select(), and the listener checks how its workers fared."""

import contextlib
import os
import select
import signal
import socket

from tests.mutants.unp import accept_client, start_worker, str_echo, tcp_listen


def check() -> None:
    """Reap every worker that has ended, and insist on success."""
    with contextlib.suppress(ChildProcessError):
        while (ended := os.waitpid(-1, os.WNOHANG))[0] > 0:
            if os.waitstatus_to_exitcode(ended[1]) != 0:
                raise RuntimeError(f"worker {ended[0]} failed")


listener = tcp_listen()
signalled, wakeup = socket.socketpair()
wakeup.setblocking(False)
signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
signal.signal(signal.SIGCHLD, lambda *_: None)
while True:
    ready, _, _ = select.select([listener, signalled], [], [])
    if signalled in ready:
        signalled.recv(4096)
        check()
    if listener in ready:
        start_worker(listener, accept_client(listener), str_echo)
