"""Sweeps: finite choices of which each is tried once, whatever the seed.

Which error a call fails with, which signal is sent, what meets what: a random draw of some dozen
workloads leaves some of them out, and the same server conforms with one seed and fails with the
next. So they are listed, and tried before anything is drawn.
"""

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from properties.model.steps import Workload

ATTEMPTS = 3
"""How often a choice is tried whose fault has missed its moment."""


class Scope(enum.Enum):
    """Which of the finite choices are tried."""

    ALL = "all"
    MOST_IMPORTANT = "those that matter most"
    NONE = "none"


@dataclass(frozen=True)
class Choice:
    """One value of a finite choice, as a workload.

    `group` names what is chosen: "errors of accept". `clients` are connected at once in it.
    `matters` most: tried in a quick run as well.
    """

    group: str
    value: str
    workload: Workload
    clients: int = 2
    matters: bool = False


@dataclass
class Swept:
    """How many values of a group there are, how many were tried, and which were not, and why."""

    of: int = 0
    tried: int = 0
    missing: dict[str, str] = field(default_factory=dict)

    def add(self, other: "Swept") -> None:
        """Add what another worker has tried."""
        self.of += other.of
        self.tried += other.tried
        self.missing.update(other.missing)

    def note(self, value: str, why_not: str) -> None:
        """Count a value; `why_not` is empty where it was tried."""
        self.of += 1
        self.tried += not why_not
        if why_not:
            self.missing[value] = why_not


def within(choices: Iterable[Choice], scope: Scope) -> tuple[Choice, ...]:
    """Return the choices that are tried."""
    if scope is Scope.NONE:
        return ()
    return tuple(choice for choice in choices if scope is Scope.ALL or choice.matters)


def merge(swept: dict[str, Swept], other: Mapping[str, Swept]) -> None:
    """Add what another worker has tried, by group."""
    for group, one in other.items():
        swept.setdefault(group, Swept()).add(one)
