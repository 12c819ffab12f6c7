"""What is shown of one case: its head, steps, evidence and timeline, and how it is run again."""

import shlex
from collections.abc import Iterator, Sequence

from properties.cases.case import Case
from properties.model.role import Role
from properties.model.verdict import Invariant
from properties.reports.ladder_text import drawn, most_columns
from properties.reports.layout import GAP, columns_of, shortened, wrapped
from properties.reports.terminal import Terminal
from target.foreign_text import harmless

LEAST_OF_A_TARGET = 20
"""Columns that are needed to name a target beside other words."""

MOST_STEPS = 14
"""Lines of a workload that are shown; what lies between the first and the last is folded."""


def headline(
    sign: tuple[str, str], family: str, invariant: Invariant, target: str, terminal: Terminal
) -> Iterator[str]:
    """Return what a failure begins with; the target has a line of its own where it needs one.

    `sign` stands before it, in its colour; ("", "") for none.
    """
    head = f"{family} x {invariant.id}"
    painted = f"{terminal.paint(*sign)} {terminal.paint(head, 'bold')}".lstrip()
    target = harmless(target)
    beside = len(f"{sign[0]} {head}".strip()) + len(invariant.section) + 2 * len(GAP)
    room = terminal.width - beside
    if room >= min(columns_of(target), LEAST_OF_A_TARGET):
        yield f"{painted}{GAP}{shortened(target, room)}{GAP}{invariant.section}"
    else:
        yield f"{painted}{GAP}{invariant.section}"
        yield f"  {shortened(target, terminal.width - 2)}"


def command_for(command: str, path: str) -> str:
    """Return a command about the case in a file, as a shell takes it."""
    return f"anechoic {command} {shlex.quote(path)}"


def to_be_typed(label: str, command: str, path: str, width: int) -> Iterator[str]:
    """Return a command about a case after its label, or below it; it can be copied in one piece."""
    words = harmless(command_for(command, path))
    line = f"  {label:<10}{words}"
    yield from [line] if columns_of(line) <= width else [f"  {label}", f"  {words}"]


def timeline_of(case: Case, terminal: Terminal, *, segments: bool = False) -> Iterator[str]:
    """Return the lines of a case's timeline, nothing where the case has no history.

    `segments`: with all that the wire has carried.
    """
    width, columns = terminal.width, most_columns(terminal.width)
    picture = case.role.picture(case.history, case.actual, columns, segments=segments)
    lines = drawn(picture, boxes=terminal.draws_boxes, width=width)
    if lines:
        yield "  timeline"
    for line in lines:
        yield terminal.paint(line.text, line.colour)


def evidence(injected: list[str], actual: str, width: int) -> Iterator[str]:
    """Return the lines that say what the faults did, and what was seen."""
    yield from wrapped("  fault     ", "; ".join(dict.fromkeys(injected)) or "none", width)
    yield from wrapped("  actual    ", actual, width)


def numbered(steps: Sequence[str], invariant: Invariant, role: Role, width: int) -> Iterator[str]:
    """Return the lines of a workload, folded where there are many, its end and its follow-up."""
    lines = [(f"    {index}  ", step) for index, step in enumerate(steps, 1)]
    if len(lines) > MOST_STEPS:
        half = MOST_STEPS // 2
        fold = (" " * 7, f"... {len(lines) - 2 * half} more ...")
        lines = [*lines[:half], fold, *lines[-half:]]
    for label, step in lines:
        yield from wrapped(label, step, width)
    yield from wrapped("       then ", role.closing, width)
    if invariant.follow_up is not None:
        yield f"       then {invariant.follow_up.value}"
