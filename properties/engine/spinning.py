"""Whether a target comes to rest, and threads that never rest although nothing is to be done.

A thread that spins is judged by the processor time that it has used, which a slow machine does not
inflate, not by the time that has passed.
"""

import time

from target import settled
from target.held import Held
from target.settled import Look

SPINNING = 1.0
"""Seconds of processor time that one thread may use, without ever sleeping, while there is nothing
to do. Compiling or collecting garbage after a burst takes less, and sleeps in between."""

SPINNING_STILL = 0.25
"""The same, once a thread of the target was seen to spin in this trial: it still does."""

REST = 0.25
"""Seconds of sleep, calls with a timeout among them, that count as rest: a program that polls every
tenth of a second has looked at all its descriptors by then."""


class SpinDetector:
    """Follows the threads of a target that were awake in every look so far.

    `limit`: seconds of processor time from which one of them spins.
    """

    def __init__(self, handle: Held, limit: float = SPINNING) -> None:
        self._handle = handle
        self._limit = min(limit, SPINNING_STILL) if handle.pace.spins else limit
        self._awake: dict[int, int] = {}

    def all_slept(self) -> None:
        """Begin anew: every thread was seen asleep."""
        self._awake.clear()

    def spinning(self, seen: Look) -> str:
        """Process a look; return which thread spins, in words, "" for none."""
        times = self._handle.processor_times()
        running = {thread.tid: thread.pid for thread in seen.threads if not thread.sleeps}
        self._awake = {tid: self._awake.get(tid, times[tid][0]) for tid in running if tid in times}
        for tid, since in self._awake.items():
            used = (times[tid][0] - since) / 1e9
            if used > self._limit:
                self._handle.pace.spins = True
                return f"{running[tid]} used {used:.1f} s of processor time, never asleep"
        return ""


class RestDetector:
    """Follows looks at a target until it rests, or is seen to spin. `spinning`: which thread."""

    def __init__(self, handle: Held, limit: float = SPINNING) -> None:
        self._handle = handle
        self._spin_detector = SpinDetector(handle, limit)
        self._since: float | None = None
        self.spinning = ""

    def take_in(self, seen: Look) -> bool:
        """Process a look; return whether every thread sleeps."""
        if not settled.at_rest(seen):
            self._since = None
            self.spinning = self._spin_detector.spinning(seen)
            return False
        self._spin_detector.all_slept()
        self._since = self._since or time.monotonic()
        return True

    @property
    def seconds(self) -> float:
        """For how long every look has found all threads asleep."""
        return 0.0 if self._since is None else time.monotonic() - self._since

    def is_over(self) -> bool:
        """Look once; return whether the target has rested for REST, or spins."""
        rests = self.take_in(self._handle.look()) and self.seconds >= REST
        return rests or bool(self.spinning)
