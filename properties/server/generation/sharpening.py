"""What may make certain what a workload shows only now and then, added to its steps.

What two steps do may happen in any order inside the server, unless it has come to rest between
them, or meets both after a stop. Bytes that are more than the buffers hold on one day are not on
another, unless they are sent until the server cannot write. What a timer does is only seen where it
is waited for.
"""

from collections.abc import Iterator
from itertools import groupby

from faults.fault import Reading
from faults.payloads import MAXLINE
from properties.model.steps import Step, Workload, clients
from properties.server.steps import (
    AT_ONCE,
    Continue,
    Fill,
    Open,
    Send,
    Silence,
    Standstill,
    Stop,
)

MOST_ACTIONS = 100
"""So many rests take as long as all other runs together."""

AT_LEAST = 2
"""Steps of which it matters that what they do is met at once."""

MANY = 16 * MAXLINE
"""Bytes from which a payload may be more than buffers hold."""


def sharpened(workload: Workload) -> Iterator[Workload]:
    """Return the workload with what may make it fail each time, the cheapest first."""
    filled = with_full_buffers(workload)
    tried = (
        filled,
        with_rests(workload),
        with_rests(filled),
        with_rests(with_late_readers(workload)),
        with_silence(workload),
        with_stops(workload),
    )
    return (one for one in dict.fromkeys(tried) if one != workload)


def with_rests(workload: Workload) -> Workload:
    """Let the server come to rest after each step that does not wait for it."""
    if sum(isinstance(step, AT_ONCE) for step in workload) > MOST_ACTIONS:
        return workload
    return tuple(one for step in workload for one in _and_rest(step))


def _and_rest(step: Step) -> Workload:
    return (step, Standstill()) if isinstance(step, AT_ONCE) else (step,)


def with_full_buffers(workload: Workload) -> Workload:
    """Let clients that send much send until the server cannot write, whatever it takes."""
    return tuple(
        Fill(step.client) if isinstance(step, Send) and step.payload.length >= MANY else step
        for step in workload
    )


def with_late_readers(workload: Workload) -> Workload:
    """Let no client read before it waits for its echo."""
    return tuple(
        Open(step.client, Reading.LATE) if isinstance(step, Open) else step for step in workload
    )


def with_silence(workload: Workload) -> Workload:
    """Wait for the server's timers at the end, beside a client that is there for that."""
    beside = max(clients(workload), default=0) + 1
    return (*workload, Open(beside), Silence())


def with_stops(workload: Workload) -> Workload:
    """Let the server meet at once what several steps in a row do after their clients have come."""
    runs = groupby(workload, key=lambda step: isinstance(step, AT_ONCE))
    return tuple(
        one for at_once, steps in runs for one in (_met_at_once(tuple(steps)) if at_once else steps)
    )


def _met_at_once(steps: Workload) -> Workload:
    opens = tuple(step for step in steps if isinstance(step, Open))
    others = tuple(step for step in steps if not isinstance(step, Open))
    if len(others) < AT_LEAST:
        return steps
    return (*opens, Standstill(), Stop(), *others, Continue())
