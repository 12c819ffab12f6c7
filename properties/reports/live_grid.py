"""The grid while it fills: a row for each fault family, what is done of it, and its verdicts.

signals              ████████▌              17/41   ++++.++++...
"""

from collections.abc import Iterator

from properties.model.levels import Level
from properties.model.verdict import Outcome
from properties.reports.terminal import WIDTH, Terminal, cut
from properties.running.progress_state import Snapshot
from properties.running.run import Run
from properties.search.findings import Findings

BAR = 16
"""Characters of a bar."""

EIGHTHS = "▏▎▍▌▋▊▉█"

LETTERS = {
    Outcome.PASS: ("+", "green"),
    Outcome.FAIL: ("F", "red"),
    Outcome.KNOWN: ("k", "yellow"),
    Outcome.INCONCLUSIVE: ("?", "yellow"),
    Outcome.NOT_APPLICABLE: ("-", "dim"),
}
WEAK_LETTERS = {
    Level.SHOULD: ("w", "yellow"),
    Level.MAY: ("n", "dim"),
}
"""Violations that are too weak to fail the run."""

UNSEEN = (".", "dim")
HEADS = f"{'fault':<20}{'workloads':<{BAR + 13}}"
LEGEND = (
    "+ held   F violated   w warning   n note   ? inconclusive   - not applicable   . to come   "
    "k known"
)


def filling(run: Run, state: Snapshot, terminal: Terminal) -> Iterator[str]:
    """Return the lines: the rows, then the progress in words, and what is being shrunk."""
    first, last = run.invariants[0].id, run.invariants[-1].id
    yield terminal.paint(f"{HEADS}invariants, from {first} to {last}", "dim")
    for family, findings in run.findings.items():
        yield _row(run, state, family, findings, terminal)
    yield terminal.paint(LEGEND, "dim")
    yield in_words(state)
    yield from shrinking(state)


def _row(run: Run, state: Snapshot, family: str, findings: Findings, terminal: Terminal) -> str:
    done, planned = state.done[family], state.planned[family]
    bar = _bar(done, planned, terminal)
    cells = "".join(terminal.paint(*_letter(run, findings, one.id)) for one in run.invariants)
    failed = {*findings.failed(run.level), *_violated(run, state, family)}
    room = WIDTH - len(HEADS) - len(run.invariants) - 4
    names = ", ".join(one.id for one in run.invariants if one.id in failed)
    violated = f"  {terminal.paint(cut(names, room), 'red')}" if names else ""
    return f"{family:<20}{bar} {done:>4}/{planned:<5}  {cells}{violated}"


def _letter(run: Run, findings: Findings, invariant: str) -> tuple[str, str]:
    cell = findings.cells.get(invariant)
    if cell is None or not cell.counts:
        return UNSEEN
    level = cell.level if cell.outcome is Outcome.FAIL else None
    is_weak = level is not None and level < run.level
    return WEAK_LETTERS[level] if is_weak and level else LETTERS[cell.outcome]


def _violated(run: Run, state: Snapshot, family: str) -> set[str]:
    underway = [one for one in state.underway if one.family == family]
    return {name for one in underway for name in one.violations(run.level)}


def _bar(done: int, planned: int, terminal: Terminal) -> str:
    eighths = BAR * 8 * done // max(1, planned)
    if not terminal.draws_boxes:
        return ("#" * (eighths // 8)).ljust(BAR, "-")
    rest = EIGHTHS[eighths % 8 - 1] if eighths % 8 else ""
    return ("█" * (eighths // 8) + rest).ljust(BAR)


def in_words(state: Snapshot) -> str:
    """Return the progress, the rate and the time left of a run, in words."""
    done = f"{state.done.total()} of {state.planned.total()} workloads"
    return f"{done}, {state.rate:.1f} a second{time_left(state)}"


def time_left(state: Snapshot) -> str:
    """Return the time left in words, nothing while it cannot be estimated."""
    if state.left is None:
        return ""
    minutes, seconds = divmod(round(state.left), 60)
    return f", about {minutes} min {seconds} s left" if minutes else f", about {seconds} s left"


def shrinking(state: Snapshot) -> Iterator[str]:
    """Return what each worker is shrinking, in words."""
    for one in sorted(state.underway, key=lambda one: one.worker):
        if one.remark:
            yield cut(f"{one.worker + ': ' if one.worker else ''}{one.family}, {one.remark}", WIDTH)
