"""A witness of what may send signals at any time: timers, and descriptors that were asked to.

No file of /proc shows an interval timer (setitimer(2), alarm(2)). A process that catches SIGALRM
may have one, and be woken by it at any time. At a gate the calls that set one are seen, those that
make a timer (timer_create(2)), and those that let a descriptor send signals (O_ASYNC, fcntl(2)).
Until there is such a call, the gate costs nothing. A child of fork(2) inherits no timer; execve(2)
keeps an interval timer.
"""

import math
import signal
import struct
import time
from collections.abc import Callable
from functools import partial

from faults.gate.calls import F_SETSIG, Kind, kind_of, name_of
from faults.gate.kernel import Call, process_of, read_memory
from target.processes import Identity, identify

OF_INTERVAL_TIMERS = (signal.SIGALRM, signal.SIGVTALRM, signal.SIGPROF)
"""What ITIMER_REAL, ITIMER_VIRTUAL and ITIMER_PROF send; they are numbered so."""

LATE = 0.1
"""Seconds after which a signal that is due has come."""

FAR = 60.0
"""Seconds: what is due later is no business of the workload that goes on, as a time-out for idle
clients is not, which is set anew before each read."""

NEAR = 30.0
"""Seconds before it is due in which it is one nevertheless: no call is held for so long."""

_TIMES = struct.Struct("@4q")
"""struct itimerval: seconds and microseconds of the interval, then of the time that is left."""

_EVENT = struct.Struct("@8xii")
"""The beginning of struct sigevent: a value, the signal, and how it is told."""

SIGEV_SIGNAL, SIGEV_THREAD_ID = 0, 4


class Witness:
    """What was seen of a target's processes."""

    def __init__(self) -> None:
        self._due: dict[tuple[Identity, int], tuple[float, bool]] = {}
        self._intervals: set[int] = set()
        self._others: set[int] = set()

    @property
    def may_come(self) -> frozenset[int]:
        """The signals that a timer or a descriptor may send, or may have sent meanwhile."""
        soon = time.monotonic() + NEAR
        near = {number for (_, number), (due, _) in self._due.items() if due < soon}
        return frozenset(self._intervals | self._others | near)

    def begin(self) -> None:
        """Forget the interval timers that are over: a server now begins to serve."""
        self._intervals = {
            number
            for (owner, number), (due, repeats) in self._due.items()
            if self._runs(owner, number) and not _is_far(number, due - time.monotonic(), repeats)
        }

    def note(self, call: Call) -> None:
        """Record one call that sets a timer, or ends it, or asks for signals."""
        process = process_of(call.thread)
        owner = identify(process) if process is not None else None
        if owner is None:
            return
        if kind_of(call) is Kind.ASK_FOR_SIGNALS:
            self._others.add(_asked_for(call))
        elif name_of(call) == "timer_create":
            self._others |= _sent_by_timer(call)
        else:
            self._note_interval(call, owner)

    def _note_interval(self, call: Call, owner: Identity) -> None:
        set_to = _times_of(call)
        if set_to is None:
            return
        number, left, interval = set_to
        self._due.pop((owner, number), None)
        if left > 0:
            if not _is_far(number, left, interval > 0):
                self._intervals.add(number)
            self._due[owner, number] = time.monotonic() + left, interval > 0

    def is_set(self, pid: int, within: float = math.inf) -> bool:
        """Return whether a process has a timer that will send it SIGALRM within so many seconds."""
        owner = identify(pid) if self._due else None
        if owner is None or not self._runs(owner, signal.SIGALRM):
            return False
        due, repeats = self._due[owner, signal.SIGALRM]
        return repeats or due < time.monotonic() + within

    def watching(self, patience: float) -> Callable[[int], bool]:
        """Return what says whether a process has a timer that may matter to waits of this length.

        A time-out for idle clients that is minutes away changes nothing that anybody waits for.
        """
        return partial(self.is_set, within=max(FAR, patience))

    def _runs(self, owner: Identity, number: int) -> bool:
        due, repeats = self._due.get((owner, number), (0.0, False))
        # The others run only while the process computes: when they are due is not known.
        return repeats or time.monotonic() < due + LATE or (due > 0 and number != signal.SIGALRM)


def _is_far(number: int, left: float, repeats: bool) -> bool:
    """Return whether a timer is due so late that nothing which is held meets it."""
    return number == signal.SIGALRM and left >= FAR and not repeats


def _times_of(call: Call) -> tuple[int, float, float] | None:
    """Return the signal, the seconds until it is due, and the interval; None for no timer."""
    first, second = call.arguments[:2]
    if name_of(call) == "alarm":
        return signal.SIGALRM, float(first & 0xFFFFFFFF), 0.0
    if first >= len(OF_INTERVAL_TIMERS) or not second:
        return None
    content = read_memory(call.thread, second, _TIMES.size)
    if content is None:
        return None
    every, every_micro, left, left_micro = _TIMES.unpack(content)
    return OF_INTERVAL_TIMERS[first], left + left_micro / 1e6, every + every_micro / 1e6


def _sent_by_timer(call: Call) -> frozenset[int]:
    """Return what a timer that is made will send: SIGALRM where nothing else is asked for."""
    event = call.arguments[1]
    content = read_memory(call.thread, event, _EVENT.size) if event else None
    number, told = _EVENT.unpack(content) if content else (int(signal.SIGALRM), SIGEV_SIGNAL)
    return frozenset({number}) if told in (SIGEV_SIGNAL, SIGEV_THREAD_ID) else frozenset()


def _asked_for(call: Call) -> int:
    """Return the signal that a descriptor was told to send: SIGIO where none is named."""
    _, command, number = call.arguments[:3]
    is_named = name_of(call) == "fcntl" and command == F_SETSIG
    return number if is_named and number else signal.SIGIO
