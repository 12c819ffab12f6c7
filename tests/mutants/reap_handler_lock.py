# mistake: the SIGCHLD handler takes the lock of the log, which the listener may hold (UNP 11.18)
# invariant: listener_survives
# fault: held_listener
"""Forks; a wakeup descriptor ends select(), and the handler logs who has ended."""

import contextlib
import os
import select
import signal
import socket
import threading

from tests.mutants.unp import accept_client, start_worker, str_echo, tcp_listen

lock = threading.Lock()


def note(what: str) -> None:
    """Write one line to the log."""
    with lock:
        os.write(2, f"{what}\n".encode())


def ended(*_: object) -> None:
    """Reap, and log it."""
    with contextlib.suppress(ChildProcessError):
        while (pid := os.waitpid(-1, os.WNOHANG)[0]) > 0:
            note(f"worker {pid} ended")


listener = tcp_listen()
signalled, wakeup = socket.socketpair()
wakeup.setblocking(False)
signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
signal.signal(signal.SIGCHLD, ended)
while True:
    ready, _, _ = select.select([listener, signalled], [], [])
    if signalled in ready:
        signalled.recv(4096)
    if listener in ready:
        start_worker(listener, accept_client(listener), str_echo)
        note("worker started")
