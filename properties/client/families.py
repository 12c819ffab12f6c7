"""Fault families of a client: the rows of its grid."""

from functools import partial
from typing import Any

from faults.fault import Fault
from faults.registry import CLIENT_FAULTS
from properties.client import sweep
from properties.client.generation import CLIENT_FAULT_STRATEGIES, workloads
from properties.model.role import Family, Strategy, families_of

CONTROL = Family(
    "control",
    "UNP 5.5",
    "lines typed and echoed, whole or in pieces, and an ordinary end",
    partial(workloads, {}),
    sweep=sweep.traffic(),
)
MIXED = Family(
    "mixed",
    "UNP 5",
    "all faults mixed in one workload",
    partial(workloads, CLIENT_FAULT_STRATEGIES),
)


def _alone(fault: type[Fault[Any]]) -> Strategy:
    return partial(workloads, {fault: CLIENT_FAULT_STRATEGIES[fault]})


CLIENT_FAMILIES: tuple[Family, ...] = (
    CONTROL,
    *families_of(CLIENT_FAULTS, _alone, sweep.of_fault),
    MIXED,
)
