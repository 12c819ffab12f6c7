# correct: forks in Python; a wakeup descriptor ends select(), so no SIGCHLD is missed (UNP 5.9)
"""PEP 475 hides EINTR, and a signal just before a blocking call would wait for the next client."""

import select
import signal
import socket

from tests.mutants.unp import accept_client, reap, start_worker, str_echo, tcp_listen

listener = tcp_listen()
signalled, wakeup = socket.socketpair()
wakeup.setblocking(False)
signal.set_wakeup_fd(wakeup.fileno(), warn_on_full_buffer=False)
signal.signal(signal.SIGCHLD, lambda *_: None)
while True:
    ready, _, _ = select.select([listener, signalled], [], [])
    if signalled in ready:
        signalled.recv(4096)
        reap()
    if listener in ready:
        start_worker(listener, accept_client(listener), str_echo)
