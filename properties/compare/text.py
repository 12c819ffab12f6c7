"""A comparison on a terminal: implementation by invariant, what is missing, and the failures."""

from collections.abc import Iterable, Iterator, Sequence

from properties.compare.result import Compared
from properties.compare.runner import Check
from properties.model.levels import LEVELS, Level
from properties.model.role import Role
from properties.reports.grid import grid, legend
from properties.reports.terminal import WIDTH, Terminal, cut
from properties.reports.text import legend_lines, wrapped
from properties.roles import ROLES


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
    yield from wrapped("", summary(compared))


def _table(judged: dict[str, Compared], role: Role, terminal: Terminal) -> Iterator[str]:
    columns = [invariant.id for invariant in role.invariants]

    def sign_at(name: str, invariant: str) -> tuple[str, str]:
        return judged[name].sign(invariant)

    yield from grid(list(judged), columns, sign_at, terminal)
    for line in legend_lines(legend_of(judged.values(), role)):
        yield terminal.paint(line, "dim")


def legend_of(those: Iterable[Compared], role: Role) -> str:
    """Return what the signs of a table of these mean."""
    return legend({one.sign(invariant.id)[0] for one in those for invariant in role.invariants})


def _failures(compared: Sequence[Compared], terminal: Terminal) -> Iterator[str]:
    for one in compared:
        for invariant in one.violated:
            yield ""
            head = f"{one.implementation.name} x {invariant}"
            yield f"{terminal.paint(*one.sign(invariant))} {terminal.paint(head, 'bold')}"
            yield from wrapped("  ", one.reason(invariant))
            yield from wrapped("  in        ", ", ".join(one.faults(invariant)))
            if case := one.case(invariant):
                yield f"  case      anechoic show {case}"


def _not_judged(compared: Sequence[Compared], terminal: Terminal) -> Iterator[str]:
    for one in compared:
        if one.missing:
            yield ""
            yield from wrapped(f"MISSING {one.implementation.name}: ", one.missing)
        elif not one.was_judged:
            yield ""
            yield f"{terminal.paint('NOT CHECKED', 'yellow')} {one.implementation.name}"
            yield from (f"  {line}"[:WIDTH] for line in one.said.strip().splitlines()[-8:])


def summary(compared: Sequence[Compared]) -> str:
    """Return how many there were, with which results, in words."""
    judged = [one for one in compared if one.was_judged]
    missing = sum(bool(one.missing) for one in compared)
    counts = [f"at {one.name}: {conforming(judged, one)}" for one in LEVELS.values()]
    violating = sum(one.violates(Level.MUST) for one in judged)
    in_doubt = sum(one.is_in_doubt for one in judged)
    words = [f"{len(compared)} implementations, conforming {', '.join(counts)}"]
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
    for check in running:
        part = f"part {min(check.parts_done + 1, check.parts)} of {check.parts}"
        line = f"  {check.implementation.name:<36} {check.workloads:>5} workloads, {part}"
        failed = _failed_so_far(check)
        found = f"; FAIL {', '.join(failed)}" if failed else ""
        yield cut(line + found, WIDTH).replace("FAIL", terminal.paint("FAIL", "red"))


def _failed_so_far(check: Check) -> list[str]:
    """Return the invariants whose violation fails a check that goes on."""
    return [name for name, level in check.violated.items() if level >= check.fails_from]


def done_line(number: int, total: int, one: Compared) -> str:
    """Return the result of one implementation, as one line."""
    return cut(f"[{number}/{total}] {one.implementation.name}: {one.in_words}", WIDTH)
