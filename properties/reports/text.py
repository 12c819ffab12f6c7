"""The report in words: the grid, then each failure with its requirement, steps and evidence."""

from collections.abc import Iterator

from properties.model.levels import Level
from properties.model.verdict import Invariant, Outcome
from properties.reports import swept
from properties.reports.case_parts import evidence, headline, numbered, timeline_of, to_be_typed
from properties.reports.grid import grid, legend, legend_lines
from properties.reports.layout import columns_of, shortened, wrapped
from properties.reports.levels import (
    level_in_words,
    levels_line,
    sign_of,
    sign_of_failure,
    weak_ones,
)
from properties.reports.terminal import Terminal
from properties.running.exit_status import INTERNAL_ERROR, INTERRUPTED, ExitStatus
from properties.running.run import Run
from properties.search.findings import Failure, Findings
from target.foreign_text import harmless

VERDICTS = {
    ExitStatus.CONFORMS: ("conforms", "green"),
    ExitStatus.VIOLATION: ("does not conform", "red"),
    ExitStatus.USAGE: ("was not judged", "yellow"),
    ExitStatus.INCONCLUSIVE: ("stayed inconclusive", "yellow"),
    INTERRUPTED: ("was interrupted", "yellow"),
    INTERNAL_ERROR: ("met a defect of anechoic", "yellow"),
}
"""The result of a check in words, and their colour, by its exit status."""


def grid_of(run: Run, terminal: Terminal) -> Iterator[str]:
    """Return the lines of the grid: an invariant a row, a fault family a column."""
    columns = {name: one for name, one in run.findings.items() if one.was_run}
    rows = [invariant.id for invariant in run.invariants]

    def sign_at(invariant: str, family: str) -> tuple[str, str]:
        return sign_of(columns[family].cells[invariant], run)

    yield from grid(rows, list(columns), sign_at, terminal)
    yield from legend_lines(legend_of(run), terminal)


def legend_of(run: Run) -> str:
    """Return what the signs of a run's grid mean."""
    return legend({sign_of(cell, run)[0] for _, _, cell in run.cells()})


def failures_of(run: Run, names: list[str]) -> Iterator[str]:
    """Return the lines of the violations of these invariants, without colour."""
    return failures(run, Terminal.nowhere(), names)


def failures(run: Run, terminal: Terminal, names: list[str] | None = None) -> Iterator[str]:
    """Return the lines of all violations, each as the smallest workload that showed it.

    `names` are the invariants to be shown, None for all.
    """
    for invariant in run.invariants:
        if names is not None and invariant.id not in names:
            continue
        for failure in run.smallest_failures(invariant.id):
            yield ""
            yield from _failure(run, failure, invariant, terminal)


def also_in(run: Run, shown: Failure) -> list[str]:
    """Return the other families in which an invariant was violated in the same way.

    A family with a weaker violation is named with its level.
    """
    cells = {f.family: f.cells[shown.case.invariant.id] for f in run.findings.values()}
    found = {family: cell.failures.get(shown.kind) for family, cell in cells.items()}
    return [
        family if one.level is shown.level else f"{family} ({one.level.name})"
        for family, one in found.items()
        if one is not None and family != shown.case.fault
    ]


def _failure(run: Run, failure: Failure, invariant: Invariant, terminal: Terminal) -> Iterator[str]:
    width = terminal.width
    sign, target = sign_of_failure(failure, run), str(run.settings.target)
    yield from headline(sign, failure.case.fault, invariant, target, terminal)
    yield from wrapped("  ", invariant.requirement, width)
    if words := level_in_words(failure.case.ruling):
        yield from wrapped("  level     ", words, width)
    yield f"  workload ({described_shrinking(failure)})"
    yield from numbered(failure.steps, invariant, run.settings.role, width)
    yield from evidence(failure.injected, failure.actual, width)
    if others := also_in(run, failure):
        yield from wrapped("  also in   ", ", ".join(others), width)
    yield from timeline_of(failure.case, terminal)
    if failure.path:
        yield from to_be_typed("replay", "replay", failure.path, width)


def described_shrinking(failure: Failure) -> str:
    """Return how far a workload was shrunk, and how often it fails, in words."""
    now = len(failure.steps)
    lines = f"{now} step{'s' if now != 1 else ''}"
    if failure.first_steps > now:
        lines = f"shrunk from {failure.first_steps} to {lines}"
    if failure.times and not failure.failed:
        return f"{lines}; did not fail again in {failure.times} runs"
    if not failure.times:
        return lines
    before = failure.case.about.get("rate_before", "")
    added = f", {before} without what was added to it" if before else ""
    return f"{lines}; fails {failure.failed} of {failure.times}{added}"


def doubts(run: Run, terminal: Terminal) -> Iterator[str]:
    """Return what is known, inconclusive, and not applicable, with the reasons."""
    for reasons, head, colour in (
        (known_of(run), "KNOWN", "yellow"),
        (reasons_of(run, Outcome.INCONCLUSIVE), "INCONCLUSIVE", "yellow"),
        (reasons_of(run, Outcome.NOT_APPLICABLE), "NOT APPLICABLE", "dim"),
    ):
        for reason, where in reasons.items():
            yield ""
            shown = ", ".join(where[:3]) + (f" and {len(where) - 3} more" if len(where) > 3 else "")
            first, *rest = wrapped(" " * (len(head) + 1), shown, terminal.width)
            yield terminal.paint(head, colour) + first[len(head) :]
            yield from rest
            yield from wrapped("  ", reason, terminal.width)


def reasons_of(run: Run, outcome: Outcome) -> dict[str, list[str]]:
    """Return each reason for an outcome that is to be shown, with the cells that have it."""
    reasons: dict[str, list[str]] = {}
    for findings, name, cell in run.cells():
        hides_it = outcome is Outcome.INCONCLUSIVE and cell.is_in_doubt(run.level)
        reason = cell.reasons.get(outcome.value, cell.reason) if hides_it else cell.reason
        if (cell.outcome is outcome or hides_it) and reason not in cell.unremarkable:
            reasons.setdefault(reason, []).append(f"{findings.family} x {name}")
    return reasons


def known_of(run: Run) -> dict[str, list[str]]:
    """Return what was seen of each entry of the baseline that was met, with where it was seen."""
    seen: dict[str, list[str]] = {}
    for one in run.settings.baseline.known:
        met = [f for f in run.findings.values() if str(one) in f.known]
        if met:
            # Each family's message has pids of its own; one of them stands for the entry.
            _, reason = met[0].known[str(one)]
            words = f"{reason} ({one.why})" if one.why else reason
            seen.setdefault(words, []).extend(_known_in(f, one.invariant) for f in met)
    return seen


def _known_in(findings: Findings, invariant: str) -> str:
    """Return where a known violation was seen, with its level where that is no MUST."""
    level = findings.cells[invariant].levels.get(Outcome.KNOWN.value, Level.MUST)
    weak = f" ({level.name})" if level < Level.MUST else ""
    return f"{findings.family} x {invariant}{weak}"


def stale_entries(run: Run) -> Iterator[str]:
    """Return what the user should do about baseline entries that no longer show."""
    for one in run.now_passing():
        why = f" ({one.why})" if one.why else ""
        yield f"{one}{why} now passes: remove it from {run.settings.baseline.path}"


def notes(run: Run, width: int) -> Iterator[str]:
    """Return remarks and errors."""
    for note in run.remarks:
        yield from ["", *wrapped("note  ", note, width)]
    for error in run.target_errors + run.errors + run.unwritten:
        yield ""
        for line in error.split("\n"):
            yield from wrapped("", line.rstrip(), width, below=2)


def verdict_on(run: Run) -> tuple[str, str]:
    """Return the verdict on the target in words, and their colour."""
    if run.interrupted and run.status is not ExitStatus.VIOLATION:
        return "was not judged to the end", "yellow"
    if run.status is ExitStatus.VIOLATION and not run.fails:
        return "is better than its baseline", "red"
    if run.status is not ExitStatus.CONFORMS:
        return VERDICTS[run.status]
    if run.elsewhere and not run.parts:
        return "has no part in this shard", "green"
    weak = weak_ones(run)
    words = f"conforms at {run.level.name}, with {weak}" if weak else "conforms"
    known = " but for what is known" if run.count(Outcome.KNOWN) else ""
    where = f" in shard {run.settings.shard}" if run.settings.shard else ""
    return words + known + where, "green"


def _broken(run: Run) -> list[str]:
    """Return the invariants that the last line names: those by which the verdict came about."""
    if run.status is not ExitStatus.CONFORMS:
        return sorted(name for name, level in run.violated().items() if level >= run.level)
    known = {name for _, name, cell in run.cells() if cell.outcome is Outcome.KNOWN}
    return sorted(known | run.violated().keys())


def conclusion(run: Run, terminal: Terminal) -> str:
    """Return the last lines: the verdict on the target, and how much was done."""
    words, colour = verdict_on(run)
    broken, width = _broken(run), terminal.width
    target = shortened(harmless(run.settings.target), width - len(words) - 3)
    violated = ", ".join(broken)
    fits = columns_of(f"{target} {words}: {violated}") <= width
    names = [f": {violated}"] if fits else [":", *wrapped("  ", violated, width)]
    verdict = f"{target} {terminal.paint(words, colour)}" + ("\n".join(names) if broken else "")
    extent = (swept.extent_of(run), f"seed {run.settings.seed}", swept.shard_of(run))
    spent = ", ".join(filter(None, extent))
    last = [*wrapped("", levels_line(run), width), *wrapped("", spent, width, below=2)]
    return "\n".join(filter(None, (verdict, *last)))


def whole(run: Run, terminal: Terminal) -> Iterator[str]:
    """Return the whole report."""
    if run.workloads:
        yield ""
        yield from grid_of(run, terminal)
        yield from failures(run, terminal)
        yield from doubts(run, terminal)
    for words in stale_entries(run):
        yield ""
        yield from wrapped("NOW PASSES ", words, terminal.width)
    yield from notes(run, terminal.width)
    yield from swept.lines(run, terminal.width)
    yield ""
    yield conclusion(run, terminal)
