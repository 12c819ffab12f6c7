"""What a run has found: per fault family and invariant, counts and the smallest violation.

Findings are made where workloads run, turned into plain JSON data, carried to the controlling
process with the test report, and merged there.
"""

from dataclasses import dataclass, field
from typing import Any

from properties.model.levels import Level
from properties.model.steps import Workload
from properties.model.sweep import Answers, merge
from properties.search.cells import VIOLATIONS, Cell, Cells, Failure, cells_from_data, size_of

__all__ = ["VIOLATIONS", "Cell", "Cells", "Failure", "Findings", "findings_from_data", "size_of"]

Measured = tuple[str, Workload, int, int]
"""An invariant, a workload that violated it, and how often it did, of how many runs."""

Met = tuple[int, str]
"""How often an entry of the baseline was met, and what was seen once."""


@dataclass
class Findings:
    """What some workloads of one fault family have shown. `remark` says what is being done now.

    `connections` were made with the target, and `bytes` went over them in both directions.
    `known` has what was seen of each entry of the baseline that was met, by its words; `swept` what
    was tried of each group of finite choices, and `by_luck` the invariants that those have violated
    in some runs only; `control` what belongs to the family of that name, because it shows without
    the fault.
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
    swept: Answers = field(default_factory=dict)
    by_luck: list[str] = field(default_factory=list)
    cells: Cells = field(default_factory=Cells)
    control: Cells = field(default_factory=Cells)

    @property
    def was_run(self) -> bool:
        """Whether there is anything to show: a workload was run, or a violation belongs here."""
        return self.workloads > 0 or bool(self.failed())

    def met(self, entry: str, times: int, reason: str) -> None:
        """Count an entry of the baseline, given by its words."""
        before, known = self.known.get(entry, (0, reason))
        # The order in which workers report must not matter.
        self.known[entry] = before + times, min(reason, known)

    def merge(self, other: "Findings") -> None:
        """Add what another worker found for the same family."""
        self.workloads += other.workloads
        self.seconds += other.seconds
        self.unfired += other.unfired
        self.connections += other.connections
        self.bytes += other.bytes
        self.notes += [note for note in other.notes if note not in self.notes]
        for words, (times, reason) in other.known.items():
            self.met(words, times, reason)
        merge(self.swept, other.swept)
        self.by_luck += [name for name in other.by_luck if name not in self.by_luck]
        self.cells.merge(other.cells)
        self.control.merge(other.control)

    def both(self) -> list[tuple[str, Cell]]:
        """Return all cells by invariant, those of `control` last. Any thread may call this."""
        return [*list(self.cells.items()), *list(self.control.items())]

    def failed(self, level: Level = Level.MAY) -> list[str]:
        """Return the invariants with a new violation that is at least so strong.

        Any thread may call this while others merge.
        """
        return list(dict.fromkeys(name for name, cell in self.both() if cell.fails(level)))

    def violations(self) -> dict[str, Level]:
        """Return the invariants with a new violation, each with its level. Any thread may call."""
        found: dict[str, Level] = {}
        for name, cell in self.both():
            if cell.fails(Level.MAY):
                level = cell.level or Level.MUST
                found[name] = max(level, found.get(name, level))
        return found

    def shrunk(self) -> list[tuple[str, Failure]]:
        """Return the violations that were looked at again, each with its invariant."""
        found = ((name, one) for name, cell in self.both() for one in cell.failures.values())
        return [(name, one) for name, one in found if one.times]

    def violated(self) -> list[str]:
        """Return the invariants that were violated, known or not."""
        violations = {outcome.value for outcome in VIOLATIONS}
        found = (name for name, cell in self.both() if cell.counts.keys() & violations)
        return list(dict.fromkeys(found))

    def as_data(self) -> dict[str, Any]:
        """Return it as JSON data."""
        cells, control = self.cells.as_data(), self.control.as_data()
        return {**vars(self), "cells": cells, "control": control}


def measured(invariant: str, failure: Failure) -> Measured:
    """Return a violation with its rate: another one is news."""
    return invariant, failure.case.workload, failure.failed, failure.times


def findings_from_data(data: dict[str, Any]) -> Findings:
    """Return the findings that `as_data` described."""
    known = {words: (times, reason) for words, (times, reason) in data["known"].items()}
    cells, control = (cells_from_data(data[name]) for name in ("cells", "control"))
    return Findings(**{**data, "known": known, "cells": cells, "control": control})
