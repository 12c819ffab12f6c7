"""Levels in reports: the sign of a violation, and how strong it is, in words."""

from collections import Counter

from properties.model.levels import LEVELS, Level, Ruling
from properties.model.verdict import Outcome
from properties.reports.grid import sign
from properties.running.run import Run
from properties.search.findings import Cell, Failure


def sign_of(cell: Cell, run: Run) -> tuple[str, str]:
    """Return how the verdict of a cell is written in a run's reports, and in which colour."""
    return sign(cell.outcome, cell.level, run.level)


def sign_of_failure(failure: Failure, run: Run) -> tuple[str, str]:
    """Return how a violation is written in a run's reports, and in which colour."""
    return sign(Outcome.FAIL, failure.level, run.level)


def level_in_words(ruling: Ruling) -> str:
    """Return why a requirement is weaker than MUST, and where that is written; "" if it is not."""
    if ruling.level is Level.MUST:
        return ""
    if ruling.row is None:
        return ruling.level.name
    return f"{ruling.level.name} ({ruling.row.source}): {ruling.row.reason}"


def weak_ones(run: Run) -> str:
    """Return how many requirements were violated that do not fail the run, in words."""
    counts = Counter(run.violated().values())
    found = [
        f"{counts[level]} {name}{'s' if counts[level] != 1 else ''}"
        for level, name in ((Level.SHOULD, "warning"), (Level.MAY, "note"))
        if counts[level] and level < run.level
    ]
    return " and ".join(found)


def levels_line(run: Run) -> str:
    """Return how many requirements were violated, by level, "" where none was."""
    counts = Counter(run.violated().values())
    if not counts:
        return ""
    return "violated: " + ", ".join(f"{counts[one]} {one.name}" for one in LEVELS.values())
