"""Fault families: the rows of the grid. Each is a kind of workload."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from hypothesis import strategies as st

from faults.registry import FAULTS
from properties.server import Limits
from properties.steps import Workload
from properties.strategies import DRAWINGS, workloads


@dataclass(frozen=True)
class Family:
    """A row of the grid: its name, where it comes from, what it does.

    `workloads` returns the strategy for its workloads within a target's limits.
    """

    name: str
    section: str
    summary: str
    workloads: Callable[[Limits], st.SearchStrategy[Workload]]
    examples: int = 40
    """Workloads that are tried unless the user says how many."""


AT_THE_GATE = 24
"""Workloads of a fault that comes at the very call: few are needed, for none of them misses it."""


CONTROL = Family("control", "UNP 5.2", "plain traffic without any fault", partial(workloads, ()))
MIXED = Family(
    "mixed",
    "UNP 5",
    "all faults that need no gate, mixed in one workload",
    partial(workloads, tuple(DRAWINGS[fault] for fault in FAULTS if not fault.calls)),
)
FAMILIES: tuple[Family, ...] = (
    CONTROL,
    *(
        Family(
            fault.name,
            fault.section,
            fault.summary,
            partial(workloads, (DRAWINGS[fault],)),
            AT_THE_GATE if fault.calls else Family.examples,
        )
        for fault in FAULTS
    ),
    MIXED,
)
