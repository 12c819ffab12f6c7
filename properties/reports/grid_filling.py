"""The grid while it fills: a row for each fault family, what is done of it, and its verdicts.

signals              ████████▌              17/41   ++++.++++...
"""

from collections.abc import Iterator

from properties.board import State
from properties.findings import Findings
from properties.reports.screen import WIDTH, Screen, cut
from properties.run import Run
from properties.verdict import Outcome

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
UNSEEN = (".", "dim")
HEADS = f"{'fault':<20}{'workloads':<{BAR + 13}}"
LEGEND = "+ held   F violated   ? inconclusive   - not applicable   . to come   k known"


def filling(run: Run, state: State, screen: Screen) -> Iterator[str]:
    """Return the lines: the rows, then how far it is in words, and what is being shrunk."""
    first, last = run.invariants[0].id, run.invariants[-1].id
    yield screen.paint(f"{HEADS}invariants, from {first} to {last}", "dim")
    for family, findings in run.findings.items():
        yield _row(run, state, family, findings, screen)
    yield screen.paint(LEGEND, "dim")
    yield in_words(state)
    yield from shrinking(state)


def _row(run: Run, state: State, family: str, findings: Findings, screen: Screen) -> str:
    done, planned = state.done[family], state.planned[family]
    bar = _bar(done, planned, screen)
    cells = "".join(screen.paint(*_letter(findings, one.id)) for one in run.invariants)
    failed = {*findings.failed(), *_violated(state, family)}
    room = WIDTH - len(HEADS) - len(run.invariants) - 4
    names = ", ".join(one.id for one in run.invariants if one.id in failed)
    told = f"  {screen.paint(cut(names, room), 'red')}" if names else ""
    return f"{family:<20}{bar} {done:>4}/{planned:<5}  {cells}{told}"


def _letter(findings: Findings, invariant: str) -> tuple[str, str]:
    cell = findings.cells.get(invariant)
    return LETTERS[cell.outcome] if cell is not None and cell.counts else UNSEEN


def _violated(state: State, family: str) -> set[str]:
    return {name for one in state.underway if one.family == family for name in one.violated}


def _bar(done: int, planned: int, screen: Screen) -> str:
    eighths = BAR * 8 * done // max(1, planned)
    if not screen.draws_boxes:
        return ("#" * (eighths // 8)).ljust(BAR, "-")
    rest = EIGHTHS[eighths % 8 - 1] if eighths % 8 else ""
    return ("█" * (eighths // 8) + rest).ljust(BAR)


def in_words(state: State) -> str:
    """Say how far a run is, how fast it goes, and how long it will take."""
    done = f"{state.done.total()} of {state.planned.total()} workloads"
    return f"{done}, {state.rate:.1f} a second{time_left(state)}"


def time_left(state: State) -> str:
    """Say how long it will take, nothing while that cannot be told."""
    if state.left is None:
        return ""
    minutes, seconds = divmod(round(state.left), 60)
    return f", about {minutes} min {seconds} s left" if minutes else f", about {seconds} s left"


def shrinking(state: State) -> Iterator[str]:
    """Say what each worker makes smaller."""
    for one in sorted(state.underway, key=lambda one: one.worker):
        if one.remark:
            yield cut(f"{one.worker + ': ' if one.worker else ''}{one.family}, {one.remark}", WIDTH)
