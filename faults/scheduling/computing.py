"""How long a thread computes between two of its calls.

A virtual machine that stands still for a moment adds that to the processor time of the thread that
was running. So what one look finds counts for little: a thread that computes has used some at each.
"""

from collections import defaultdict
from collections.abc import Callable

MOST_A_LOOK = 0.02
"""Seconds of processor time that one look may add."""


class Computing:
    """Adds up the processor time of threads while they are looked at again and again.

    `time_used` returns the seconds of processor time that a thread has had so far.
    """

    def __init__(self, time_used: Callable[[int], float]) -> None:
        self._time_used = time_used
        self._last: dict[int, float] = {}
        self._seconds: defaultdict[int, float] = defaultdict(float)

    def look(self, thread: int) -> float:
        """Look at a thread once more; return the seconds for which it has computed."""
        used = self._time_used(thread)
        grown = used - self._last.get(thread, used)
        self._last[thread] = used
        self._seconds[thread] += min(grown, MOST_A_LOOK)
        return self._seconds[thread]
