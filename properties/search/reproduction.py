"""How often workloads showed one violation: every run of every workload is recorded.

A violation counts from a level on. Once a run has shown a stronger one, only those as strong count:
a search must not come from a requirement that is a MUST to a case of one that is a MAY.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from properties.model.levels import Level
from properties.model.steps import Workload
from properties.model.trial import Trial


@dataclass(frozen=True)
class Enough:
    """How many runs must all fail, and how many where one takes longer than `slow` seconds."""

    usually: int
    if_slow: int
    slow: float


CERTAIN = Enough(3, 2, slow=0.5)
"""For a workload that counts as one that fails each time."""

SEEMS_CERTAIN = Enough(2, 1, slow=0.25)
"""For one that is made from such a workload, and measured later if it is the smallest."""

OFTEN = 2
OFTEN_OF = 4
"""A workload with so many failures in so many runs counts as failing often."""


@dataclass
class Reproductions:
    """The runs made in a search. `run` makes and judges a trial.

    `level` is that of the strongest violation so far: weaker ones do not count as failures.
    """

    violation: str
    run: Callable[[Workload], Trial]
    level: Level = Level.MAY
    _found: dict[Workload, list[Level | None]] = field(default_factory=dict)
    _evidence: dict[Workload, Trial] = field(default_factory=dict)

    def fails(self, workload: Workload) -> bool:
        """Run a workload once more; return whether it showed the violation."""
        trial = self.run(workload)
        found = trial.violations.get(self.violation)
        self._found.setdefault(workload, []).append(found)
        if found is None or found < self.level:
            return False
        self.level = found
        self._evidence[workload] = trial
        return True

    @property
    def total(self) -> int:
        """How many runs were made, of all workloads."""
        return sum(map(len, self._found.values()))

    def times(self, workload: Workload) -> int:
        """Return how often it was run."""
        return len(self._found.get(workload, ()))

    def failures(self, workload: Workload) -> int:
        """Return how often it failed."""
        found = self._found.get(workload, ())
        return sum(one is not None and one >= self.level for one in found)

    def rate(self, workload: Workload) -> float:
        """Return the share of its runs that failed, 0 where there were none."""
        return self.failures(workload) / max(1, self.times(workload))

    def best_of(self, workloads: Iterable[Workload]) -> str:
        """Return the best rate of these workloads, in words: "3 of 4"."""
        best = max(workloads, key=self.rate)
        return f"{self.failures(best)} of {self.times(best)}"

    def always(self, workload: Workload) -> bool:
        """Return whether it has failed in all its runs, if there were any."""
        return self.failures(workload) == self.times(workload)

    def often(self, workload: Workload) -> bool:
        """Return whether it has failed often, in however many runs there were."""
        return self.failures(workload) >= OFTEN and self.rate(workload) >= OFTEN / OFTEN_OF

    def knows_whether_often(self, workload: Workload) -> bool:
        """Return whether it was run often enough to tell that."""
        return self.times(workload) >= OFTEN_OF or self.failures(workload) >= OFTEN

    def has(self, workload: Workload, enough: Enough) -> bool:
        """Return whether it was run often enough."""
        seen = self.evidence(workload)
        is_slow = seen is not None and seen.seconds > enough.slow
        return self.times(workload) >= (enough.if_slow if is_slow else enough.usually)

    def wants_more(self, workload: Workload, enough: Enough) -> bool:
        """Return whether it has always failed so far, and not often enough."""
        return self.always(workload) and not self.has(workload, enough)

    def evidence(self, workload: Workload) -> Trial | None:
        """Return the trial in which it failed last, None where it never did."""
        return self._evidence.get(workload) if self.failures(workload) else None
