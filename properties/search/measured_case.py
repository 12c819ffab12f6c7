"""The case that a search has come to, how often it fails, and its confirmation with care."""

from collections.abc import Callable
from dataclasses import dataclass

from properties.model.levels import Level
from properties.model.steps import Inject, Workload
from properties.model.trial import Trial
from properties.search.reproduction import Reproductions

LONG = 5.0
"""Seconds: where a run with care took longer and did not fail, two of them are enough."""


@dataclass(frozen=True)
class Smallest:
    """The case that was found: the trial in which it failed last, and how often it did.

    `trial` is None for a workload that did not fail again in any of its runs. `before`: how often
    it failed without what was added to make it fail each time, in words.
    """

    trial: Trial | None
    failed: int
    times: int
    before: str = ""

    @property
    def rate(self) -> float:
        """The share of its runs that failed."""
        return self.failed / max(1, self.times)

    @property
    def is_certain(self) -> bool:
        """Whether it failed in all its runs."""
        return 0 < self.times == self.failed

    @property
    def is_deterministic(self) -> bool:
        """Whether it fails each time, and not because several clients happen to do the same.

        Five clients that end at the same moment hit a race so often that all runs may fail. One
        client hits none, and a fault that makes the moment certain needs no more than two.
        """
        steps = self.trial.workload if self.trial else ()
        clients = sum(step.brings_client for step in steps)
        return self.is_certain and clients <= 1 + any(isinstance(s, Inject) for s in steps)


def measured(runs: Reproductions, workload: Workload, before: str = "") -> Smallest | None:
    """Return a workload as a case, with its runs so far; None where there were none."""
    times, failed = runs.times(workload), runs.failures(workload)
    if not times:
        return None
    return Smallest(runs.evidence(workload), failed, times, before if failed == times else "")


def confirmed(
    violation: str,
    smallest: Smallest,
    run: Callable[[Workload], Trial],
    run_afresh: Callable[[Workload], Trial],
) -> Smallest:
    """Run the smallest case once more, where the search was in a hurry, and count that run.

    A case that failed each time in the search, and not when there was enough time, is none. One
    such run is not enough: it may have met one of the few processes that do not fail. There are
    three, and two where they take long.
    """
    if smallest.trial is None:
        return smallest
    again = (run, run_afresh, run_afresh) if smallest.is_certain else (run,)
    number = 0
    for number, once_more in enumerate(again, 1):
        trial = once_more(smallest.trial.workload)
        if is_as_strong(trial, smallest.trial, violation):
            failed, times = smallest.failed + 1, smallest.times + number
            return Smallest(trial, failed, times, smallest.before)
        if trial.seconds > LONG and number > 1:
            break
    if smallest.is_certain:
        return Smallest(None, 0, 0)
    return Smallest(smallest.trial, smallest.failed, smallest.times + number)


def is_as_strong(trial: Trial, found: Trial, violation: str) -> bool:
    """Return whether a trial shows the violation that another has found, as strong at least."""
    level = trial.violations.get(violation)
    return level is not None and level >= found.violations.get(violation, Level.MAY)
