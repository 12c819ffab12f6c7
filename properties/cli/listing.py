"""`anechoic list`: what there is."""

from collections.abc import Iterator

from properties.reports.layout import wrapped
from properties.reports.terminal import Terminal
from properties.roles import ROLES
from properties.running.exit_status import ExitStatus

LEAST_FOR_COLUMNS = 75
"""Columns of a terminal that has room for descriptions beside the names."""


def list_all() -> int:
    """Print the fault families and the invariants of both roles; return the exit status."""
    terminal = Terminal.standard()
    for line in lines(terminal.width):
        terminal.line(line)
    return terminal.or_unwritten(ExitStatus.CONFORMS)


def lines(width: int) -> Iterator[str]:
    """Return the lines of the list, in so many columns."""
    for place, role in enumerate(ROLES.values()):
        if place:
            yield ""
        yield f"fault families of a {role.name.value}"
        for family in role.families:
            yield from _row(family.name, family.section, family.summary, width)
        yield ""
        yield f"invariants of a {role.name.value}"
        for invariant in role.invariants:
            yield from _row(invariant.id, invariant.section, invariant.requirement, width)


def _row(name: str, section: str, words: str, width: int) -> list[str]:
    label = f"  {name:<23} {section:<10} "
    if width >= LEAST_FOR_COLUMNS:
        return wrapped(label, words, width)
    return [label.rstrip(), *wrapped(" " * 6, words, width)]
