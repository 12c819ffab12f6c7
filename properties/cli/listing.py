"""`anechoic list`: what there is."""

import textwrap

from properties.reports.terminal import Terminal
from properties.roles import ROLES
from properties.running.exit_status import ExitStatus


def list_all() -> int:
    """Print the fault families and the invariants of both roles; return the exit status."""
    terminal = Terminal.standard()
    for place, role in enumerate(ROLES.values()):
        if place:
            terminal.line()
        of_role = f"of a {role.name.value}"
        terminal.line(f"fault families {of_role}")
        for family in role.families:
            terminal.line(_row(family.name, family.section, family.summary))
        terminal.line(f"\ninvariants {of_role}")
        for invariant in role.invariants:
            terminal.line(_row(invariant.id, invariant.section, invariant.requirement))
    return terminal.or_unwritten(ExitStatus.CONFORMS)


def _row(name: str, section: str, words: str) -> str:
    label = f"  {name:<23} {section:<10} "
    return textwrap.fill(words, 100, initial_indent=label, subsequent_indent=" " * len(label))
