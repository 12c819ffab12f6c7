"""A workload as data: steps in order, fault steps included.

A workload is one value, so that its traffic and its faults shrink together. The steps of a server's
workload are in `properties.server.steps`, those of a client's in `properties.client.steps`. A step
that cannot be made does nothing, so that any step can be taken out of a case by hand.
"""

from collections.abc import Callable, Iterator
from dataclasses import Field, dataclass, fields, replace
from itertools import chain
from typing import Any, ClassVar

from faults.fault import NAMES_CLIENTS, Fault, names
from faults.gate.calls import Kind
from target.inherited import NOTHING_UNUSUAL, Inherited


class Step:
    """One step. Subclasses are frozen dataclasses, and `str` says what they do.

    `is_workload`: the step alone is a workload that does something. `brings_client`: it opens a
    client's connection. `is_grouped`: neighbours of the same type and `manner`, each about one
    `client`, are shown in one line.
    """

    is_workload: ClassVar[bool] = False
    brings_client: ClassVar[bool] = False
    is_grouped: ClassVar[bool] = False

    @property
    def manner(self) -> str:
        """How it is made, in words that follow the clients in a line for several of them."""
        return ""


@dataclass(frozen=True)
class Inject(Step):
    """Apply a fault."""

    fault: Fault[Any]

    def __str__(self) -> str:
        return str(self.fault)


Workload = tuple[Step, ...]


def is_workload(workload: Workload) -> bool:
    """Return whether the steps do anything by themselves: at least one client connects."""
    return any(
        step.fault.brings_clients if isinstance(step, Inject) else step.is_workload
        for step in workload
    )


def calls_held_for(workload: Workload) -> frozenset[Kind]:
    """Return the kinds of system calls that must stop at a gate for the faults of a workload."""
    faults = (step.fault for step in workload if isinstance(step, Inject))
    return frozenset(kind for fault in faults for kind in fault.stopping)


def inherited_for(workload: Workload) -> Inherited:
    """Return what the target is to inherit when it is started for this workload."""
    asked = (step.fault.starts_with for step in workload if isinstance(step, Inject))
    return next((one for one in asked if one != NOTHING_UNUSUAL), NOTHING_UNUSUAL)


def needs_wire(workload: Workload) -> bool:
    """Return whether a fault of a workload needs a wire between two hosts."""
    return any(isinstance(step, Inject) and step.fault.over_wire for step in workload)


def uses_signals(workload: Workload) -> bool:
    """Return whether a fault of a workload depends on which caught signals are no order."""
    return any(isinstance(step, Inject) and step.fault.uses_signals for step in workload)


def ends_target(workload: Workload) -> bool:
    """Return whether the target is to end of a fault of a workload."""
    return any(isinstance(step, Inject) and step.fault.ends_target for step in workload)


def decides_order(workload: Workload) -> bool:
    """Return whether a fault of a workload decides when each call of the target goes on."""
    return any(isinstance(step, Inject) and step.fault.decides_order for step in workload)


def may_damage(workload: Workload) -> bool:
    """Return whether a fault may leave a state behind that is not held against the target."""
    faults = (step.fault for step in workload if isinstance(step, Inject))
    return any(fault.judged_for is not None or fault.ends_target for fault in faults)


def without_faults(
    workload: Workload, connect: Callable[[int], Workload] | None = None
) -> Workload:
    """Take out the faults. Clients that a fault brings connect all the same, by these steps."""
    return tuple(one for step in workload for one in without_its_fault(step, connect))


def without_its_fault(
    step: Step, connect: Callable[[int], Workload] | None = None
) -> Iterator[Step]:
    """Return what is left of a step: itself, or of a fault the clients that it brings."""
    if not isinstance(step, Inject):
        yield step
    elif step.fault.brings_clients and connect is not None:
        yield from chain.from_iterable(map(connect, clients_in(step)))


def clients(workload: Workload) -> tuple[int, ...]:
    """Return the clients that a workload names, in the order in which they appear."""
    return tuple(dict.fromkeys(client for step in workload for client in clients_in(step)))


def clients_in(step: Step) -> Iterator[int]:
    """Return the clients that a step names, or its fault."""
    for named in naming(_named_in(step)).values():
        yield from map(client_of, named if isinstance(named, tuple) else (named,))


def client_of(named: Any) -> int:
    """Return the client that is named: by its number, or in something that one client does."""
    return int(getattr(named, "client", named))


def with_numbers(workload: Workload, numbers: dict[int, int]) -> Workload:
    """Give the clients other numbers."""
    return tuple(
        Inject(_with_numbers(step.fault, numbers))
        if isinstance(step, Inject)
        else _with_numbers(step, numbers)
        for step in workload
    )


def naming(value: Any) -> dict[str, Any]:
    """Return the fields of a step or a fault that name clients, with their values."""
    return {one.name: getattr(value, one.name) for one in fields(value) if names_clients(one)}


def names_clients(one: Field[Any]) -> bool:
    """Return whether a field holds a client's number, or several."""
    return one.metadata == NAMES_CLIENTS


def _named_in(step: Step) -> Any:
    return step.fault if isinstance(step, Inject) else step


def _with_numbers(value: Any, numbers: dict[int, int]) -> Any:
    changed = {
        name: tuple(_numbered(one, numbers) for one in named)
        if isinstance(named, tuple)
        else _numbered(named, numbers)
        for name, named in naming(value).items()
    }
    return replace(value, **changed)


def _numbered(named: Any, numbers: dict[int, int]) -> Any:
    number = numbers[client_of(named)]
    return number if isinstance(named, int) else replace(named, client=number)


def describe(workload: Workload) -> Iterator[str]:
    """Return the lines that show a workload; neighbouring opens and closes share a line."""
    index = 0
    while index < len(workload):
        step = workload[index]
        together = list(_group(workload[index:]))
        if len(together) > 1:
            verb = type(step).__name__.lower()
            yield f"{verb} {names(tuple(together))}{step.manner}"
        else:
            yield str(step)
        index += max(1, len(together))


def _group(steps: Workload) -> Iterator[int]:
    """Return the clients of the steps at the beginning that are shown in one line."""
    first: Any = steps[0]
    for step in steps if first.is_grouped else ():
        if type(step) is not type(first) or step.manner != first.manner:
            return
        yield client_of(step)
