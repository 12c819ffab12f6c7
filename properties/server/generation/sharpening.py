"""What may make certain what a workload shows only now and then, added to its steps.

What two steps do may happen in any order inside the server, unless it has come to rest between
them. Bytes that are more than the buffers hold on one day are not on another, unless they are sent
until the server cannot write. What a timer does is only seen where it is waited for.
"""

from collections.abc import Iterator

from faults.fault import Reading
from faults.payloads import MAXLINE
from properties.model.steps import Step, Workload, clients
from properties.server.steps import Close, Fill, HalfClose, Open, Reset, Send, Silence, Standstill

ACTIONS = (Open, Send, HalfClose, Close, Reset)
"""Steps after which the workload goes on at once."""

MOST_ACTIONS = 100
"""So many rests take as long as all other runs together."""

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
    )
    return (one for one in dict.fromkeys(tried) if one != workload)


def with_rests(workload: Workload) -> Workload:
    """Let the server come to rest after each step that does not wait for it."""
    if sum(isinstance(step, ACTIONS) for step in workload) > MOST_ACTIONS:
        return workload
    return tuple(one for step in workload for one in _and_rest(step))


def _and_rest(step: Step) -> Workload:
    return (step, Standstill()) if isinstance(step, ACTIONS) else (step,)


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
