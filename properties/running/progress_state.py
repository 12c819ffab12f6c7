"""How far a run is, as numbers: what is planned, what is done, what each worker is doing now.

A part that ends early, because something was found, counts as done with all that was planned.
"""

import math
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from properties.running.progress import PartProgress
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
    began: float = field(default_factory=time.monotonic)
    _planned: dict[str, tuple[str, int]] = field(default_factory=dict)
    _over: set[str] = field(default_factory=set)
    _underway: dict[str, PartProgress] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Record the planned parts by their ids."""
        self._planned = {part.id: (part.family.name, part.workloads) for part in self.run.parts}

    def progressed(self, underway: PartProgress) -> None:
        """Record how far a part is."""
        with self._lock:
            # A datagram may come after the report of its part.
            if underway.part not in self._over:
                self._underway[underway.worker] = underway

    def part_is_over(self, part: str) -> None:
        """Record that the part with this id has been reported."""
        with self._lock:
            self._over.add(part)
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
        elapsed = time.monotonic() - self.began
        return Snapshot(
            planned,
            done,
            len(self._planned),
            len(over),
            self.run.workloads + sum(one.workloads for one in underway),
            elapsed,
            self._left(planned.total(), done.total(), elapsed),
            underway,
        )

    def _left(self, planned: int, done: int, elapsed: float) -> float | None:
        deadline = self.run.deadline
        most = math.inf if deadline is None else max(0.0, deadline - time.monotonic())
        if elapsed < SURE_AFTER or not done:
            return most if math.isfinite(most) else None
        return min(most, elapsed / done * (planned - done))
