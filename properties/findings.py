"""What a run has found: per fault family and invariant, counts and the smallest violation.

Findings are made where workloads run, turned into plain JSON data, carried to the controlling
process with the test report, and merged there.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from properties.steps import Workload, described
from properties.verdict import Outcome, Verdict

SEVERITY = (
    Outcome.FAIL,
    Outcome.INCONCLUSIVE,
    Outcome.KNOWN,
    Outcome.PASS,
    Outcome.NOT_APPLICABLE,
)
"""Which outcome a cell of the grid shows when its workloads differ: the first of these."""


@dataclass
class Failure:
    """A violation as it is shown: the workload that showed it, in lines, and what was seen."""

    steps: list[str]
    injected: list[str]
    expected: str
    actual: str
    first_steps: int
    size: int
    case: dict[str, Any] = field(default_factory=dict)
    path: str = ""
    failed: int = 0
    times: int = 0

    def measured(self, failed: int, times: int) -> None:
        """Note that the workload, run `times` times more, failed `failed` times."""
        self.failed, self.times = failed, times
        self.case.update(failed=failed, times=times)

    @property
    def rank(self) -> tuple[float, int, list[str], str]:
        """What makes one failure preferred to another: what fails more surely, then the smaller.

        Twelve failures of twelve say more than three of three.
        """
        doubt = 1 - self.failed / (self.times + 1)
        return doubt, self.size, self.steps, self.actual

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        return vars(self).copy()


@dataclass
class Cell:
    """One fault family against one invariant."""

    counts: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, str] = field(default_factory=dict)
    failure: Failure | None = None

    def note(self, outcome: Outcome, reason: str) -> None:
        """Count one verdict; the first reason for each outcome is kept."""
        self.counts[outcome.value] = self.counts.get(outcome.value, 0) + 1
        self.reasons.setdefault(outcome.value, reason)

    @property
    def outcome(self) -> Outcome:
        """The verdict of the cell."""
        for outcome in SEVERITY:
            if self.counts.get(outcome.value):
                return outcome
        return Outcome.INCONCLUSIVE

    @property
    def reason(self) -> str:
        """Why, in words."""
        if self.failure is not None:
            return self.failure.actual
        return self.reasons.get(self.outcome.value, "no workload was judged")

    def merge(self, other: "Cell") -> None:
        """Take in what another worker found for the same cell."""
        for outcome, count in other.counts.items():
            self.counts[outcome] = self.counts.get(outcome, 0) + count
        for outcome, reason in other.reasons.items():
            # The order in which workers report must not show.
            self.reasons[outcome] = min(reason, self.reasons.get(outcome, reason))
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

    `known` has what was seen of each entry of the baseline that was met, by its words.
    """

    family: str
    workloads: int = 0
    seconds: float = 0.0
    unfired: int = 0
    remark: str = ""
    notes: list[str] = field(default_factory=list)
    known: dict[str, Met] = field(default_factory=dict)
    cells: Cells = field(default_factory=Cells)

    def merge(self, other: "Findings") -> None:
        """Take in what another worker found for the same family."""
        self.workloads += other.workloads
        self.seconds += other.seconds
        self.unfired += other.unfired
        self.notes += [note for note in other.notes if note not in self.notes]
        for words, met in other.known.items():
            times, reason = self.known.get(words, (0, met[1]))
            # The order in which workers report must not show.
            self.known[words] = times + met[0], min(reason, met[1])
        for name, cell in other.cells.items():
            self.cells[name].merge(cell)

    def failed(self) -> list[str]:
        """Return the invariants that were violated. Any thread may ask while others merge."""
        return [name for name, cell in list(self.cells.items()) if cell.outcome is Outcome.FAIL]

    def violated(self) -> list[str]:
        """Return the invariants that were violated, known or not."""
        violations = (Outcome.FAIL.value, Outcome.KNOWN.value)
        return [n for n, cell in list(self.cells.items()) if cell.counts.keys() & violations]

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        cells = {
            name: {
                "counts": cell.counts,
                "reasons": cell.reasons,
                "failure": cell.failure.as_data() if cell.failure else None,
            }
            for name, cell in self.cells.items()
        }
        return {**vars(self), "cells": cells}


def from_data(data: dict[str, Any]) -> Findings:
    """Return the findings that `as_data` described."""
    cells = Cells()
    for name, cell in data["cells"].items():
        failure = Failure(**cell["failure"]) if cell["failure"] else None
        cells[name] = Cell(cell["counts"], cell["reasons"], failure)
    known = {words: (times, reason) for words, (times, reason) in data["known"].items()}
    return Findings(**{**data, "known": known, "cells": cells})


def size_of(workload: Workload) -> int:
    """Return how large a workload is: steps count most, then what they carry."""
    return len(workload) * 1000 + sum(len(line) for line in described(workload))


def failure_of(
    workload: Workload,
    injected: Iterable[str],
    verdict: Verdict,
    first_steps: int,
    case: dict[str, Any],
) -> Failure:
    """Put a violation into the form in which it is shown; `case` is what is kept of it."""
    return Failure(
        case=case,
        steps=list(described(workload)),
        injected=list(injected),
        expected=verdict.expected,
        actual=verdict.reason,
        first_steps=first_steps,
        size=size_of(workload),
    )
