"""Load for a soak: processes of ours that keep processors, memory and the disk busy.

Each ends when the process that started it does (prctl(2), PR_SET_PDEATHSIG).
"""

import os
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from properties.running.process_lifetime import die_with_parent

MIB = 1 << 20
TOUCHED = 128 * MIB
WRITTEN = 16 * MIB
PAGE = 4096


def compute() -> None:
    """Use a processor without a pause."""
    while True:
        sum(range(100_000))


def touch_memory() -> None:
    """Ask for memory, write to each page of it, give it back, and again."""
    while True:
        held = bytearray(TOUCHED)
        held[::PAGE] = b"\1" * (TOUCHED // PAGE)


def write_to_disk() -> None:
    """Write a file to the disk, wait until it is there, and again."""
    data = os.urandom(WRITTEN)
    with tempfile.TemporaryFile() as file:
        while True:
            file.seek(0)
            file.write(data)
            file.flush()
            os.fsync(file.fileno())


@contextmanager
def load() -> Iterator[list[int]]:
    """Keep the machine busy meanwhile; the pids of the processes that do."""
    cores = len(os.sched_getaffinity(0))
    pids: list[int] = []
    try:
        for work in (*[compute] * cores, touch_memory, write_to_disk):
            pids += [_started(work)]
        yield pids
    finally:
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)


def _started(work: Callable[[], None]) -> int:
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            for number in (signal.SIGINT, signal.SIGTERM):
                signal.signal(number, signal.SIG_DFL)
            die_with_parent(parent)
            work()
        finally:
            os._exit(1)
    return pid
