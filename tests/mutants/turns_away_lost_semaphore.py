# mistake: a process that is killed in accept() never posts the semaphore (sem_wait(3))
# invariant: listener_survives
# fault: killed_children
"""A pool whose processes take turns at accept(); a thread for each client."""

import multiprocessing
import os
import socket

from tests.mutants.pool import start_process
from tests.mutants.unp import accept_client, start_thread, str_echo, tcp_listen

PROCESSES = 3

turn = multiprocessing.get_context("fork").Lock()


def serve(listener: socket.socket) -> None:
    """Accept in turn."""
    while True:
        with turn:
            connection = accept_client(listener)
        start_thread(connection, str_echo)


listener = tcp_listen()
for _ in range(PROCESSES):
    start_process(listener, serve)
while True:
    os.wait()
    start_process(listener, serve)
