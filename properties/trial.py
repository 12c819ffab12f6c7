"""One workload with what it showed: its history, and the verdict of each invariant."""

from collections.abc import Iterable
from dataclasses import dataclass

from faults.fault import Status
from properties.events import Injected
from properties.history import History
from properties.steps import Workload
from properties.verdict import Invariant, Outcome, Verdict, judge

HEALTHY = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})


@dataclass(frozen=True)
class Trial:
    """One workload with its history and its verdicts, by invariant."""

    workload: Workload
    history: History
    verdicts: dict[str, Verdict]

    @property
    def is_healthy(self) -> bool:
        """Whether nothing was found and nothing is in doubt."""
        return all(verdict.outcome in HEALTHY for verdict in self.verdicts.values())

    @property
    def failed(self) -> frozenset[str]:
        """The invariants that were violated."""
        return frozenset(
            n for n, verdict in self.verdicts.items() if verdict.outcome is Outcome.FAIL
        )

    def what_fired(self) -> tuple[Status, str]:
        """Say whether the faults of the workload happened: one that did is enough."""
        injected = list(self.history.of(Injected))
        for status in (Status.FIRED, Status.MISSED, Status.IMPOSSIBLE):
            for event in injected:
                if event.status is status:
                    return status, event.detail
        return Status.FIRED, "no fault was asked for"


def judged(workload: Workload, history: History, invariants: Iterable[Invariant]) -> Trial:
    """Have a history judged by these invariants."""
    return Trial(workload, history, {one.id: judge(one, history) for one in invariants})
