"""The workloads, steps and numbers that are smaller by one change.

Clients are named by their numbers, in steps and in faults. A number is lowered to one, to two,
four, sixteen and so on, then by half of it, by a quarter and so on down to by one. So the lowest
number that still fails is found within a few tries, and one less has been tried as well. It is
looked for from below, where most tries pass: one that passes is made once, one that fails is made
several times, to see that it is certain.
"""

import enum
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any

from faults.fault import MAKES_CERTAIN, MAY_BE_EMPTY, Status
from faults.payloads import Content, Payload
from properties.model.events import Injected
from properties.model.levels import is_weak
from properties.model.steps import (
    Inject,
    Step,
    Workload,
    client_of,
    clients,
    clients_in,
    names_clients,
    naming,
    with_numbers,
    without_its_fault,
)
from properties.model.trial import Trial

LOW = (1, 2, *(4**power for power in range(1, 16)))
"""The numbers that are tried first."""

EXACT = 1 << 16
"""Above this a number is halved or left as it is: whether 3 or 4 MiB are needed tells nothing."""

REPEATED = (2, 4, 8, 16)
MOST_STEPS = 256
"""How often all of a workload is repeated, and how long it may become."""


def faults(workload: Workload) -> int:
    """Count the faults of a workload."""
    return sum(isinstance(step, Inject) for step in workload)


def without_missed(trial: Trial, connect: Callable[[int], Workload] | None = None) -> Workload:
    """Take out the faults of a workload that did not happen."""
    injected = trial.history.of(Injected)
    places = (place for place, step in enumerate(trial.workload) if isinstance(step, Inject))
    pairs = zip(places, injected, strict=False)
    missed = {place for place, event in pairs if event.status is not Status.FIRED}
    return tuple(
        one
        for place, step in enumerate(trial.workload)
        for one in (without_its_fault(step, connect) if place in missed else (step,))
    )


def without_clients(workload: Workload, removed: frozenset[int]) -> Workload:
    """Leave out the steps of these clients. Faults stay, with their other clients."""
    return tuple(
        Inject(_without(step.fault, removed)) if isinstance(step, Inject) else step
        for step in workload
        if isinstance(step, Inject) or removed.isdisjoint(clients_in(step))
    )


def bare_faults(workload: Workload) -> Workload:
    """Leave the faults, and the steps with which clients come that they name. () for no faults."""
    named = {one for step in workload if isinstance(step, Inject) for one in clients_in(step)}
    return tuple(
        step
        for step in workload
        if isinstance(step, Inject)
        or (step.brings_client and not named.isdisjoint(clients_in(step)))
    )


def without_weak_faults(workload: Workload) -> Workload:
    """Leave out the faults that make a violation weaker than MUST."""
    return tuple(
        step for step in workload if not (isinstance(step, Inject) and is_weak(step.fault))
    )


def all_certain(workload: Workload) -> Workload:
    """Make the moment of every fault certain: what fails each time can be made smaller."""
    return tuple(map(_made_certain, workload))


def made_certain(workload: Workload) -> Iterator[Workload]:
    """Make the moment of one of the faults certain."""
    for place, step in enumerate(workload):
        yield (*workload[:place], _made_certain(step), *workload[place + 1 :])


def _made_certain(step: Step) -> Step:
    if not isinstance(step, Inject):
        return step
    fault: Any = step.fault
    certain = {one.name: True for one in fields(fault) if one.metadata == MAKES_CERTAIN}
    return Inject(replace(fault, **certain)) if certain else step


def renumbered(workload: Workload) -> Workload:
    """Give the clients the numbers from 1, in the order in which they appear."""
    numbers = {client: place for place, client in enumerate(clients(workload), start=1)}
    return with_numbers(workload, numbers)


def repeated(workload: Workload) -> Iterator[Workload]:
    """Repeat all of a workload with other clients: what it leaves in the target adds up."""
    named = clients(workload)
    for times in REPEATED if named else ():
        if times * len(workload) <= MOST_STEPS:
            offsets = (number * max(named) for number in range(times))
            again = ({client: client + offset for client in named} for offset in offsets)
            yield tuple(step for numbers in again for step in with_numbers(workload, numbers))


def lower(step: Step) -> Iterator[Step]:
    """Return the steps that differ from this one in one field, which is lower there."""
    if isinstance(step, Inject):
        for fault in _lowered_fields(step.fault):
            yield Inject(fault)
    else:
        yield from _lowered_fields(step)


def _without(fault: Any, removed: frozenset[int]) -> Any:
    """Take clients out of the fields that name several, unless none would be left there."""
    left = {
        name: tuple(one for one in named if client_of(one) not in removed)
        for name, named in naming(fault).items()
        if isinstance(named, tuple)
    }
    return replace(fault, **{name: several for name, several in left.items() if several})


def _lowered_fields(value: Any) -> Iterator[Any]:
    for one in fields(value):
        held = getattr(value, one.name)
        if names_clients(one) and isinstance(held, int):
            continue
        if one.metadata == MAY_BE_EMPTY and held:
            yield replace(value, **{one.name: ()})
        for lowered in _lowered(held):
            yield replace(value, **{one.name: lowered})


def _lowered(value: Any) -> Iterator[Any]:
    if isinstance(value, Payload):
        # First, for all lengths would be tried once more with another content.
        if value.content is not Content.LINES:
            yield replace(value, content=Content.LINES)
        yield from (replace(value, length=length) for length in lower_numbers(value.length))
    elif isinstance(value, enum.Enum):
        yield from list(type(value))[: list(type(value)).index(value)][:1]
    elif isinstance(value, tuple) and len(value) > 1:
        half = len(value) // 2
        if half > 1:
            yield from (value[:half], value[half:])
        yield from (value[:place] + value[place + 1 :] for place in reversed(range(len(value))))
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from lower_numbers(value)


def lower_numbers(number: int) -> Iterator[int]:
    """Return lower numbers, the lowest first; counts and lengths below one mean something else."""
    yield from (low for low in LOW if low < number / 2 or low == 1 < number)
    less = number // 2
    while 0 < less < number - 1 and (number <= EXACT or less == number // 2):
        yield number - less
        less //= 2


def spread(found: list[Workload], most: int) -> list[Workload]:
    """Choose where to start: the smallest, and some of every size up to the largest.

    A defect may show each time only in a large workload, and sometimes in many small ones.
    """
    few = most // 2
    rest = found[few:]
    step = max(1, -(-len(rest) // few))
    return found[:few] + rest[::-step][::-1]
