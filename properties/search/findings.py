"""What a run has found: per fault family and invariant, counts and the smallest violation.

Findings are made where workloads run, turned into plain JSON data, carried to the controlling
process with the test report, and merged there.
"""

from dataclasses import dataclass, field, replace
from typing import Any

from properties.cases.case import Case, case_as_data, case_from_data, injected_in
from properties.model.levels import LEVELS, Level
from properties.model.steps import Workload, describe
from properties.model.sweep import Swept, merge
from properties.model.verdict import SEVERITY, Outcome, Verdict

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
    def failed(self) -> int:
        """How many times the workload failed, of the `times` that it was run again."""
        return self.case.failed

    @property
    def times(self) -> int:
        """How many times the workload was run again."""
        return self.case.times

    def measured(self, failed: int, times: int) -> None:
        """Record that the workload, run `times` times more, failed `failed` times."""
        self.case = replace(self.case, failed=failed, times=times)

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
    failure: Failure | None = None
    unremarkable: set[str] = field(default_factory=set)
    """The reasons that a report need not show."""
    missed: str = ""
    """Why the fault of a workload, which would have passed, did not happen."""
    levels: dict[str, Level] = field(default_factory=dict)
    """The strongest level of the violations, new ones and known ones, by outcome."""

    def note(self, verdict: Verdict) -> None:
        """Count one verdict; the first reason for each outcome is kept."""
        name = verdict.outcome.value
        self.counts[name] = self.counts.get(name, 0) + 1
        self.reasons.setdefault(name, verdict.reason)
        if not verdict.remarkable:
            self.unremarkable.add(verdict.reason)
        if verdict.outcome in VIOLATIONS:
            self._strengthen(name, verdict.level)

    def _strengthen(self, outcome: str, level: Level) -> None:
        self.levels[outcome] = max(level, self.levels.get(outcome, level))

    def note_missed(self, why: str) -> None:
        """Record why a pass does not count: its fault did not happen. The first is kept."""
        self.missed = self.missed or why

    def withdraw(self, why: str) -> None:
        """Take back all violations of the cell, which have turned out to be none."""
        self.counts.pop(Outcome.FAIL.value, None)
        self.reasons.pop(Outcome.FAIL.value, None)
        self.levels.pop(Outcome.FAIL.value, None)
        self.failure = None
        self.note(Verdict.inconclusive(why))

    @property
    def outcome(self) -> Outcome:
        """The verdict of the cell."""
        for outcome in SEVERITY:
            if self.counts.get(outcome.value):
                return outcome
        return Outcome.INCONCLUSIVE

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
        for outcome, reason in other.reasons.items():
            # The order in which workers report must not matter.
            self.reasons[outcome] = min(reason, self.reasons.get(outcome, reason))
        self.unremarkable |= other.unremarkable
        self.missed = min(filter(None, (self.missed, other.missed)), default="")
        for outcome, level in other.levels.items():
            self._strengthen(outcome, level)
        if other.failure and (self.failure is None or other.failure.rank < self.failure.rank):
            self.failure = other.failure


class Cells(dict[str, Cell]):
    """Cells by invariant; one that was never judged is empty."""

    def __missing__(self, name: str) -> Cell:
        """Make an empty cell."""
        cell = self[name] = Cell()
        return cell


Met = tuple[int, str]
"""How often an entry of the baseline was met, and what was seen once."""


@dataclass
class Findings:
    """What some workloads of one fault family have shown. `remark` says what is being done now.

    `connections` were made with the target, and `bytes` went over them in both directions.
    `known` has what was seen of each entry of the baseline that was met, by its words; `swept` what
    was tried of each group of finite choices.
    """

    family: str
    workloads: int = 0
    seconds: float = 0.0
    unfired: int = 0
    connections: int = 0
    bytes: int = 0
    remark: str = ""
    notes: list[str] = field(default_factory=list)
    known: dict[str, Met] = field(default_factory=dict)
    swept: dict[str, Swept] = field(default_factory=dict)
    cells: Cells = field(default_factory=Cells)

    def merge(self, other: "Findings") -> None:
        """Add what another worker found for the same family."""
        self.workloads += other.workloads
        self.seconds += other.seconds
        self.unfired += other.unfired
        self.connections += other.connections
        self.bytes += other.bytes
        self.notes += [note for note in other.notes if note not in self.notes]
        for words, met in other.known.items():
            times, reason = self.known.get(words, (0, met[1]))
            # The order in which workers report must not matter.
            self.known[words] = times + met[0], min(reason, met[1])
        merge(self.swept, other.swept)
        for name, cell in other.cells.items():
            self.cells[name].merge(cell)

    def failed(self, level: Level = Level.MAY) -> list[str]:
        """Return the invariants with a new violation that is at least so strong.

        Any thread may call this while others merge.
        """
        return [name for name, cell in list(self.cells.items()) if cell.fails(level)]

    def violations(self) -> dict[str, Level]:
        """Return the invariants with a new violation, each with its level. Any thread may call."""
        found = {name: self.cells[name].level for name in self.failed()}
        return {name: level or Level.MUST for name, level in found.items()}

    def violated(self) -> list[str]:
        """Return the invariants that were violated, known or not."""
        violations = {outcome.value for outcome in VIOLATIONS}
        return [n for n, cell in list(self.cells.items()) if cell.counts.keys() & violations]

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        cells = {
            name: {
                "counts": cell.counts,
                "reasons": cell.reasons,
                "unremarkable": sorted(cell.unremarkable),
                "missed": cell.missed,
                "levels": {outcome: level.word for outcome, level in cell.levels.items()},
                "failure": cell.failure.as_data() if cell.failure else None,
            }
            for name, cell in self.cells.items()
        }
        swept = {group: vars(one) for group, one in self.swept.items()}
        return {**vars(self), "swept": swept, "cells": cells}


def findings_from_data(data: dict[str, Any]) -> Findings:
    """Return the findings that `as_data` described."""
    cells = Cells()
    for name, cell in data["cells"].items():
        failure = _failure_from_data(cell["failure"]) if cell["failure"] else None
        unremarkable = set(cell["unremarkable"])
        levels = {outcome: LEVELS[word] for outcome, word in cell["levels"].items()}
        cells[name] = Cell(
            cell["counts"], cell["reasons"], failure, unremarkable, cell["missed"], levels
        )
    known = {words: (times, reason) for words, (times, reason) in data["known"].items()}
    swept = {group: Swept(**one) for group, one in data["swept"].items()}
    return Findings(**{**data, "known": known, "swept": swept, "cells": cells})


def size_of(workload: Workload) -> int:
    """Return how large a workload is: steps count most, then what they carry."""
    return len(workload) * 1000 + sum(len(line) for line in describe(workload))
