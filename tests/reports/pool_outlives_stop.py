# report: bottlepy/bottle#78, geneweb/geneweb#2939, cargomedia/socket-redis#44
# mistake: SIGTERM ends the process that was started, and its workers go on accepting on its port
# invariant: clean_stop
# fault: stops
"""A master, and two processes that serve."""

import os
import signal
import socket
from typing import NoReturn

from tests.mutants.unp import serve_threads, str_echo, tcp_listen

FIXED = "FIXED" in os.environ
STOPS = {signal.SIGTERM, signal.SIGINT}
PROCESSES = 2

workers: list[int] = []


def serve(listener: socket.socket) -> NoReturn:
    """Be a worker: what stops the master stops it by itself."""
    for number in STOPS:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPS)
    serve_threads(listener, str_echo)


# Who is told to stop before there are workers stops when there are.
signal.pthread_sigmask(signal.SIG_BLOCK, STOPS)
listener = tcp_listen()
for _ in range(PROCESSES):
    if (worker := os.fork()) == 0:
        serve(listener)
    workers.append(worker)
signal.sigwait(STOPS)
if FIXED:
    for worker in workers:
        os.kill(worker, signal.SIGTERM)
