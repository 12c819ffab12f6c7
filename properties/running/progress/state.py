"""How far a run is, as numbers: what is planned, what is done, what each worker is doing now.

A part that ends early, because something was found, counts as done with all that was planned.
"""

import math
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from properties.running.plan import Part
from properties.running.progress.estimate import Estimate
from properties.running.progress.parts import PartProgress
from properties.running.run import Run

SURE_AFTER = 3.0
"""Seconds after which a rate is meaningful."""


@dataclass(frozen=True)
class Snapshot:
    """How far a run is at one moment. Times in seconds; counts by family, of workloads planned.

    `left` is None while it cannot be estimated.
    """

    planned: Counter[str]
    done: Counter[str]
    parts: int
    parts_done: int
    workloads: int
    elapsed: float
    left: float | None
    underway: tuple[PartProgress, ...]

    @property
    def rate(self) -> float:
        """Workloads a second, those of shrinking among them."""
        return self.workloads / self.elapsed if self.elapsed else 0.0


@dataclass
class ProgressState:
    """What is known of a run's progress. Any thread may call its methods."""

    run: Run
    clock: Callable[[], float] = time.monotonic
    began: float = 0.0
    _planned: dict[str, tuple[str, int]] = field(default_factory=dict)
    _over: set[str] = field(default_factory=set)
    _underway: dict[str, PartProgress] = field(default_factory=dict)
    _kinds: dict[str, str] = field(default_factory=dict)
    _estimate: Estimate = field(default_factory=Estimate)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Record the planned parts by their ids."""
        self.began = self.clock()
        self.note_the_plan()

    def note_the_plan(self) -> None:
        """Record the planned parts, of which there may be more than before."""
        planned = {part.id: (part.family.name, part.workloads) for part in self.run.parts}
        kinds = {part.id: _kind_of(part) for part in self.run.parts}
        with self._lock:
            self._planned, self._kinds = planned, kinds

    def progressed(self, underway: PartProgress) -> None:
        """Record how far a part is."""
        with self._lock:
            # A datagram may come after the report of its part.
            if underway.part not in self._over:
                self._underway[underway.worker] = underway
                self._estimate.progressed(
                    underway.worker,
                    self._kinds.get(underway.part, ""),
                    underway.part,
                    underway.workloads,
                    self.clock(),
                    shrinks=bool(underway.remark),
                )

    def part_is_over(self, part: str) -> None:
        """Record that the part with this id has been reported."""
        with self._lock:
            self._over.add(part)
            self._estimate.part_is_over(part, self.clock())
            for worker, underway in list(self._underway.items()):
                if underway.part == part:
                    del self._underway[worker]

    def is_over(self, family: str) -> bool:
        """Return whether all parts of a family have been reported."""
        over = set(self._over)
        return all(name in over for name, (of, _) in self._planned.items() if of == family)

    def snapshot(self) -> Snapshot:
        """Return how far the run is now."""
        with self._lock:
            underway, over = tuple(self._underway.values()), set(self._over)
        planned, done = Counter[str](), Counter[str]()
        for name, (family, count) in self._planned.items():
            planned[family] += count
            done[family] += count if name in over else 0
        for one in underway:
            _, count = self._planned.get(one.part, ("", 0))
            done[one.family] += min(one.workloads, count)
        elapsed = self.clock() - self.began
        return Snapshot(
            planned,
            done,
            len(self._planned),
            len(over),
            self.run.workloads + sum(one.workloads for one in underway),
            elapsed,
            self._left(elapsed, over, underway),
            underway,
        )

    def _left(
        self, elapsed: float, over: set[str], underway: tuple[PartProgress, ...]
    ) -> float | None:
        deadline = self.run.deadline
        most = math.inf if deadline is None else max(0.0, deadline - self.clock())
        done = {one.part: one.workloads for one in underway}
        to_come = [
            (self._kinds[name], max(0, count - done.get(name, 0)))
            for name, (_, count) in self._planned.items()
            if name not in over
        ]
        left = self._estimate.left(to_come) if elapsed >= SURE_AFTER else None
        if left is None:
            return most if math.isfinite(most) else None
        return min(most, left)


def _kind_of(part: Part) -> str:
    """Return what the speed of a part depends on: its fault, and what follows its workloads."""
    return part.family.name if part.follow_up is None else part.follow_up.name
