"""How often a finite choice shows what is shrunk elsewhere: each time, or once by luck.

What is shrunk is counted by that. A violation that another part shrinks, or has shrunk, would have
been seen in one run alone, which says nothing of the choice (see `search.attribution`).
"""

from collections.abc import Callable

from properties.model.steps import Workload
from properties.model.trial import Trial
from properties.model.verdict import Outcome
from properties.model.violation_kinds import kind_of, violation_of
from properties.search.findings import Failure, Findings
from properties.search.kept import Kept

RUNS = 3
"""Runs, all of which must fail, of a choice that shows something each time."""

SLOW = 1.0
"""Seconds. A choice whose run takes longer counts as one that shows it each time."""


def see_again(
    tried: Trial, kept: Kept, findings: Findings, run: Callable[[Workload], Trial]
) -> None:
    """Run a workload again, and count how often each of its violations shows.

    Only for those that were not counted yet, and of which no smaller workload is kept; and not
    where a run takes long.
    """
    uncounted = {
        name: failure
        for name, failure in _failures(tried, findings).items()
        if kept.best.get(name) is tried and not failure.times
    }
    if not uncounted or (tried.history.events[-1:] and tried.history.events[-1].at > SLOW):
        return
    again = [run(tried.workload) for _ in range(RUNS - 1)]
    for name, failure in uncounted.items():
        failure.measured(1 + sum(name in trial.violations for trial in again), RUNS)


def _failures(tried: Trial, findings: Findings) -> dict[str, Failure]:
    """Return what is kept of each violation of a trial."""
    found = {}
    for invariant, verdict in tried.verdicts.items():
        kind = kind_of(verdict.reason)
        failure = findings.cells[invariant].failures.get(kind)
        if verdict.outcome is Outcome.FAIL and failure is not None:
            found[violation_of(invariant, kind)] = failure
    return found
