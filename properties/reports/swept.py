"""How much was done: the cells that were judged, and which finite choices were not tried."""

from collections.abc import Iterator

from properties.model.sweep import Swept
from properties.reports.layout import wrapped
from properties.running.run import Run


def lines(run: Run, width: int) -> Iterator[str]:
    """Return how many of each group were tried: "errors of accept 14 of 14"."""
    groups = {
        group: found
        for findings in run.findings.values()
        for group, found in findings.swept.items()
    }
    if not groups:
        return
    yield ""
    counts = (f"{group} {found.tried} of {found.of}" for group, found in groups.items())
    yield from wrapped("swept  ", ", ".join(counts), width)
    for group, found in groups.items():
        for why, values in _by_reason(found).items():
            yield from wrapped("not swept  ", f"{group}: {'; '.join(values)}: {why}", width)


def _by_reason(found: Swept) -> dict[str, list[str]]:
    reasons: dict[str, list[str]] = {}
    for value, why in found.missing.items():
        reasons.setdefault(why, []).append(value)
    return reasons


def extent_of(run: Run) -> str:
    """Return how much of the grid was judged, by how many workloads and in what time, in words."""
    spent = f"{run.workloads} workloads in {run.seconds:.1f} s"
    cells = len(run.cells())
    return f"{run.judged} of {cells} cells judged by {spent}" if cells else spent
