"""How strong a violated requirement is: the level of a pair, what was done and what was violated.

Pairs that are weaker than MUST have a row in `properties.model.level_table`.
"""

import enum
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from typing import Any

from faults.fault import Fault, Status
from properties.model.events import Event, Injected, Marked, StepBegan
from properties.model.level_table import EXCEPTIONS, LEVELS, Level, LevelException
from properties.model.steps import Inject, Workload

__all__ = ["EXCEPTIONS", "LEVELS", "Level", "LevelException"]


@dataclass(frozen=True)
class Ruling:
    """How strong a violated requirement is, and the row that says so; None where it is MUST."""

    level: Level
    row: LevelException | None = None


def ruling(invariant: str, faults: Iterable[Fault[Any]], own: Level | None = None) -> Ruling:
    """Return how strong a violated requirement is, after these faults have happened.

    The weakest of all that was done decides: the violation could come from it alone. `own` is the
    level that the invariant states itself, None for what the table says.
    """
    rulings = [Ruling(own)] if own is not None else [*_of_invariant(invariant)]
    rulings += [one for fault in faults for one in _of_fault(invariant, fault)]
    return min(rulings, key=lambda one: one.level, default=Ruling(Level.MUST))


def _of_invariant(invariant: str) -> Iterator[Ruling]:
    return (
        Ruling(row.level, row) for row in EXCEPTIONS if not row.fault and row.invariant == invariant
    )


def _of_fault(invariant: str, fault: Fault[Any]) -> Iterator[Ruling]:
    return (
        Ruling(row.level, row)
        for row in EXCEPTIONS
        if _is_about(row, fault) and row.invariant in ("", invariant)
    )


def _is_about(row: LevelException, fault: Fault[Any]) -> bool:
    if row.fault != fault.name:
        return False
    return not row.choices or not _choices_of(fault).isdisjoint(row.choices)


def _choices_of(fault: Fault[Any]) -> frozenset[str]:
    """Return the names of the members that a fault's parameters have chosen."""
    values = (getattr(fault, one.name) for one in fields(fault))  # type: ignore[arg-type]
    return frozenset(value.name for value in values if isinstance(value, enum.Enum))


def is_weak(fault: Fault[Any]) -> bool:
    """Return whether a violation after this fault is weaker than MUST."""
    return any(_is_about(row, fault) for row in EXCEPTIONS)


def happened(workload: Workload, events: Iterable[Event]) -> tuple[Fault[Any], ...]:
    """Return the faults of a workload that have done something, from the record of its run.

    A fault that broke off, or missed its moment after it had done something to a process, is among
    them: it is not known to be innocent. Without a record that fits the workload, all are. None is
    where the workload ended before its faults.
    """
    events = tuple(events)
    planned = [step.fault for step in workload if isinstance(step, Inject)]
    injected = list(_injected(events))
    if events and not injected and not _came_to_a_fault(workload, events):
        return ()
    if not injected or any(
        fault.name != event.fault for fault, (event, _) in zip(planned, injected, strict=False)
    ):
        return tuple(planned)
    return tuple(
        fault
        for fault, (event, acted) in zip(planned, injected, strict=False)
        if acted or event.broke_off or event.status is Status.FIRED
    )


def _came_to_a_fault(workload: Workload, events: Iterable[Event]) -> bool:
    begun = {event.index for event in events if isinstance(event, StepBegan)}
    return any(isinstance(step, Inject) and place in begun for place, step in enumerate(workload))


def _injected(events: Iterable[Event]) -> Iterator[tuple[Injected, bool]]:
    """Return what became of each fault, and whether it did something to a process."""
    acted = False
    for event in events:
        if isinstance(event, Marked):
            acted = True
        elif isinstance(event, Injected):
            yield event, acted
            acted = False
