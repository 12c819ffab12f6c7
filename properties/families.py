"""Fault families: the rows of the grid. Each is a kind of workload."""

from dataclasses import dataclass

from hypothesis import strategies as st

from faults.registry import FAULTS
from properties.server import Limits
from properties.steps import Workload
from properties.strategies import DRAWINGS, Drawing, workloads


@dataclass(frozen=True)
class Family:
    """A row of the grid: its name, where it comes from, what it does, how its faults are drawn."""

    name: str
    section: str
    summary: str
    drawings: tuple[Drawing, ...]

    def workloads(self, limits: Limits) -> st.SearchStrategy[Workload]:
        """Return the strategy for this family's workloads, within a server's limits."""
        return workloads(self.drawings, limits)


CONTROL = Family("control", "UNP 5.2", "plain traffic without any fault", ())
MIXED = Family(
    "mixed", "UNP 5", "all faults mixed in one workload", tuple(DRAWINGS[fault] for fault in FAULTS)
)
FAMILIES: tuple[Family, ...] = (
    CONTROL,
    *(Family(fault.name, fault.section, fault.summary, (DRAWINGS[fault],)) for fault in FAULTS),
    MIXED,
)


def named(name: str) -> Family:
    """Return the family with this name. Raises KeyError when there is none."""
    return {family.name: family for family in FAMILIES}[name]
