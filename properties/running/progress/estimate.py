"""How long a run will still take: what is to come, at the speed at which its kind has gone so far.

Workloads of one fault take several times as long as those of another, and what follows a workload
longer still, so each kind has a speed of its own. Kinds that were not seen yet go at the average.
Shrinking is no workload that was planned: it is left out of the speeds, and counts with what its
budget still allows while it goes on.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from properties.running.runner import SHRINKING
from properties.search.smallest_case import BUDGET


@dataclass
class Speed:
    """What was seen of one kind: workloads, and the seconds that they took."""

    workloads: float = 0.0
    seconds: float = 0.0

    def add(self, workloads: float, seconds: float) -> None:
        """Add some that took so long together."""
        self.workloads += workloads
        self.seconds += seconds


@dataclass
class Estimate:
    """Follows the progress of all workers. Times are of any monotonic clock, in seconds."""

    _speeds: dict[str, Speed] = field(default_factory=dict)
    _last: dict[str, tuple[str, int, float]] = field(default_factory=dict)
    _shrinking: float = 0.0
    _shrinks: set[str] = field(default_factory=set)

    def progressed(
        self, worker: str, kind: str, part: str, workloads: int, at: float, *, shrinks: bool
    ) -> None:
        """Record that a worker has done so many workloads of a part by now."""
        before, done, since = self._last.get(worker, ("", 0, at))
        if before != part:
            done = 0
        if shrinks:
            self._shrinking += at - since
            self._shrinks.add(worker)
        else:
            self._shrinks.discard(worker)
            if worker in self._last:
                self._speed(kind).add(workloads - done, at - since)
        self._last[worker] = part, workloads, at

    def part_is_over(self, part: str, at: float) -> None:
        """Record that a part has ended: the next one of its worker begins now."""
        for worker, (of, done, _) in list(self._last.items()):
            if of == part:
                self._last[worker] = part, done, at
                self._shrinks.discard(worker)

    def _speed(self, kind: str) -> Speed:
        return self._speeds.setdefault(kind, Speed())

    def left(self, to_come: Iterable[tuple[str, int]]) -> float | None:
        """Return the seconds that are left, None while nothing is known.

        `to_come` are what is left of each part: its kind, and a number of workloads. One part is
        never shared by several workers.
        """
        seen = [one for one in self._speeds.values() if one.workloads]
        workloads = sum(one.workloads for one in seen)
        if not workloads:
            return None
        average = sum(one.seconds for one in seen) / workloads
        seconds = [count * self._cost(kind, average) for kind, count in to_come]
        workers = max(1, len(self._last))
        shared = (sum(seconds) + self._left_of_shrinking()) / workers
        return max(shared, *seconds, 0.0)

    def _cost(self, kind: str, average: float) -> float:
        speed = self._speeds.get(kind)
        return speed.seconds / speed.workloads if speed and speed.workloads else average

    def _left_of_shrinking(self) -> float:
        most = len(self._shrinks) * BUDGET / 2
        return min(most, max(0.0, SHRINKING - self._shrinking))
