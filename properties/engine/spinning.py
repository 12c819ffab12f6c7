"""Whether a target comes to rest, and threads that never rest although nothing is to be done.

A thread that spins is judged by the processor time that it has used, which a slow machine does not
inflate, not by the time that has passed. While bytes come and go at the target's ends of its
connections a thread works, however slowly: its time is counted from when they last did.
"""

import time

from properties.engine.stillness import wakes_by_itself, without
from target import settled
from target.held import Held
from target.resting import at_rest
from target.settled import Look

SPINNING = 1.0
"""Seconds of processor time that one thread may use, without ever sleeping, while there is nothing
to do. Compiling or collecting garbage after a burst takes less, and sleeps in between."""

SPINNING_STILL = 0.25
"""The same, once a thread of the target was seen to spin in this trial, which it still does, or in
some others."""

SPINNING_ON = 0.05
"""The same for rest, of a thread that was itself seen to spin in this trial. A wait is given more:
it may be for what this thread does."""

NOTED = 0.02
"""Seconds of processor time after which the connections are looked at, to see whether they move: a
look costs milliseconds in a large table of sockets, and most threads sleep again before."""

REST = 0.25
"""Seconds of sleep, calls with a timeout among them, that count as rest: a program that polls every
tenth of a second has looked at all its descriptors by then. Not where only threads are timed that
have woken by themselves before, and nothing came of it (`Pace.rested`)."""

ENOUGH_LOOKS = 8
"""Looks that find all threads asleep, though never at one moment, after which a target rests: what
one hands to another is over long before."""


class SpinDetector:
    """Follows the threads of a target that were awake in every look so far.

    `limit`: seconds of processor time from which one of them spins; `again`: from which one does
    that was seen to in this trial, as any other where this is None.
    """

    def __init__(self, handle: Held, limit: float = SPINNING, again: float | None = None) -> None:
        self._handle = handle
        self._limit = min(limit, SPINNING_STILL) if handle.pace.expects_spin else limit
        self._again = self._limit if again is None else again
        self._awake: dict[int, int] = {}
        self._queues: frozenset[tuple[object, ...]] | None = None

    def all_slept(self) -> None:
        """Begin anew: every thread was seen asleep."""
        self._awake.clear()
        self._queues = None

    def spinning(self, seen: Look) -> str:
        """Process a look; return which thread spins, in words, "" for none."""
        times = self._handle.processor_times()
        running = {thread.tid: thread.pid for thread in seen.threads if not thread.sleeps}
        self._awake = {tid: self._awake.get(tid, times[tid][0]) for tid in running if tid in times}
        used = {tid: (times[tid][0] - since) / 1e9 for tid, since in self._awake.items()}
        if self._queues is None:
            self._queues = self._queues_now() if max(used.values(), default=0.0) > NOTED else None
            return ""
        spinning = next((tid for tid in used if used[tid] > self._limit_of(tid)), None)
        if spinning is None or self._has_moved(times):
            return ""
        self._saw_spin(spinning)
        return f"{running[spinning]} used {used[spinning]:.2g} s of processor time, never asleep"

    def _limit_of(self, thread: int) -> float:
        return self._again if thread in self._handle.pace.spinning else self._limit

    def _has_moved(self, times: dict[int, tuple[int, int]]) -> bool:
        """Return whether bytes have come or gone since; then all are timed from now."""
        before, self._queues = self._queues, self._queues_now()
        if before == self._queues:
            return False
        self._awake = {tid: times[tid][0] for tid in self._awake}
        return True

    def _queues_now(self) -> frozenset[tuple[object, ...]]:
        return frozenset(
            (one.local, one.remote, one.state, one.receive_queue, one.send_queue, one.inode)
            for one in self._handle.connections()
        )

    def _saw_spin(self, thread: int) -> None:
        pace = self._handle.pace
        # Known from other trials alone: that it spins in this one as well is yet to be confirmed.
        pace.shortcuts += pace.expects_spin and not pace.spinning
        pace.saw_spin(thread)


class RestDetector:
    """Follows looks at a target until it rests, or is seen to spin. `spinning`: which thread."""

    def __init__(self, handle: Held, limit: float = SPINNING) -> None:
        self._handle = handle
        self._spin_detector = SpinDetector(handle, limit, SPINNING_ON)
        self._since: float | None = None
        self._others: Look | None = None
        self._was_still = False
        self._asleep = 0
        self.spinning = ""

    def take_in(self, seen: Look) -> bool:
        """Process a look, and look again; return whether every thread slept at one moment.

        Where threads or processes come and go all the time there may be no such moment: it is
        enough that many looks have found all asleep.
        """
        if not self._take_in(seen):
            return False
        self._asleep += 1
        return self._asleep >= ENOUGH_LOOKS or self._handle.was_at_rest(seen)

    def _take_in(self, seen: Look) -> bool:
        if not at_rest(seen):
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
        """Look once; return whether the target has rested, or spins."""
        seen = self._handle.look()
        return self._rests(seen) if self._take_in(seen) else self._is_awake(seen)

    def _rests(self, seen: Look) -> bool:
        """Return whether it has rested for REST, or need not, because only helpers are timed."""
        timed = {one.tid: str(one.wait) for one in seen.threads if wakes_by_itself(one)}
        before, self._others = self._others, without(seen, timed)
        is_still = bool(timed) and before is not None and not settled.restless(before, self._others)
        pace, calls = self._handle.pace, frozenset(timed.values())
        if before is not None:
            if self._was_still and not is_still:
                pace.stirred()
            self._was_still = is_still
        if is_still and pace.rests_at_once(calls):
            pace.shortcuts += 1
            return True
        if self.seconds < REST:
            return False
        if is_still:
            pace.rested(calls)
        return True

    def _is_awake(self, seen: Look) -> bool:
        """Process a look that finds a thread awake; return whether it spins."""
        self._others = None
        if self._was_still and any(not one.sleeps and one.tid == one.pid for one in seen.threads):
            self._was_still = False
            self._handle.pace.stirred()
        return bool(self.spinning)
