"""The grid while it fills: a row for each fault family, what is done of it, and its verdicts.

signals              ████████▌              17/41   ++++.++++...
"""

from collections.abc import Iterator, Sequence

from properties.model.levels import Level
from properties.model.verdict import Outcome
from properties.reports.grid import legend_lines
from properties.reports.layout import cut, listed
from properties.reports.terminal import Terminal
from properties.running.progress.state import Snapshot
from properties.running.run import Run
from properties.search.findings import Findings
from target.foreign_text import harmless

BAR = 16
"""Characters of a bar where there is room for it."""

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
NAME, COUNTS, GAP = 22, 13, 2
"""Columns of a family's name, of its workloads, and between the letters and what was violated."""

LEGEND = (
    "+ held   F violated   w warning   n note   ? inconclusive   - not applicable   . to come   "
    "k known"
)


def filling(run: Run, state: Snapshot, terminal: Terminal) -> Iterator[str]:
    """Return the lines: the rows, then the progress in words, and what is being shrunk."""
    violated = {
        family: _violated(run, state, family, findings) for family, findings in run.findings.items()
    }
    longest = max((len(", ".join(names)) for names in violated.values()), default=0)
    bar = _room_for_bars(terminal.width - NAME - COUNTS - len(run.invariants) - GAP - longest)
    first, last = run.invariants[0].id, run.invariants[-1].id
    head = f"{'fault':<{NAME}}{'workloads':<{bar + COUNTS}}invariants"
    which = f", from {first} to {last}"
    has_room = len(head + which) <= terminal.width
    yield terminal.paint(head + which if has_room else head, "dim")
    for family, findings in run.findings.items():
        row = f"{harmless(family):<{NAME}}{_progress(state, family, bar, terminal)}"
        cells = "".join(terminal.paint(*_letter(run, findings, one.id)) for one in run.invariants)
        yield row + _with_names(cells, violated[family], run, terminal.width - len(row), terminal)
    yield from legend_lines(LEGEND, terminal)
    yield cut(in_words(state), terminal.width)
    yield from shrinking(state, terminal.width)


def _with_names(cells: str, names: Sequence[str], run: Run, room: int, terminal: Terminal) -> str:
    """Return the letters and what was violated; names come first where both have no room."""
    beside = room - len(run.invariants) - GAP
    if len(", ".join(names)) > beside:
        return terminal.paint(listed(names, room), "red")
    return f"{cells}{' ' * GAP}{terminal.paint(', '.join(names), 'red')}" if names else cells


def _room_for_bars(room: int) -> int:
    """Return how long bars are: names come first, and a bar of few characters says nothing."""
    return min(BAR, room) if room >= BAR // 4 else 0


def _progress(state: Snapshot, family: str, bar: int, terminal: Terminal) -> str:
    done, planned = state.done[family], state.planned[family]
    return f"{_bar(done, planned, bar, terminal)} {done:>4}/{planned:<5}  "


def _letter(run: Run, findings: Findings, invariant: str) -> tuple[str, str]:
    cell = findings.cells.get(invariant)
    if cell is None or not cell.counts:
        return UNSEEN
    level = cell.level if cell.outcome is Outcome.FAIL else None
    is_weak = level is not None and level < run.level
    return WEAK_LETTERS[level] if is_weak and level else LETTERS[cell.outcome]


def _violated(run: Run, state: Snapshot, family: str, findings: Findings) -> Sequence[str]:
    """Return what fails the run of a family by now, in the order of the invariants."""
    underway = [one for one in state.underway if one.family == family]
    failed = {*findings.failed(run.level)}
    failed.update(name for one in underway for name in one.violations(run.level))
    return [one.id for one in run.invariants if one.id in failed]


def _bar(done: int, planned: int, length: int, terminal: Terminal) -> str:
    eighths = length * 8 * done // max(1, planned)
    if not terminal.draws_boxes:
        return ("#" * (eighths // 8)).ljust(length, "-")
    rest = EIGHTHS[eighths % 8 - 1] if eighths % 8 else ""
    return ("█" * (eighths // 8) + rest).ljust(length)


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


def in_one_line(run: Run, state: Snapshot, family: str, width: int) -> str:
    """Return how far a run is in one line. What was violated is the last to be left out of it."""
    level = run.level
    failed = {name for findings in run.findings.values() for name in findings.failed(level)}
    failed.update(name for one in state.underway for name in one.violations(level))
    names = [one.id for one in run.invariants if one.id in failed]
    so_far = f", failed so far: {', '.join(names)}" if names else ""
    remarks = "".join(f"; {words}" for words in shrinking(state, width))
    part = f", part {min(state.parts_done + 1, state.parts)} of {state.parts}"
    family = harmless(family)
    done = f"{family:<{NAME}} {state.workloads:>5} workloads"
    for line in (
        f"{done}{part}{time_left(state)}{so_far}{remarks}",
        f"{done}{part}{time_left(state)}{so_far}",
        f"{done}{part}{so_far}",
        f"{family}{so_far}",
    ):
        if len(line) <= width:
            return line
    shown = "failed so far: "
    return shown + listed(names, width - len(shown))


def shrinking(state: Snapshot, width: int) -> Iterator[str]:
    """Return what each worker is shrinking, in words."""
    for one in sorted(state.underway, key=lambda one: one.worker):
        if one.remark:
            words = f"{one.worker + ': ' if one.worker else ''}{one.family}, {one.remark}"
            yield cut(harmless(words), width)
