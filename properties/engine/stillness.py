"""Whether a target can still change, seen in looks that follow each other.

It cannot when it is settled. It will hardly change where only threads move that wake by timers of
their own (a runtime's, a logger's): each has woken several times, and nothing else has moved. The
first thread of a process is never taken for one of those, because it is the one that serves.
"""

import time
from collections import Counter
from collections.abc import Callable, Container
from dataclasses import replace
from types import CodeType

from target import settled
from target.held import Held
from target.pace import ENOUGH
from target.processes import Thread
from target.settled import Look

WAKES = "; the threads that wake by themselves have done so and nothing came of it"


class WitnessNeeded(Exception):
    """A target may have set a timer that no file shows: only a witness can tell (`faults.gate`)."""


def question_of(condition: Callable[[], object]) -> str:
    """Return which question a condition asks: where in the code it stands, the same each time."""
    code = getattr(condition, "__code__", None)
    if isinstance(code, CodeType):
        return f"{code.co_filename}:{code.co_firstlineno}"
    return type(condition).__qualname__


class Stillness:
    """Follows the looks of one wait. `question`: what is waited for, see `question_of`."""

    def __init__(self, handle: Held, question: str) -> None:
        self._handle = handle
        self._pace = handle.pace
        self._question = question
        self._before: Look | None = None
        self._since: float | None = None
        self._switches: dict[int, int] = {}
        self._woken: Counter[int] = Counter()
        self.only_wakes_up = False
        """Whether the last look was called still although threads wake by themselves."""

    @property
    def wakes(self) -> str:
        """What wakes by itself, in words to be added to a description; empty for nothing."""
        return WAKES if self.only_wakes_up else ""

    @property
    def has_looked(self) -> bool:
        """Whether there was a look before: the first one alone never shows stillness."""
        return self._before is not None

    def begin_anew(self) -> None:
        """Count from zero: something moves, or is on its way to the target."""
        self._since = None
        self._switches.clear()
        self._woken.clear()

    def is_still(self, seen: Look) -> bool:
        """Process a look; return whether the target will not change any more.

        Raises WitnessNeeded where only a timer may change it that a witness would have seen.
        """
        before, self._before = self._before, seen
        self.only_wakes_up = False
        if before is None:
            return False
        reason = settled.restless(before, seen)
        if reason is None:
            return True
        if isinstance(reason, settled.UnseenTimer) and self._handle.may_be_witnessed:
            raise WitnessNeeded(reason)
        self.only_wakes_up = self._has_woken_enough(before, seen)
        return self.only_wakes_up

    def _has_woken_enough(self, before: Look, seen: Look) -> bool:
        timed = {one.tid: one for one in seen.threads if wakes_by_itself(one)}
        followed = timed.keys() | self._switches.keys()
        if not followed or self._pace.timers_matter or _rest_moves(before, seen, followed):
            self.begin_anew()
            return False
        if self._since is None:
            self._since = time.monotonic()
        for tid, thread in timed.items():
            self._woken[tid] += self._switches.get(tid, thread.switches) != thread.switches
            self._switches[tid] = thread.switches
        if followed != timed.keys():
            # One of them is awake at this moment.
            return False
        return self._is_enough(timed, time.monotonic() - self._since)

    def _is_enough(self, timed: dict[int, Thread], seconds: float) -> bool:
        calls = {(self._question, str(one.wait)) for one in timed.values()}
        if not self._pace.knows(calls):
            enough = ENOUGH[self._pace.haste]
            if seconds < enough.seconds:
                return False
            if any(self._woken[tid] < enough.times for tid in timed):
                return False
            self._pace.learn(calls)
        self._pace.shortcuts += 1
        return True


def wakes_by_itself(thread: Thread) -> bool:
    """Return whether a thread sleeps with a timeout, and is not the one that serves."""
    is_timed = thread.sleeps and thread.wait is not None and thread.wait.timed
    return is_timed and thread.tid != thread.pid


def _rest_moves(before: Look, seen: Look, tids: Container[int]) -> bool:
    return settled.restless(without(before, tids), without(seen, tids)) is not None


def without(seen: Look, tids: Container[int]) -> Look:
    """Return a look without these threads."""
    return replace(seen, threads=tuple(one for one in seen.threads if one.tid not in tids))
