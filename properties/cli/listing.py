"""`anechoic list`: the fault families, the invariants, and the table of levels."""

from collections.abc import Iterator

from properties.model.levels import EXCEPTIONS
from properties.model.role import Role
from properties.reports.layout import wrapped
from properties.reports.terminal import Terminal
from properties.roles import ROLES
from properties.running.exit_status import ExitStatus

LEAST_FOR_COLUMNS = 75
"""Columns of a terminal that has room for descriptions beside the names."""


def show_all() -> int:
    """Print all there is to choose from, and how strong each requirement is."""
    terminal = Terminal.standard()
    for line in lines(terminal.width):
        terminal.line(line)
    return terminal.or_unwritten(ExitStatus.CONFORMS)


def lines(width: int) -> Iterator[str]:
    """Return the lines of the list, in so many columns."""
    for role in ROLES.values():
        yield from _of_role(role, width)
        yield ""
    yield from _levels(width)


def _of_role(role: Role, width: int) -> Iterator[str]:
    yield f"fault families of a {role.name.value}"
    for family in role.families:
        yield from _row(family.name, family.section, family.summary, width)
    yield ""
    yield f"invariants of a {role.name.value}"
    for invariant in role.invariants:
        yield from _row(invariant.id, invariant.section, invariant.requirement, width)


def _levels(width: int) -> Iterator[str]:
    head = "levels: what was done x what was violated; a pair that is not listed is MUST"
    yield from wrapped("", head, width, below=2)
    for row in EXCEPTIONS:
        yield from wrapped(f"  {row.level.name:<7} ", f"{row.done} x {row.violated}", width)
        yield from wrapped(" " * 10, f"{row.source}: {row.reason}", width)


def _row(name: str, section: str, words: str, width: int) -> list[str]:
    label = f"  {name:<23} {section:<12} "
    if width >= LEAST_FOR_COLUMNS:
        return wrapped(label, words, width)
    return [label.rstrip(), *wrapped(" " * 6, words, width)]
