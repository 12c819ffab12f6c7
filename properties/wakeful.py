"""Threads that never rest although nothing is to be done: they spin.

That is judged by the processor time a thread has used, which a slow machine does not inflate, not
by the time that has passed.
"""

from target.held import Held
from target.settled import Look

SPINNING = 1.0
"""Seconds of processor time that one thread may use, without ever sleeping, while there is nothing
to do. Compiling or collecting garbage after a burst takes less, and sleeps in between."""


class Wakeful:
    """Watches the threads of a target that were awake in every look so far."""

    def __init__(self, handle: Held) -> None:
        self._handle = handle
        self._awake: dict[int, int] = {}

    def all_slept(self) -> None:
        """Begin anew: every thread was seen asleep."""
        self._awake.clear()

    def spinning(self, seen: Look) -> str:
        """Take in a look; say which thread spins, "" for none."""
        times = self._handle.processor_times()
        running = {thread.tid: thread.pid for thread in seen.threads if not thread.sleeps}
        self._awake = {tid: self._awake.get(tid, times[tid][0]) for tid in running if tid in times}
        for tid, since in self._awake.items():
            used = (times[tid][0] - since) / 1e9
            if used > SPINNING:
                return f"{running[tid]} used {used:.1f} s of processor time, never asleep"
        return ""
