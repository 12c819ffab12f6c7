"""Fault families of a server: the rows of its grid. Each is a kind of workload."""

from functools import partial
from typing import Any

from faults.fault import Fault
from faults.registry import FAULTS
from faults.server.failed_calls import FailCall
from faults.server.inherited import StartedWith
from faults.server.many_clients import ManyClients
from faults.server.schedules import Schedule
from faults.server.urgent_data import UrgentData
from properties.model.role import OF_MANY_KINDS, Family, Strategy, families_of
from properties.server.generation import sweep
from properties.server.generation.strategies import FAULT_STRATEGIES, stopping_workloads, workloads
from properties.server.generation.traffic import traffic

OF_AN_END = 4
"""Workloads of which the server ends: each needs one of its own, and little is left to draw."""

OVER_A_WIRE = 4
"""Workloads between two hosts: the kernel's own timeouts pass in them."""

EXAMPLES: dict[type[Fault[Any]], int] = {
    # Once in a run: nothing is left to draw.
    ManyClients: 0,
    # What is tried is learnt from the target (properties.server.schedules).
    Schedule: 0,
}
"""Workloads that are drawn where the kind of the fault does not say it."""

NOT_MIXED = frozenset({ManyClients, StartedWith, UrgentData})
"""Weaker than MUST: they would excuse what is found beside them."""

MIXABLE = frozenset(
    fault
    for fault in FAULTS
    if not fault.calls and not fault.ends_target and not fault.over_wire and fault not in NOT_MIXED
)
"""The faults that need neither a gate, nor a wire, nor a server of their own."""

CONTROL = Family(
    "control",
    "UNP 5.2",
    "plain traffic without any fault",
    partial(workloads, ()),
    OF_MANY_KINDS,
    sweep=tuple(traffic()),
)
MIXED = Family(
    "mixed",
    "UNP 5",
    "all faults that need no gate, mixed in one workload",
    partial(workloads, tuple(FAULT_STRATEGIES[fault] for fault in FAULTS if fault in MIXABLE)),
    OF_MANY_KINDS,
)


def _alone(fault: type[Fault[Any]]) -> Strategy:
    if fault.ends_target:
        return stopping_workloads
    return partial(workloads, (FAULT_STRATEGIES[fault],))


def _examples(fault: type[Fault[Any]]) -> int:
    if fault.ends_target:
        return OF_AN_END
    if fault.over_wire:
        return OVER_A_WIRE
    return EXAMPLES.get(fault, Family.examples)


ON_REQUEST: tuple[Family, ...] = (
    Family(FailCall.name, FailCall.section, FailCall.summary, partial(workloads, ()), 0, FailCall),
)
"""Families that are tried where they are asked for: what they try is learnt from the target."""

FAMILIES: tuple[Family, ...] = (
    CONTROL,
    *families_of(FAULTS, _alone, sweep.of_fault, _examples),
    MIXED,
)
