"""Whether a finite choice shows each time what is shrunk elsewhere, or showed it once by luck.

What is shrunk is run often. A violation that another part shrinks, or has shrunk, would have been
seen in one run alone, which says nothing of the choice (see `search.attribution`). Where nothing is
shrunk no violation is known to show each time, and none is told of another fault.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from properties.model.steps import Workload
from properties.model.trial import Trial
from properties.search.findings import Findings

RUNS = 3
"""Runs, all of which must fail, of a choice that shows something each time."""

SLOW = 1.0
"""Seconds. A choice whose run takes longer counts as one that shows it each time."""


@dataclass
class SeenAgain:
    """Runs choices again. `run` makes and judges a trial; `sure` are invariants, as `by_luck`."""

    run: Callable[[Workload], Trial]
    sure: set[str] = field(default_factory=set)

    def look(self, tried: Trial, findings: Findings) -> None:
        """See whether a choice violates each time what it has, and nothing smaller is known of."""
        new = {name for name in tried.violated - self.sure if not _is_shrunk(name, findings)}
        if not new:
            return
        times = RUNS - 1 if tried.seconds <= SLOW else 0
        again = [self.run(tried.workload).violated for _ in range(times)]
        self.sure |= new.intersection(*again)
        luck = {*findings.by_luck, *new} - self.sure
        findings.by_luck = sorted(luck)


def _is_shrunk(invariant: str, findings: Findings) -> bool:
    return any(one.times for one in findings.cells[invariant].failures.values())
