"""One cell of the grid: the verdicts of a fault family and an invariant, and its violations."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from properties.cases.case import Case, case_as_data, case_from_data, injected_in
from properties.model.levels import LEVELS, Level
from properties.model.steps import Workload, describe
from properties.model.verdict import NOT_TRIED, SEVERITY, Outcome, Verdict
from properties.model.violation_kinds import kind_of

NOT_JUDGED = "no workload was judged"

VIOLATIONS = (Outcome.FAIL, Outcome.KNOWN)
"""The outcomes of violations: new ones, and those of the baseline."""


@dataclass
class Failure:
    """A violation as it is shown: its case, where that is saved, and how large it was at first."""

    case: Case
    first_steps: int
    path: str = ""

    @property
    def size(self) -> int:
        """How large the workload is, see `size_of`."""
        return size_of(self.case.workload)

    @property
    def steps(self) -> list[str]:
        """The workload, in lines."""
        return list(describe(self.case.workload))

    @property
    def injected(self) -> list[str]:
        """What became of each fault, in words."""
        return injected_in(self.case.history)

    @property
    def actual(self) -> str:
        """What was seen instead of what the invariant requires."""
        return self.case.actual

    @property
    def level(self) -> Level:
        """How strong the violated requirement is."""
        return self.case.level

    @property
    def kind(self) -> str:
        """Which kind of error the target named, "" for none."""
        return kind_of(self.actual)

    @property
    def failed(self) -> int:
        """How many times the workload failed, of the `times` that it was run again."""
        return self.case.failed

    @property
    def times(self) -> int:
        """How many times the workload was run again."""
        return self.case.times

    def of(self, family: str) -> "Failure":
        """Return it as a violation of another family."""
        return replace(self, case=replace(self.case, fault=family))

    def measured(self, failed: int, times: int, before: str = "") -> None:
        """Record how often it failed, and `before`: without what was added to it, in words."""
        about = {**self.case.about, **({"rate_before": before} if before else {})}
        self.case = replace(self.case, failed=failed, times=times, about=about)

    @property
    def rank(self) -> tuple[int, float, int, list[str], str]:
        """The sort key of failures: the stronger first, then the more reliable, then the smaller.

        Twelve failures of twelve say more than three of three.
        """
        doubt = 1 - self.failed / (self.times + 1)
        return -self.level, doubt, self.size, self.steps, self.actual

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {**vars(self), "case": case_as_data(self.case)}


def _failure_from_data(data: dict[str, Any]) -> Failure:
    return Failure(**{**data, "case": case_from_data(data["case"])})


@dataclass
class Cell:
    """One fault family against one invariant."""

    counts: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    failures: dict[str, Failure] = field(default_factory=dict)
    """The strongest and smallest violation of each kind (`properties.model.violation_kinds`)."""
    unremarkable: set[str] = field(default_factory=set)
    """The reasons that a report need not show."""
    missed: str = ""
    """Why the fault of a workload, which would have passed, did not happen."""
    levels: dict[str, Level] = field(default_factory=dict)
    """The strongest level of the violations, new ones and known ones, by outcome."""

    def note(self, verdict: Verdict) -> None:
        """Count one verdict; of each outcome the first reason is kept, unless one says more."""
        name = verdict.outcome.value
        self.counts[name] = self.counts.get(name, 0) + 1
        if not verdict.remarkable:
            self.unremarkable.add(verdict.reason)
        kept = self.reasons.setdefault(name, verdict.reason)
        if self._emptiness(verdict.reason) < self._emptiness(kept):
            self.reasons[name] = verdict.reason
        if verdict.outcome in VIOLATIONS:
            self._strengthen(name, verdict.level)

    def _emptiness(self, reason: str) -> tuple[bool, bool]:
        """Return the sort key of reasons: one that need not be shown says less than another."""
        return reason in self.unremarkable, reason == NOT_TRIED

    def _strengthen(self, outcome: str, level: Level) -> None:
        self.levels[outcome] = max(level, self.levels.get(outcome, level))

    def note_impossible(self, why: str) -> None:
        """Count a pass whose fault cannot happen to this target as not applicable.

        The reason is not that of the invariant: one that another workload gave stays.
        """
        is_first = Outcome.NOT_APPLICABLE.value not in self.reasons
        self.note(Verdict.not_applicable(why, remarkable=is_first))

    def note_missed(self, why: str) -> None:
        """Record why a pass does not count: its fault did not happen. The first is kept."""
        self.missed = self.missed or why

    @property
    def failure(self) -> Failure | None:
        """The strongest and smallest violation of all kinds."""
        return min(self.failures.values(), key=lambda failure: failure.rank, default=None)

    def keep(self, failure: Failure) -> None:
        """Keep a violation in the place of the one of its kind."""
        self.failures[failure.kind] = failure

    def withdraw(self, kind: str, why: str) -> None:
        """Take back the violations of a kind, which have turned out to be none."""
        self.failures.pop(kind, None)
        if not self.failures:
            self.counts.pop(Outcome.FAIL.value, None)
            self.reasons.pop(Outcome.FAIL.value, None)
            self.levels.pop(Outcome.FAIL.value, None)
        self.note(Verdict.inconclusive(why))

    def take_out(self, kind: str, times: int, why: str) -> None:
        """Take out violations of a kind, seen so many times, that do not belong here."""
        self.failures.pop(kind, None)
        left = self.counts.pop(Outcome.FAIL.value, 0) - times
        if left > 0:
            self.counts[Outcome.FAIL.value] = left
        else:
            self.reasons.pop(Outcome.FAIL.value, None)
            self.levels.pop(Outcome.FAIL.value, None)
        self.note(Verdict.not_applicable(why))

    @property
    def outcome(self) -> Outcome:
        """The verdict of the cell."""
        for outcome in SEVERITY:
            if self.counts.get(outcome.value):
                return outcome
        return Outcome.INCONCLUSIVE

    @property
    def judged(self) -> int:
        """In how many workloads it was judged: it held, or was violated, as is known or not."""
        judged = (Outcome.PASS, Outcome.FAIL, Outcome.KNOWN)
        return sum(self.counts.get(outcome.value, 0) for outcome in judged)

    @property
    def doubts(self) -> int:
        """In how many workloads it could not be told."""
        return self.counts.get(Outcome.INCONCLUSIVE.value, 0)

    def in_json(self) -> dict[str, Any]:
        """Return what `--json` says of it. `doubt`: the first reason for which it was in doubt."""
        return {
            "verdict": self.outcome.value,
            "level": self.level.word if self.level else None,
            "reason": self.reason,
            "judged": self.judged,
            "doubts": self.doubts,
            "doubt": self.reasons.get(Outcome.INCONCLUSIVE.value),
        }

    @property
    def level(self) -> Level | None:
        """How strong the requirement is whose violation the cell shows, None where it shows none.

        A smaller case may have a stronger violation than the workload that it was found in.
        """
        outcome = self.outcome
        found = [self.levels[outcome.value]] if outcome.value in self.levels else []
        if outcome is Outcome.FAIL and self.failure is not None:
            found.append(self.failure.level)
        return max(found, default=None)

    def fails(self, level: Level) -> bool:
        """Return whether the cell shows a new violation that is at least so strong."""
        return self.outcome is Outcome.FAIL and (self.level or Level.MUST) >= level

    def is_in_doubt(self, level: Level) -> bool:
        """Return whether a workload was inconclusive, and nothing as strong was violated."""
        return bool(self.counts.get(Outcome.INCONCLUSIVE.value)) and not self.fails(level)

    @property
    def reason(self) -> str:
        """Why, in words."""
        if self.failure is not None:
            return self.failure.actual
        unjudged = f"its fault never happened: {self.missed}" if self.missed else NOT_JUDGED
        return self.reasons.get(self.outcome.value, unjudged)

    def merge(self, other: "Cell") -> None:
        """Add what another worker found for the same cell."""
        for outcome, count in other.counts.items():
            self.counts[outcome] = self.counts.get(outcome, 0) + count
        self.unremarkable |= other.unremarkable
        for outcome, reason in other.reasons.items():
            # The order in which workers report must not matter.
            both = (reason, self.reasons.get(outcome, reason))
            self.reasons[outcome] = min(both, key=lambda one: (self._emptiness(one), one))
        self.missed = min(filter(None, (self.missed, other.missed)), default="")
        for outcome, level in other.levels.items():
            self._strengthen(outcome, level)
        for kind, failure in other.failures.items():
            mine = self.failures.get(kind, failure)
            self.failures[kind] = min(mine, failure, key=lambda one: one.rank)

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return {
            "counts": self.counts,
            "reasons": self.reasons,
            "unremarkable": sorted(self.unremarkable),
            "missed": self.missed,
            "levels": {outcome: level.word for outcome, level in self.levels.items()},
            "failures": [self.failures[kind].as_data() for kind in sorted(self.failures)],
        }


def _cell_from_data(data: dict[str, Any]) -> Cell:
    failures = [_failure_from_data(failure) for failure in data["failures"]]
    return Cell(
        data["counts"],
        data["reasons"],
        {failure.kind: failure for failure in failures},
        set(data["unremarkable"]),
        data["missed"],
        {outcome: LEVELS[word] for outcome, word in data["levels"].items()},
    )


class Cells(dict[str, Cell]):
    """Cells by invariant; one that was never judged is empty."""

    def __missing__(self, name: str) -> Cell:
        """Make an empty cell."""
        cell = self[name] = Cell()
        return cell

    def merge(self, other: "Cells") -> None:
        """Add what another worker found."""
        for name, cell in other.items():
            self[name].merge(cell)

    def as_data(self) -> dict[str, Any]:
        """Return them as JSON data."""
        return {name: cell.as_data() for name, cell in self.items()}


def cells_from_data(data: dict[str, Any]) -> Cells:
    """Return the cells that `as_data` described."""
    return Cells({name: _cell_from_data(cell) for name, cell in data.items()})


def smallest_of(cells: Iterable[Cell]) -> list[Failure]:
    """Return the strongest and smallest violation of each kind, the one to be shown first first."""
    merged = Cell()
    for cell in cells:
        merged.merge(Cell(failures=cell.failures))
    return sorted(merged.failures.values(), key=lambda failure: failure.rank)


def size_of(workload: Workload) -> int:
    """Return how large a workload is: steps count most, then what they carry."""
    return len(workload) * 1000 + sum(len(line) for line in describe(workload))
