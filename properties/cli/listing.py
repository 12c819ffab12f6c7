"""`anechoic list`: the fault families, the invariants, and the table of levels."""

import textwrap
from collections.abc import Iterator

from properties.model.levels import EXCEPTIONS
from properties.model.role import Role
from properties.reports.terminal import Terminal
from properties.roles import ROLES
from properties.running.exit_status import ExitStatus

WIDTH = 100


def show_all() -> int:
    """Print all there is to choose from, and how strong each requirement is."""
    terminal = Terminal.standard()
    for role in ROLES.values():
        for line in _of_role(role):
            terminal.line(line)
        terminal.line()
    for line in _levels():
        terminal.line(line)
    return terminal.or_unwritten(ExitStatus.CONFORMS)


def _of_role(role: Role) -> Iterator[str]:
    yield f"fault families of a {role.name.value}"
    for family in role.families:
        yield _row(family.name, family.section, family.summary)
    yield f"\ninvariants of a {role.name.value}"
    for invariant in role.invariants:
        yield _row(invariant.id, invariant.section, invariant.requirement)


def _levels() -> Iterator[str]:
    yield "levels: what was done x what was violated; a pair that is not listed is MUST"
    for row in EXCEPTIONS:
        yield f"  {row.level.name:<7} {row.done} x {row.violated}"
        yield _wrapped(f"{row.source}: {row.reason}", " " * 10)


def _row(name: str, section: str, words: str) -> str:
    return _wrapped(words, f"  {name:<23} {section:<10} ")


def _wrapped(words: str, label: str) -> str:
    """Return words in lines that fit, the first after a label and the others below it."""
    return textwrap.fill(words, WIDTH, initial_indent=label, subsequent_indent=" " * len(label))
