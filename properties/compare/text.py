"""A comparison on a terminal: implementation by invariant, what is missing, and the failures."""

from collections.abc import Iterable, Iterator, Sequence

from properties.compare.result import Compared
from properties.compare.runner import Check
from properties.model.levels import LEVELS, Level
from properties.model.role import Role
from properties.model.verdict import Outcome
from properties.reports.case_parts import to_be_typed
from properties.reports.grid import SIGNS, grid, legend, legend_lines
from properties.reports.layout import WIDTH, columns_of, cut, listed, wrapped
from properties.reports.terminal import Terminal
from properties.roles import ROLES
from target.foreign_text import harmless

LEAST_OF_A_NAME, MOST_OF_A_NAME = 16, 36
LEAST_OF_NAMES = 22
"""Columns for the name of an implementation, and for those of what it violated."""


def of_role(compared: Sequence[Compared], role: Role) -> list[Compared]:
    """Return the implementations of one role."""
    return [one for one in compared if one.implementation.role is role.name]


def whole(compared: Sequence[Compared], terminal: Terminal) -> Iterator[str]:
    """Return the lines of the comparison: a table for each role, then what was found."""
    for role in ROLES.values():
        judged = {one.implementation.name: one for one in of_role(compared, role) if one.was_judged}
        if judged:
            yield ""
            yield terminal.paint(f"{role.name.value}s", "bold")
            yield from _table(judged, role, terminal)
    yield from _failures(compared, terminal)
    yield from _not_judged(compared, terminal)
    yield ""
    yield from wrapped("", summary(compared), terminal.width, below=2)


def _table(judged: dict[str, Compared], role: Role, terminal: Terminal) -> Iterator[str]:
    columns = [invariant.id for invariant in role.invariants]

    def sign_at(name: str, invariant: str) -> tuple[str, str]:
        return judged[name].sign(invariant)

    yield from grid(list(judged), columns, sign_at, terminal)
    yield from legend_lines(legend_of(judged.values(), role), terminal)


def legend_of(those: Iterable[Compared], role: Role) -> str:
    """Return what the signs of a table of these mean."""
    return legend({one.sign(invariant.id)[0] for one in those for invariant in role.invariants})


def _failures(compared: Sequence[Compared], terminal: Terminal) -> Iterator[str]:
    for one in compared:
        for invariant in one.violated:
            yield ""
            head = f"{one.implementation.name} x {invariant}"
            yield f"{terminal.paint(*one.sign(invariant))} {terminal.paint(head, 'bold')}"
            yield from wrapped("  ", one.reason(invariant), terminal.width)
            yield from wrapped("  in        ", ", ".join(one.faults(invariant)), terminal.width)
            if case := one.case(invariant):
                yield from to_be_typed("case", "show", case, terminal.width)
        for reason, names in one.doubts.items():
            yield ""
            head = f"{one.implementation.name} x {listed(names, terminal.width // 2)}"
            yield f"{terminal.paint(*one.sign(names[0]))} {terminal.paint(head, 'bold')}"
            yield from wrapped("  ", reason, terminal.width)
            yield from wrapped("  in        ", ", ".join(one.faults(names[0])), terminal.width)


def _not_judged(compared: Sequence[Compared], terminal: Terminal) -> Iterator[str]:
    for one in compared:
        if one.missing:
            yield ""
            words = f"MISSING {one.implementation.name}: {one.missing}"
            yield from wrapped("", words, terminal.width, below=2)
        elif not one.was_judged:
            yield ""
            name = harmless(one.implementation.name)
            yield f"{terminal.paint('NOT CHECKED', 'yellow')} {name}"
            for line in one.said.strip().split("\n")[-8:]:
                yield from wrapped("", f"  {line.rstrip()}", terminal.width, below=4)


def counted(implementations: int) -> str:
    """Return how many there are, in words."""
    return f"{implementations} implementation{'s' if implementations != 1 else ''}"


def summary(compared: Sequence[Compared]) -> str:
    """Return how many there were, with which results, in words."""
    judged = [one for one in compared if one.was_judged]
    missing = sum(bool(one.missing) for one in compared)
    counts = [f"at {one.name}: {conforming(judged, one)}" for one in LEVELS.values()]
    violating = sum(one.violates(Level.MUST) for one in judged)
    in_doubt = sum(one.is_in_doubt for one in judged)
    words = [f"{counted(len(compared))}, conforming {', '.join(counts)}"]
    words += [f"{violating} violating a MUST"] if violating else []
    words += [f"{in_doubt} in doubt"] if in_doubt else []
    words += [f"{missing} missing"] if missing else []
    other = len(compared) - len(judged) - missing
    words += [f"{other} not checked"] if other else []
    workloads = sum(one.result["totals"]["workloads"] for one in judged)
    return f"{'; '.join(words)}; {workloads} workloads"


def conforming(compared: Iterable[Compared], level: Level) -> int:
    """Return how many have violated nothing that is at least so strong, without doubt."""
    return sum(one.conforms_at(level) for one in compared)


def underway(
    total: int, done: Sequence[Compared], running: Sequence[Check], terminal: Terminal
) -> Iterator[str]:
    """Return the lines that say how far a comparison is."""
    yield f"{len(done)} of {total} implementations are done"
    yield from (_line_of(check, terminal) for check in running)


def _failed_so_far(check: Check) -> list[str]:
    """Return the invariants whose violation fails a check that goes on."""
    return [name for name, level in check.violated.items() if level >= check.fails_from]


def _line_of(check: Check, terminal: Terminal) -> str:
    """Return how far a check is; what was violated is kept before the counts."""
    width = terminal.width
    room = max(LEAST_OF_A_NAME, min(MOST_OF_A_NAME, width - 64))
    name = cut(harmless(check.implementation.name), room)
    line = f"  {name}{' ' * (room - columns_of(name))}"
    part = f"part {min(check.parts_done + 1, check.parts)} of {check.parts}"
    counts = f" {check.workloads:>5} workloads, {part}" if check.parts else " starts"
    failed = _failed_so_far(check)
    if not failed:
        return cut(line + counts, width)
    sign, colour = SIGNS[Outcome.FAIL]
    room = width - len(line) - len(f"; {sign} ")
    if room - len(counts) >= LEAST_OF_NAMES:
        line, room = f"{line}{counts};", room - len(counts)
    return f"{line} {terminal.paint(sign, colour)} {listed(failed, room)}"


def done_line(number: int, total: int, one: Compared, width: int = WIDTH) -> str:
    """Return the result of one implementation, as one line."""
    name = harmless(one.implementation.name)
    head = f"[{number}/{total}] {cut(name, width // 2)}: "
    words = harmless(one.in_words)
    if one.violated and columns_of(head + words) > width:
        words = f"FAIL {listed(one.violated, width - columns_of(head) - 5)}"
    return cut(head + words, width)
