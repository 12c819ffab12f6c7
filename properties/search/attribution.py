"""What was violated, as a search knows it."""

from typing import NamedTuple

from properties.model.levels import Level
from properties.model.trial import Trial
from properties.model.verdict import Invariant
from properties.model.violation_kinds import violation_of
from properties.search.findings import size_of


class Violated(NamedTuple):
    """An invariant that was violated: the kind of error that the target named, and the level."""

    invariant: Invariant
    kind: str
    level: Level

    @property
    def name(self) -> str:
        """The name of the violation, as in `Trial.violations`."""
        return violation_of(self.invariant.id, self.kind)


def rank_of(invariant: Invariant, tried: Trial) -> tuple[int, int]:
    """Return the sort key of trials that violated an invariant: strong and small ones first."""
    return -tried.verdicts[invariant.id].level, size_of(tried.workload)
