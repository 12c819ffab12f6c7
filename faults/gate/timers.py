"""A witness of interval timers: which processes have one set, from their calls that set it.

No file of /proc shows an interval timer (setitimer(2), alarm(2)). A process that catches SIGALRM
may have one, and be woken by it at any time. At a gate the calls that set one are seen; until there
is such a call, the gate costs nothing. A child of fork(2) inherits none; execve(2) keeps it.
"""

import struct
import time

from faults.gate.calls import name_of
from faults.gate.kernel import Call, process_of, read_memory
from target.processes import Identity, identify

ITIMER_REAL = 0
"""The timer that sends SIGALRM. The others run only while the process computes."""

LATE = 0.1
"""Seconds after which a signal that is due has come."""

_TIMES = struct.Struct("@4q")
"""struct itimerval: seconds and microseconds of the interval, then of the time that is left."""


class IntervalTimers:
    """The interval timers of a target's processes. `ever_set`: whether any has set one."""

    def __init__(self) -> None:
        self.ever_set = False
        self._due: dict[Identity, tuple[float, bool]] = {}

    def note(self, call: Call) -> None:
        """Record one call that sets a timer, or ends it."""
        process = process_of(call.thread)
        owner = identify(process) if process is not None else None
        times = _times_of(call)
        if owner is None or times is None:
            return
        left, interval = times
        self._due.pop(owner, None)
        if left > 0:
            self.ever_set = True
            self._due[owner] = time.monotonic() + left, interval > 0

    def is_set(self, pid: int) -> bool:
        """Return whether a process has a timer that will send it SIGALRM."""
        owner = identify(pid) if self._due else None
        if owner is None or owner not in self._due:
            return False
        due, repeats = self._due[owner]
        return repeats or time.monotonic() < due + LATE


def _times_of(call: Call) -> tuple[float, float] | None:
    """Return the seconds until it is due, and the interval; None where nothing is set."""
    first, second = call.arguments[:2]
    if name_of(call) == "alarm":
        return float(first & 0xFFFFFFFF), 0.0
    if first != ITIMER_REAL or not second:
        return None
    content = read_memory(call.thread, second, _TIMES.size)
    if content is None:
        return None
    every, every_micro, left, left_micro = _TIMES.unpack(content)
    return left + left_micro / 1e6, every + every_micro / 1e6
