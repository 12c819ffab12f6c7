"""The tables of a run's JSON result: totals, and what was found in each cell."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from properties.model.levels import LEVELS
from properties.model.role import Role
from properties.model.verdict import Outcome
from properties.search.cells import Cell
from properties.search.findings import Findings

CellOfRun = tuple[Findings, str, Cell]
"""A cell of the grid: the findings of its family, its invariant, and itself."""


def totals(
    found: Iterable[Findings], cells: Sequence[CellOfRun], seconds: float
) -> dict[str, float]:
    """Return how much was done, and how many cells have each outcome."""
    families = list(found)
    outcomes = [cell.outcome for _, _, cell in cells]
    levels = [cell.level for _, _, cell in cells if cell.outcome is Outcome.FAIL]
    return {
        "workloads": sum(one.workloads for one in families),
        "seconds": round(seconds, 3),
        "connections": sum(one.connections for one in families),
        "bytes": sum(one.bytes for one in families),
        "judgements": sum(cell.judged for _, _, cell in cells),
        "doubts": sum(cell.doubts for _, _, cell in cells),
        **{outcome.value: outcomes.count(outcome) for outcome in Outcome},
        **{f"fail_{word}": levels.count(level) for word, level in LEVELS.items()},
    }


def checks(
    role: Role, cells: Iterable[CellOfRun], case_of: Callable[[str, Cell], str | None]
) -> list[dict[str, Any]]:
    """Return a row for each cell; `case_of` returns the file with the case of its violation."""
    sections = {invariant.id: invariant.section for invariant in role.invariants}
    return [
        {
            "role": role.name.value,
            "fault": findings.family,
            "invariant": name,
            **cell.in_json(),
            "section": sections[name],
            "workloads": findings.workloads,
            "seconds": round(findings.seconds, 3),
            "case": case_of(name, cell) if cell.outcome is Outcome.FAIL else None,
        }
        for findings, name, cell in cells
    ]
