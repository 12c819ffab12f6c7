# mistake: the sentinel of a process that has ended is waited for again (pidfd_open(2))
# invariant: no_spin
# fault: killed_children
"""A pool of loops; its master waits for the end of any of them, and makes another."""

import contextlib
import os
import select

from tests.mutants.pool import start_process
from tests.mutants.unp import tcp_listen

PROCESSES = 2

listener = tcp_listen()
pool: dict[int, int] = {}


def start() -> None:
    """Start a process, and keep its sentinel."""
    pid = start_process(listener)
    pool[os.pidfd_open(pid)] = pid


for _ in range(PROCESSES):
    start()
while True:
    for sentinel in select.select(list(pool), [], [])[0]:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(pool[sentinel], 0)
            start()
