"""Waiting with one rule for servers and clients: until something comes, or certainly does not.

A wait ends when the condition holds, or when it is certain that it will not: the target is settled
and nothing is on its way (see `target.settled`). Only where that cannot be told does a wait last
for the patience. What that means depends on what the target did meanwhile: it slept, or it had the
processor for long enough, or the machine gave it too little time to tell. The last is never taken
as proof, so that a slow machine cannot make a verdict.
"""

import time
from collections.abc import Callable
from typing import Protocol

from properties.events import Conclusion
from target import settled
from target.held import Held
from target.settled import Look

SHORTEST_TURN = 0.001
LONGEST_TURN = 0.01
"""Seconds between two looks at the target: doubled while nothing happens. Bytes end a turn."""

PARKED = 0.4
"""Seconds for which queues must stand still before bytes held back by a closed window count as
parked: longer than the shortest retransmission and persist timers, 200 ms on Linux (tcp(7))."""

STARVED_FACTOR = 6
"""Times the patience after which a server that got no processor time is given up on."""


def no_one(seen: Look) -> None:
    """Take no notice of a look."""


class Moving(Protocol):
    """What moves bytes while somebody waits, and knows what is on its way.

    `handle` is None for a target that cannot be looked into.
    """

    @property
    def handle(self) -> Held | None:
        """The target's processes."""

    patience: float
    evidence: str
    """In words, what the last wait that was in vain has seen."""

    @property
    def notice(self) -> Callable[[Look], None]:
        """Who is to be told of each look at the target."""

    def turn(self, longest: float) -> bool:
        """Move bytes once, waiting for them up to `longest` seconds; tell whether any moved."""

    def all_quiet(self) -> bool:
        """Tell whether nothing is on its way between us and the target."""

    def holds_parked_bytes(self) -> bool:
        """Tell whether bytes are held back, by a closed window or inside the target."""


def wait(moving: Moving, condition: Callable[[], bool]) -> Conclusion:
    """Go on until the condition holds or it is certain, or likely, that it will not."""
    moving.evidence = ""
    moving.turn(0)
    if condition():
        return Conclusion.MET
    quiet = Quiet(moving)
    while True:
        moved = moving.turn(quiet.pause)
        if condition():
            return Conclusion.MET
        if moved:
            quiet = Quiet(moving)
            continue
        conclusion = quiet.conclude()
        # What was sent just before the target settled has arrived by now: take it in first.
        if conclusion and not moving.turn(0):
            if condition():
                return Conclusion.MET
            moving.evidence = quiet.evidence
            return conclusion


class Quiet:
    """A stretch of a wait in which nothing moved, and what can be concluded from it."""

    def __init__(self, moving: Moving) -> None:
        self.began = time.monotonic()
        self.pause = SHORTEST_TURN
        self.evidence = ""
        self._moving = moving
        self._handle = moving.handle
        self._before: Look | None = None
        self._still_since: float | None = None
        self._times_at_start: dict[int, tuple[int, int]] | None = None

    def conclude(self) -> Conclusion | None:
        """Look once; return what is certain now, None to go on waiting."""
        waited = time.monotonic() - self.began
        self.pause = min(LONGEST_TURN, self.pause * 2)
        if self._handle is not None and self._times_at_start is None:
            self._times_at_start = self._handle.processor_times()
        if self._handle is None:
            if waited > self._moving.patience:
                self.evidence = f"nothing came for {waited:.1f} s"
                return Conclusion.SILENT
            return None
        if self._is_settled(self._handle):
            return Conclusion.SETTLED
        if waited > self._moving.patience:
            return self._after_patience(self._handle, waited)
        return None

    def _is_settled(self, handle: Held) -> bool:
        # Asked before the look: what arrives behind the question wakes a thread that is not asleep
        # any more in that look. The other way round it could arrive unseen between the two.
        is_quiet, parked = self._moving.all_quiet(), self._moving.holds_parked_bytes()
        seen = handle.look()
        self._moving.notice(seen)
        before, self._before = self._before, seen
        if before is None or settled.restless(before, seen) or not is_quiet:
            self._still_since = None
            return False
        self._still_since = self._still_since or time.monotonic()
        self.evidence = describe(seen)
        needed = PARKED if parked else 0.0
        return time.monotonic() - self._still_since >= needed

    def _after_patience(self, handle: Held, waited: float) -> Conclusion | None:
        seen = handle.look()
        used = _nanoseconds_used(self._times_at_start or {}, handle.processor_times()) / 1e9
        if settled.at_rest(seen):
            self.evidence = f"{describe(seen)} for {waited:.1f} s"
            return Conclusion.ASLEEP
        if used > self._moving.patience / 2:
            self.evidence = f"it used {used:.1f} s of processor time in {waited:.1f} s"
            return Conclusion.BUSY
        if waited > STARVED_FACTOR * self._moving.patience:
            self.evidence = f"it got {used:.1f} s of processor time in {waited:.1f} s"
            return Conclusion.STARVED
        return None


def _nanoseconds_used(before: dict[int, tuple[int, int]], after: dict[int, tuple[int, int]]) -> int:
    return sum(ran - before.get(thread, (0, 0))[0] for thread, (ran, _) in after.items())


def describe(seen: Look) -> str:
    """Say what the processes sleep in: "4711 sleeps in accept; 4712 sleeps in read"."""
    words = []
    for process in seen.processes:
        pid = process.identity.pid
        if process.is_zombie:
            words.append(f"{pid} is a zombie")
            continue
        calls = sorted({str(t.wait) for t in seen.threads if t.pid == pid and t.wait is not None})
        words.append(f"{pid} sleeps in {', '.join(calls)}")
    if len(words) > 4:
        words[3:] = [f"{len(words) - 3} more"]
    return "; ".join(words) or "no process is left"
