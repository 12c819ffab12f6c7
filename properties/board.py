"""How far a run is, as numbers: what is planned, what is done, what each worker is doing now.

A part that ends early, because something was found, counts as done with all that was planned.
"""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from properties import cases
from properties.progress import Underway
from properties.run import Run

SURE_AFTER = 3.0
"""Seconds after which a rate says something."""


@dataclass(frozen=True)
class State:
    """How far a run is at one moment. Times in seconds; counts by family, of workloads planned.

    `left` is None while it cannot be told.
    """

    planned: Counter[str]
    done: Counter[str]
    parts: int
    parts_done: int
    workloads: int
    elapsed: float
    left: float | None
    underway: tuple[Underway, ...]

    @property
    def rate(self) -> float:
        """Workloads a second, those of shrinking among them."""
        return self.workloads / self.elapsed if self.elapsed else 0.0


@dataclass
class Board:
    """What is known of a run's progress. It may be told and asked by any thread."""

    run: Run
    began: float = field(default_factory=time.monotonic)
    _planned: dict[str, tuple[str, int]] = field(default_factory=dict)
    _over: set[str] = field(default_factory=set)
    _underway: dict[str, Underway] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        """Take down what is planned: the tests of the suite by their ids."""
        options = self.run.options
        for family, number, count in options.parts:
            self._planned[f"{family.name}-{number}"] = family.name, count
        for family, sequel, count in options.sequels:
            self._planned[f"{family.name}-{sequel.name.lower()}"] = family.name, count
        for path in self.run.known:
            self._planned[path.stem] = cases.read(path).fault, 1

    def hear(self, underway: Underway) -> None:
        """Take in how far a part is."""
        with self._lock:
            # A datagram may come behind the report of its part.
            if underway.part not in self._over:
                self._underway[underway.worker] = underway

    def part_is_over(self, part: str) -> None:
        """Take in that a part, a test by its id, has been reported."""
        with self._lock:
            self._over.add(part)
            for worker, underway in list(self._underway.items()):
                if underway.part == part:
                    del self._underway[worker]

    def is_over(self, family: str) -> bool:
        """Tell whether all parts of a family have been reported."""
        over = {name_of(part) for part in self._over}
        return all(name in over for name, (of, _) in self._planned.items() if of == family)

    def state(self) -> State:
        """Return how far the run is now."""
        with self._lock:
            underway, over = tuple(self._underway.values()), {name_of(one) for one in self._over}
        planned, done = Counter[str](), Counter[str]()
        for name, (family, count) in self._planned.items():
            planned[family] += count
            done[family] += count if name in over else 0
        for one in underway:
            _, count = self._planned.get(name_of(one.part), ("", 0))
            done[one.family] += min(one.workloads, count)
        elapsed = time.monotonic() - self.began
        return State(
            planned,
            done,
            len(self._planned),
            len(over),
            self.run.workloads + sum(one.workloads for one in underway),
            elapsed,
            _left(planned.total(), done.total(), elapsed),
            underway,
        )


def name_of(part: str) -> str:
    """Return what stands in the brackets of a test's id."""
    return part.rpartition("[")[2].rstrip("]")


def _left(planned: int, done: int, elapsed: float) -> float | None:
    if elapsed < SURE_AFTER or not done:
        return None
    return elapsed / done * (planned - done)
