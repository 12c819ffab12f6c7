"""Whether the cores that this process may use have nothing to do for a good part of the time.

A target that does everything by timers, or that waits for the kernel, leaves them idle, and more of
it can be tested at the same time. Nothing that is judged depends on that.
"""

import os
import time

import psutil

INTERVAL = 1.0
"""Seconds between two looks."""

BUSY = 60.0
"""Percent of the time from which cores count as busy."""

SPARE_MEMORY = 1 << 30
"""Bytes that must be available: some targets are large."""


class Idleness:
    """Looks at the cores from time to time."""

    def __init__(self) -> None:
        self._looked = time.monotonic()
        psutil.cpu_percent(percpu=True)

    def until_next_look(self) -> float:
        """Return the seconds until it is time to look again."""
        return max(0.0, self._looked + INTERVAL - time.monotonic())

    def has_room(self) -> bool:
        """Look, if it is time to; return whether there is room for another process."""
        if self.until_next_look() > 0:
            return False
        self._looked = time.monotonic()
        busy = psutil.cpu_percent(percpu=True)
        ours = [busy[core] for core in os.sched_getaffinity(0) if core < len(busy)]
        is_idle = sum(ours) < BUSY * len(ours)
        return is_idle and psutil.virtual_memory().available > SPARE_MEMORY
