"""A saved case in words: what was asked, what was done, what was seen, and the timeline."""

import textwrap
from collections.abc import Iterator

from properties.cases import Case, injected_in
from properties.reports.screen import WIDTH, Screen
from properties.reports.text import evidence, numbered, timeline_of, wrapped
from properties.steps import described
from target.sockets import Endpoint


def told(case: Case, path: str, screen: Screen) -> Iterator[str]:
    """Return the lines of a case that was read from `path`."""
    head = f"{case.fault} x {case.invariant.id}"
    room = WIDTH - len(head) - len(case.invariant.section) - 8
    subject = textwrap.shorten(_subject(case), room, placeholder=" ...")
    yield f"{screen.paint(head, 'bold')}    {subject}    {case.invariant.section}"
    yield from wrapped("  ", case.invariant.requirement)
    steps = list(described(case.workload))
    yield f"  workload ({_rate(case, len(steps))})"
    yield from numbered(steps, case.invariant, case.role)
    yield from evidence(injected_in(case.history), case.expected, case.actual)
    lines = list(timeline_of(case, screen))
    yield from lines or ["  timeline  the case holds no history; anechoic replay shows if it fails"]
    yield f"  replay    anechoic replay {path}"


def _subject(case: Case) -> str:
    return str(case.command or Endpoint(case.host, case.port or 0))


def _rate(case: Case, steps: int) -> str:
    many = f"{steps} step{'s' if steps != 1 else ''}"
    return f"{many}; failed {case.failed} of {case.times}" if case.times else many
