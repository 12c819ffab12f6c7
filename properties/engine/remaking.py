"""Processes that are made again and again and end at once, although nothing is to be done.

None of them, nor what makes them, is awake for long, so that no thread spins; all of them together
do. It is judged as a thread is: by processor time, and not where what makes them pauses.
"""

import time
from collections import Counter

from properties.engine.spinning import REST
from target.descendants import children_of
from target.processes import Identity, Thread
from target.processor_time import seconds_with_children
from target.settled import Look

USED = 0.5
"""Seconds of processor time that all of them together may use. What is made once uses more, and is
not many."""

MADE = 16
"""Processes that must have been seen to come. A look finds one of many."""

PAUSES = 3
"""Looks that find what makes them asleep with a timeout, after which it pauses in between. What
makes them is one thread: others of its process may have timers of their own."""


class Remaking:
    """Follows looks at a target that has nothing to do."""

    def __init__(self) -> None:
        self._before: dict[Identity, float] = {}
        self._came: set[Identity] = set()
        self._makers: Counter[int] = Counter()
        self._threads: set[int] = set()
        self._pauses = 0
        self._last = 0.0

    @property
    def is_over(self) -> bool:
        """Whether none has come for a while, or what makes them was seen to pause in between."""
        return time.monotonic() - self._last > REST or self._pauses >= PAUSES

    def spinning(self, seen: Look) -> str:
        """Process a look; return which process makes others without end, in words, "" for none."""
        if not self._before:
            self._before = {one.identity: _used(one.identity) for one in seen.processes}
            self._last = time.monotonic()
            return ""
        known = self._before.keys() | self._came
        if new := [one for one in seen.processes if one.identity not in known]:
            self._makers.update(one.parent for one in new)
            self._came.update(one.identity for one in new)
            self._note_threads({one.identity.pid for one in new}, seen)
            self._last = time.monotonic()
        if not self._came:
            return ""
        (maker, _), *_ = self._makers.most_common(1)
        self._pauses += any(
            one.wait is not None and one.wait.timed for one in self._threads_of(maker, seen)
        )
        used = sum(_used(one) - before for one, before in self._before.items() if one.pid == maker)
        if len(self._came) < MADE or used < USED or self._pauses >= PAUSES:
            return ""
        return (
            f"{maker} makes process after process that ends at once: {len(self._came)} were seen, "
            f"{used:.1f} s of processor time"
        )

    def _note_threads(self, made: set[int], seen: Look) -> None:
        """Note which threads have made these processes, as far as they still have them."""
        parents = {one.parent for one in seen.processes if one.identity.pid in made}
        self._threads.update(
            one.tid
            for one in seen.threads
            if one.pid in parents and not made.isdisjoint(children_of(one.tid, threads=1))
        )

    def _threads_of(self, maker: int, seen: Look) -> list[Thread]:
        """Return the threads of a process that make others, all of them where none was seen to."""
        found = [one for one in seen.threads if one.pid == maker]
        return [one for one in found if one.tid in self._threads] or found


def _used(identity: Identity) -> float:
    return seconds_with_children(identity.pid)
