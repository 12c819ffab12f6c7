"""The smallest workload so far of each violation that a part has met, and its case."""

from collections.abc import Callable
from dataclasses import dataclass, field

from properties.cases.case import Case
from properties.model.trial import Trial
from properties.model.verdict import Invariant
from properties.model.violation_kinds import kind_of, violation_of
from properties.search.attribution import Violated, rank_of
from properties.search.findings import Failure, Findings
from properties.search.measured_case import Smallest


@dataclass
class Kept:
    """Trials by violation (`Trial.violations`). `case_of` makes the case of one."""

    case_of: Callable[[Invariant, Trial], Case]
    best: dict[str, Trial] = field(default_factory=dict)
    _first_steps: dict[str, int] = field(default_factory=dict)

    def keep(self, invariant: Invariant, tried: Trial, findings: Findings) -> Failure:
        """Keep a trial in the place of what is kept of its violation."""
        name = violation_of(invariant.id, kind_of(tried.verdicts[invariant.id].reason))
        self.best[name] = tried
        failure = Failure(self.case_of(invariant, tried), self._first_steps[name])
        findings.cells[invariant.id].keep(failure)
        return failure

    def keep_measured(
        self, one: Violated, smallest: Smallest, findings: Findings, otherwise: Trial
    ) -> Failure:
        """Keep the case that a search has come to, and how often that fails.

        `otherwise` is kept where it has come to none, or to none that has failed with care.
        """
        failure = self.keep(one.invariant, smallest.trial or otherwise, findings)
        failure.measured(smallest.failed, smallest.times, smallest.before)
        return failure

    def keep_smaller(self, one: Violated, tried: Trial, findings: Findings) -> None:
        """Keep a trial where it is the first of its violation, or smaller than the one kept."""
        best = self.best.get(one.name)
        self._first_steps.setdefault(one.name, len(tried.workload))
        if best is None or rank_of(one.invariant, tried) < rank_of(one.invariant, best):
            self.keep(one.invariant, tried, findings)
