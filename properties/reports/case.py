"""A saved case in words: what was required, what was done, what was seen, and the timeline."""

import textwrap
from collections.abc import Iterator

from properties.cases.case import Case, injected_in
from properties.model.steps import describe
from properties.reports.levels import level_in_words
from properties.reports.terminal import WIDTH, Terminal
from properties.reports.text import evidence, numbered, timeline_of, wrapped
from target.sockets import Endpoint


def lines(case: Case, path: str, terminal: Terminal) -> Iterator[str]:
    """Return the lines of a case that was read from `path`."""
    head = f"{case.fault} x {case.invariant.id}"
    room = WIDTH - len(head) - len(case.invariant.section) - 8
    target = textwrap.shorten(_target(case), room, placeholder=" ...")
    yield f"{terminal.paint(head, 'bold')}    {target}    {case.invariant.section}"
    yield from wrapped("  ", case.invariant.requirement)
    if words := level_in_words(case.ruling):
        yield from wrapped("  level     ", words)
    steps = list(describe(case.workload))
    yield f"  workload ({_rate(case, len(steps))})"
    yield from numbered(steps, case.invariant, case.role)
    yield from evidence(injected_in(case.history), case.actual)
    lines = list(timeline_of(case, terminal))
    yield from lines or ["  timeline  the case holds no history; anechoic replay shows if it fails"]
    yield f"  replay    anechoic replay {path}"


def _target(case: Case) -> str:
    return str(case.command or Endpoint(case.host, case.port or 0))


def _rate(case: Case, steps: int) -> str:
    many = f"{steps} step{'s' if steps != 1 else ''}"
    return f"{many}; failed {case.failed} of {case.times}" if case.times else many
