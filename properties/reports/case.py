"""A saved case in words: what was required, what was done, what was seen, and the timeline."""

from collections.abc import Iterator, Sequence

from properties.cases.case import Case, injected_in
from properties.engine.states import states_in_words
from properties.model.events import Event
from properties.model.steps import describe
from properties.reports.case_parts import evidence, headline, numbered, timeline_of, to_be_typed
from properties.reports.layout import cut, wrapped
from properties.reports.levels import level_in_words
from properties.reports.terminal import Terminal
from target.foreign_text import harmless
from target.sockets import Endpoint


def lines(
    case: Case, path: str, terminal: Terminal, *, segments: bool = False, states: bool = False
) -> Iterator[str]:
    """Return the lines of a case that was read from `path`.

    `segments`: all of them are in the timeline. `states`: what was seen at each step is shown too.
    """
    yield from headline(("", ""), case.fault, case.invariant, _target(case), terminal)
    yield from wrapped("  ", case.invariant.requirement, terminal.width)
    if words := level_in_words(case.ruling):
        yield from wrapped("  level     ", words, terminal.width)
    steps = list(describe(case.workload))
    yield f"  workload ({_rate(case, len(steps))})"
    yield from numbered(steps, case.invariant, case.role, terminal.width)
    yield from evidence(injected_in(case.history), case.actual, terminal.width)
    lines = list(timeline_of(case, terminal, segments=segments))
    nothing = "the case holds no history; anechoic replay shows if it fails"
    yield from lines or wrapped("  timeline  ", nothing, terminal.width)
    if states:
        yield "  states"
        yield from states_lines(case.history, terminal)
    yield from to_be_typed("replay", "replay", path, terminal.width)


def states_lines(history: Sequence[Event], terminal: Terminal) -> Iterator[str]:
    """Return what netstat and ps would have shown at each step of a history, in lines that fit."""
    for line in states_in_words(history) or ["none: they are recorded of a server alone"]:
        yield f"    {cut(harmless(line), terminal.width - 4)}"


def _target(case: Case) -> str:
    return str(case.command or Endpoint(case.host, case.port or 0))


def _rate(case: Case, steps: int) -> str:
    many = f"{steps} step{'s' if steps != 1 else ''}"
    return f"{many}; failed {case.failed} of {case.times}" if case.times else many
