"""From the workloads that violated an invariant to the one case that is kept.

A defect that shows each time must not be shrunk to a case that shows only now and then: the
smallest workload would always be the luckiest. So every workload remembers all its runs, and one
that has once not failed is no longer accepted as certain. Only where nothing is certain, the
smallest that fails half of the time is kept, and the measured rate says what it is worth.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from properties.laboratory import Trial
from properties.minimise import minimise
from properties.steps import Inject, Open, Workload
from properties.verdict import Outcome

CERTAIN = 3
"""Runs, all of which must fail, before a workload counts as one that fails each time."""

OFTEN = 2
OFTEN_OF = 4
"""Failures, and the runs in which they must come, of a workload that counts as failing often."""

MEASURED = 12
"""Runs of the smallest case, to see how often it fails."""

CANDIDATES = 16
"""Workloads among which one that fails each time is looked for, at most."""

ROUNDS = 3
"""How often to begin again when the smallest turned out to fail only now and then."""


@dataclass(frozen=True)
class Smallest:
    """The case that was found: the trial in which it failed last, and how often it did.

    `trial` is None for a workload that did not fail again in any of its runs.
    """

    trial: Trial | None
    failed: int
    times: int

    @property
    def is_certain(self) -> bool:
        """Whether it failed in all its runs."""
        return 0 < self.times == self.failed

    @property
    def needs_no_luck(self) -> bool:
        """Whether it fails each time, and not because several clients happen to do the same.

        Five clients that end at the same moment meet a race so often that all runs may fail. One
        client meets none, and a fault that makes the moment certain needs no more than two.
        """
        steps = self.trial.workload if self.trial else ()
        clients = sum(isinstance(step, Open) for step in steps)
        return self.is_certain and clients <= 1 + any(isinstance(s, Inject) for s in steps)


@dataclass
class Search:
    """The search for the smallest case of one invariant. `run` makes and judges a trial."""

    invariant: str
    run: Callable[[Workload], Trial]
    may_go_on: Callable[[], bool]
    _runs: dict[Workload, list[bool]] = field(default_factory=dict)
    _evidence: dict[Workload, Trial] = field(default_factory=dict)

    def find(self, found: Iterable[Workload]) -> Smallest | None:
        """Return the smallest case, starting from workloads that failed, the smallest first.

        None when there was no time to run any of them again.
        """
        starts = _spread(list(found))
        for _ in range(ROUNDS):
            start = next((workload for workload in starts if self.is_certain(workload)), None)
            if start is None:
                break
            smallest = minimise(start, self.is_certain, self.may_go_on)
            self._measure(smallest)
            if all(self._runs[smallest]):
                return self._result(smallest)
        start = next((workload for workload in starts if self.is_frequent(workload)), starts[0])
        smallest = minimise(start, self.is_frequent, self.may_go_on)
        self._measure(smallest)
        return self._result(smallest)

    def fails(self, workload: Workload) -> bool:
        """Run a workload once; return whether it violated the invariant."""
        trial = self.run(workload)
        failed = trial.verdicts[self.invariant].outcome is Outcome.FAIL
        self._runs.setdefault(workload, []).append(failed)
        if failed:
            self._evidence[workload] = trial
        return failed

    def is_certain(self, workload: Workload) -> bool:
        """Tell whether a workload has failed in all its runs, of which there are enough."""
        runs = self._runs.setdefault(workload, [])
        while all(runs) and len(runs) < CERTAIN and self.may_go_on():
            self.fails(workload)
        return all(runs) and len(runs) >= CERTAIN

    def is_frequent(self, workload: Workload) -> bool:
        """Tell whether a workload fails often, though not each time."""
        runs = self._runs.setdefault(workload, [])
        while len(runs) < OFTEN_OF and sum(runs) < OFTEN and self.may_go_on():
            self.fails(workload)
        return sum(runs) * OFTEN_OF >= len(runs) * OFTEN and sum(runs) >= OFTEN

    def _measure(self, workload: Workload) -> None:
        while len(self._runs.get(workload, [])) < MEASURED and self.may_go_on():
            self.fails(workload)

    def _result(self, workload: Workload) -> Smallest | None:
        runs = self._runs.get(workload, [])
        return Smallest(self._evidence.get(workload), sum(runs), len(runs)) if runs else None


def _spread(found: list[Workload]) -> list[Workload]:
    """Choose where to start: the smallest, and some of every size up to the largest.

    A defect may fail each time only in a large workload, and now and then in many small ones.
    """
    few = CANDIDATES // 2
    rest = found[few:]
    step = max(1, -(-len(rest) // few))
    return found[:few] + rest[::-step][::-1]
