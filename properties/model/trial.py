"""One workload with what it showed: its history, and the verdict of each invariant."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from faults.fault import Fault, Status
from properties.model.events import Doubted, Event, Injected
from properties.model.history import History
from properties.model.levels import Level, happened, ruling
from properties.model.steps import Inject, Workload, ends_target
from properties.model.verdict import Invariant, Outcome, Verdict, judge
from properties.model.violation_kinds import AFTER, kind_of, violation_of

NOT_OWED = "a call fails for good: a server need not hold this then"
"""Why an invariant is not judged after a fault that is judged for others only."""

HEALTHY = frozenset({Outcome.PASS, Outcome.NOT_APPLICABLE})

NOT_BEGUN = (Status.MISSED, "what came before the fault took all of the patience")
"""What became of the faults of a workload that did not come to them."""


@dataclass(frozen=True)
class Trial:
    """One workload with its history and its verdicts, by invariant."""

    workload: Workload
    history: History
    verdicts: dict[str, Verdict]

    @property
    def seconds(self) -> float:
        """How long it took until the last that was seen."""
        events = self.history.events
        return events[-1].at if events else 0.0

    @property
    def is_healthy(self) -> bool:
        """Whether nothing was found and nothing is in doubt."""
        return all(verdict.outcome in HEALTHY for verdict in self.verdicts.values())

    @property
    def violated(self) -> frozenset[str]:
        """The invariants that were violated."""
        return frozenset(
            n for n, verdict in self.verdicts.items() if verdict.outcome is Outcome.FAIL
        )

    @property
    def violations(self) -> dict[str, Level]:
        """The violations by name, with their levels: invariant, and kind of error if one was named.

        The names are those of `violation_of`.
        """
        found = {name: self.verdicts[name] for name in self.violated}
        return {violation_of(name, kind_of(v.reason)): v.level for name, v in found.items()}

    def without_passes(self, why: str) -> "Trial":
        """Return the trial with nothing passed, but inconclusive for this reason."""
        doubt = Verdict.inconclusive(why)
        verdicts = {
            name: doubt if verdict.outcome is Outcome.PASS else verdict
            for name, verdict in self.verdicts.items()
        }
        return replace(self, verdicts=verdicts)

    def level_of(self, invariant: str) -> Level | None:
        """Return how strong a violated requirement is, None for one that was not violated."""
        verdict = self.verdicts.get(invariant)
        return verdict.level if verdict and verdict.outcome is Outcome.FAIL else None

    def fault_status(self) -> tuple[Status, str]:
        """Return whether a fault of the workload happened, with its detail: one is enough.

        Where the workload ended before its faults that is `NOT_BEGUN`.
        """
        injected = list(self.history.of(Injected))
        for status in (Status.FIRED, Status.MISSED, Status.IMPOSSIBLE):
            for event in injected:
                if event.status is status:
                    return status, event.detail
        if any(isinstance(step, Inject) for step in self.workload):
            return NOT_BEGUN
        return Status.FIRED, "the workload has no fault"


def judged(workload: Workload, history: History, invariants: Iterable[Invariant]) -> Trial:
    """Judge a history by these invariants; a violation gets the level of what was done.

    All is inconclusive where something proves nothing. A target that is to end is judged for how it
    does, and for nothing else.
    """
    doubt = next((Verdict.inconclusive(event.reason) for event in history.of(Doubted)), None)
    faults = happened(workload, history.events)
    verdicts = {}
    for one in invariants:
        if ends_target(workload) and not one.judges_the_end:
            verdicts[one.id] = doubt or Verdict.not_tried()
            continue
        level = ruling(one.id, faults, one.level).level
        if any(fault.judged_for is not None and one.id not in fault.judged_for for fault in faults):
            verdicts[one.id] = Verdict.not_applicable(NOT_OWED, remarkable=False)
            continue
        found = _with_cause(judge(one, history), faults)
        verdicts[one.id] = doubt or replace(found, level=level)
    return Trial(workload, history, verdicts)


def judged_once_more(trial: Trial, seen: Event, invariants: Iterable[Invariant]) -> Trial:
    """Judge the violations of a trial once more, with what was seen of other targets.

    What one invariant is not to blame for, another may be: its violation comes in its place.
    """
    trial.history.add(seen)
    again = judged(trial.workload, trial.history, invariants)
    changed = {name: again.verdicts[name] for name in trial.violated | again.violated}
    return replace(trial, verdicts={**trial.verdicts, **changed})


def _with_cause(verdict: Verdict, faults: tuple[Fault[Any], ...]) -> Verdict:
    """Add what a violation comes from, where a fault says so."""
    cause = next((fault.cause for fault in faults if fault.cause), "")
    if verdict.outcome is not Outcome.FAIL or not cause:
        return verdict
    return replace(verdict, reason=f"{verdict.reason}{AFTER}{cause}")
