"""Fault families of a client: the rows of its grid."""

from functools import partial
from typing import Any

from faults.fault import Fault
from faults.registry import CLIENT_FAULTS
from properties.client.generation import sweep
from properties.client.generation.workloads import CLIENT_FAULT_STRATEGIES, workloads
from properties.model.role import OF_MANY_KINDS, Family, Strategy, families_of

OVER_A_WIRE = 4
"""Workloads between two hosts: the kernel's own timeouts pass in them."""

NEARBY = {
    fault: strategy for fault, strategy in CLIENT_FAULT_STRATEGIES.items() if not fault.over_wire
}
"""The faults that need no wire."""

CONTROL = Family(
    "control",
    "UNP 5.5",
    "lines typed and echoed, whole or in pieces, and an ordinary end",
    partial(workloads, {}),
    OF_MANY_KINDS,
    sweep=sweep.traffic(),
)
MIXED = Family(
    "mixed",
    "UNP 5",
    "all faults that need no wire, mixed in one workload",
    partial(workloads, NEARBY),
    OF_MANY_KINDS,
)


def _alone(fault: type[Fault[Any]]) -> Strategy:
    return partial(workloads, {fault: CLIENT_FAULT_STRATEGIES[fault]})


def _examples(fault: type[Fault[Any]]) -> int:
    return OVER_A_WIRE if fault.over_wire else Family.examples


CLIENT_FAMILIES: tuple[Family, ...] = (
    CONTROL,
    *families_of(CLIENT_FAULTS, _alone, sweep.of_fault, _examples),
    MIXED,
)
