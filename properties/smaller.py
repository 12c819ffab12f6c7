"""What is smaller than a workload, a step or a number, by one change.

Clients are named by their numbers, in steps and in faults alike. A number is lowered by all of it,
by half of it, by a quarter and so on down to one, the boldest first: so the lowest number that
matters is met within a few tries, wherever it lies, and one less has been tried as well.
"""

import enum
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any, cast

from faults.payloads import Content, Payload
from properties.steps import Inject, Step, Workload

NAMING_CLIENTS = frozenset({"client", "clients", "aborted", "good", "other", "newcomer"})
"""The fields of steps and faults in which clients are named by their numbers."""


def faults(workload: Workload) -> int:
    """Count the faults of a workload."""
    return sum(isinstance(step, Inject) for step in workload)


def clients(workload: Workload) -> tuple[int, ...]:
    """Return the clients that a workload names, in the order in which they appear."""
    named = (_clients(_named_in(step)) for step in workload)
    return tuple(dict.fromkeys(client for those in named for client in those))


def without_clients(workload: Workload, gone: frozenset[int]) -> Workload:
    """Leave out what these clients do. Faults stay, with the clients that are left to them."""
    return tuple(
        Inject(_without(step.fault, gone)) if isinstance(step, Inject) else step
        for step in workload
        if isinstance(step, Inject) or gone.isdisjoint(_clients(step))
    )


def all_certain(workload: Workload) -> Workload:
    """Let all faults come while the server is frozen: what needs no luck can be made smaller."""
    return tuple(map(_made_certain, workload))


def made_certain(workload: Workload) -> Iterator[Workload]:
    """Let one of the faults come while the server is frozen."""
    for place, step in enumerate(workload):
        yield (*workload[:place], _made_certain(step), *workload[place + 1 :])


def _made_certain(step: Step) -> Step:
    if isinstance(step, Inject) and hasattr(step.fault, "frozen"):
        return Inject(replace(cast(Any, step.fault), frozen=True))
    return step


def renumbered(workload: Workload) -> Workload:
    """Give the clients the numbers from 1, in the order in which they appear."""
    numbers = {client: place for place, client in enumerate(clients(workload), start=1)}
    return tuple(
        Inject(_with_numbers(step.fault, numbers))
        if isinstance(step, Inject)
        else _with_numbers(step, numbers)
        for step in workload
    )


def lower(step: Step) -> Iterator[Step]:
    """Return the steps that differ from this one in one field, which is lower there."""
    if isinstance(step, Inject):
        for fault in _lowered_fields(step.fault):
            yield Inject(fault)
    else:
        yield from _lowered_fields(step)


def _named_in(step: Step) -> Any:
    return step.fault if isinstance(step, Inject) else step


def _naming(value: Any) -> dict[str, int | tuple[int, ...]]:
    """Return the fields of a step or a fault that name clients, and whom they name."""
    names = (field.name for field in fields(value) if field.name in NAMING_CLIENTS)
    return {name: getattr(value, name) for name in names}


def _clients(value: Any) -> Iterator[int]:
    for named in _naming(value).values():
        yield from named if isinstance(named, tuple) else (named,)


def _without(fault: Any, gone: frozenset[int]) -> Any:
    """Take clients out of a fault that names several; one at least it keeps, as faults must."""
    left = {
        name: tuple(client for client in named if client not in gone)
        for name, named in _naming(fault).items()
        if isinstance(named, tuple)
    }
    return replace(fault, **{name: several for name, several in left.items() if several})


def _with_numbers(value: Any, numbers: dict[int, int]) -> Any:
    changed = {
        name: tuple(numbers[n] for n in named) if isinstance(named, tuple) else numbers[named]
        for name, named in _naming(value).items()
    }
    return replace(value, **changed)


def _lowered_fields(value: Any) -> Iterator[Any]:
    for field in fields(value):
        if field.name in NAMING_CLIENTS and isinstance(getattr(value, field.name), int):
            continue
        for lowered in _lowered(getattr(value, field.name)):
            yield replace(value, **{field.name: lowered})


def _lowered(value: Any) -> Iterator[Any]:
    if isinstance(value, Payload):
        yield from (replace(value, length=length) for length in lower_numbers(value.length))
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
        yield from lower_numbers(value)


def lower_numbers(number: int) -> Iterator[int]:
    """Return lower numbers, the boldest first; counts and lengths below one mean something else."""
    if number > 1:
        yield 1
    less = number // 2
    while 0 < less < number - 1:
        yield number - less
        less //= 2
