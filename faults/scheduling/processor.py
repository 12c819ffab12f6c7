"""Keeps all threads of a target on one processor while they go on one at a time.

One event may wake several threads: a new connection wakes all that poll the listening socket, and
one that sleeps in accept(). Until each is held at its next call, or sleeps again, they run side by
side, and which of them finds the connection is decided by nanoseconds. On one processor the first
that was woken runs until it sleeps, and then the next one does (sched(7), sched_setaffinity(2)).
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from target.held import Held


@contextmanager
def on_one_processor(held: Held) -> Iterator[None]:
    """Keep all threads of a target on one of its processors inside the block.

    What is made meanwhile stays there as well, and may use what the first process may afterwards.
    """
    before = {thread: allowed for thread in _threads(held) if (allowed := _allowed(thread))}
    usual = before.get(held.root.pid) or os.sched_getaffinity(0)
    # Several runs beside each other use different ones.
    one = sorted(usual)[os.getpid() % len(usual)]
    try:
        for thread in before:
            _allow(thread, {one})
        yield
    finally:
        for thread in _threads(held):
            _allow(thread, before.get(thread, usual))


def _threads(held: Held) -> list[int]:
    found: list[int] = []
    for process in held.tree():
        with suppress(OSError):
            found += map(int, os.listdir(f"/proc/{process.identity.pid}/task"))
    return found


def _allowed(thread: int) -> set[int]:
    try:
        return os.sched_getaffinity(thread)
    except OSError:
        return set()


def _allow(thread: int, processors: set[int]) -> None:
    # It may have ended, or taken another id.
    with suppress(OSError):
        os.sched_setaffinity(thread, processors)
