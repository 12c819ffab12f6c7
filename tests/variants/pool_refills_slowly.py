# correct: the master of a pool looks only now and then for processes that have ended (UNP 30.6)
"""A pool of loops; its master has a tick, and no handler of SIGCHLD."""

import os
import select

from tests.mutants.pool import start_process
from tests.mutants.unp import tcp_listen

PROCESSES = 2
TICK = 0.25

listener = tcp_listen()
pool = {start_process(listener) for _ in range(PROCESSES)}
while True:
    select.select([], [], [], TICK)
    for pid in list(pool):
        if os.waitpid(pid, os.WNOHANG)[0]:
            pool.remove(pid)
            pool.add(start_process(listener))
