"""The last pass of shrinking: no step can be taken out, and no number lowered.

Hypothesis shrinks the choices from which a workload was drawn, which can leave a step that nothing
depends on. This pass works on the workload itself: it takes out runs of steps, then lowers what is
left, field by field, for as long as the same invariant is still violated. The faults go last: while
a fault makes the moment certain, the clients that only made it likely can be taken away.
"""

import enum
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

from faults.abort_pending import AbortPending
from faults.payloads import Content, Payload
from properties.steps import Inject, Open, Step, Workload

NAMING_CLIENTS = frozenset({"client", "clients", "aborted", "good"})
"""The fields of steps and faults in which clients are named by their numbers."""

StillFails = Callable[[Workload], bool]


def minimise(
    workload: Workload, still_fails: StillFails, may_go_on: Callable[[], bool]
) -> Workload:
    """Return the smallest workload found that still fails, starting from one that does.

    `still_fails` runs a candidate; `may_go_on` says whether there is time for another.
    """
    while may_go_on():
        smaller = _first(_candidates(workload), still_fails, may_go_on)
        if smaller is None:
            return workload
        workload = smaller
    return workload


def _first(
    candidates: Iterator[Workload], still_fails: StillFails, may_go_on: Callable[[], bool]
) -> Workload | None:
    for candidate in candidates:
        if not may_go_on():
            return None
        if _opens_a_client(candidate) and still_fails(candidate):
            return candidate
    return None


def _opens_a_client(workload: Workload) -> bool:
    return any(
        isinstance(step, Open)
        or (isinstance(step, Inject) and isinstance(step.fault, AbortPending))
        for step in workload
    )


def _candidates(workload: Workload) -> Iterator[Workload]:
    yield from (less for less in _without_steps(workload) if faults(less) == faults(workload))
    for place, step in enumerate(workload):
        for lowered in lower(step):
            yield (*workload[:place], lowered, *workload[place + 1 :])
    if (others := renumbered(workload)) != workload:
        yield others
    yield from (less for less in _without_steps(workload) if faults(less) != faults(workload))


def renumbered(workload: Workload) -> Workload:
    """Give the clients the numbers from 1, in the order in which they appear."""
    numbers: dict[int, int] = {}
    for step in workload:
        for client in _clients(step.fault if isinstance(step, Inject) else step):
            numbers.setdefault(client, len(numbers) + 1)
    return tuple(
        Inject(_with_numbers(step.fault, numbers))
        if isinstance(step, Inject)
        else _with_numbers(step, numbers)
        for step in workload
    )


def _clients(value: Any) -> Iterator[int]:
    for field in fields(value):
        if field.name in NAMING_CLIENTS:
            named = getattr(value, field.name)
            yield from named if isinstance(named, tuple) else (named,)


def _with_numbers(value: Any, numbers: dict[int, int]) -> Any:
    changed = {}
    for field in fields(value):
        if field.name in NAMING_CLIENTS:
            named = getattr(value, field.name)
            is_one = not isinstance(named, tuple)
            changed[field.name] = numbers[named] if is_one else tuple(numbers[n] for n in named)
    return replace(value, **changed)


def faults(workload: Workload) -> int:
    """Count the faults of a workload."""
    return sum(isinstance(step, Inject) for step in workload)


def _without_steps(workload: Workload) -> Iterator[Workload]:
    """Leave out runs of steps, long ones first, from the end."""
    length = len(workload) // 2 or 1
    while length:
        for start in range(len(workload) - length, -1, -1):
            yield (*workload[:start], *workload[start + length :])
        length //= 2


def lower(step: Step) -> Iterator[Step]:
    """Return the steps that differ from this one in one field, which is lower there."""
    if isinstance(step, Inject):
        for fault in _lowered_fields(step.fault):
            yield Inject(fault)
    else:
        yield from _lowered_fields(step)


def _lowered_fields(value: Any) -> Iterator[Any]:
    for field in fields(value):
        if field.name == "client":
            continue
        for lowered in _lowered(getattr(value, field.name)):
            yield replace(value, **{field.name: lowered})


def _lowered(value: Any) -> Iterator[Any]:
    if isinstance(value, Payload):
        yield from (replace(value, length=length) for length in _lower_numbers(value.length))
        if value.content is not Content.LINES:
            yield replace(value, content=Content.LINES)
    elif isinstance(value, enum.Enum):
        yield from list(type(value))[: list(type(value)).index(value)][:1]
    elif isinstance(value, tuple) and len(value) > 1:
        half = len(value) // 2
        if half > 1:
            yield from (value[:half], value[half:])
        yield from (value[:place] + value[place + 1 :] for place in reversed(range(len(value))))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from _lower_numbers(value)


def _lower_numbers(number: int) -> Iterator[int]:
    """Return lower numbers, the boldest first; counts and lengths below one mean something else."""
    tried = {1, number // 2, number - 1}
    yield from sorted(lower for lower in tried if 0 < lower < number)
