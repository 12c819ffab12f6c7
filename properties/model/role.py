"""The two roles that a target may have: what it is tested with, and what judges it."""

import types
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from faults.fault import Fault
from properties.model.events import Event
from properties.model.ladder import MOST_COLUMNS, Picture
from properties.model.settings import Limits
from properties.model.steps import Step, Workload
from properties.model.sweep import Choice, Drawn
from properties.model.target_spec import RoleName
from properties.model.verdict import Invariant

if TYPE_CHECKING:
    # Loading it takes longer than most else that a run needs (properties.engine.choosing).
    from hypothesis import strategies as st


class Draw(Protocol):
    """Draws a history with its violation in words, in so many columns at the most."""

    def __call__(
        self,
        events: Sequence[Event],
        violation: str,
        most_columns: int = MOST_COLUMNS,
        *,
        segments: bool = False,
    ) -> Picture | None:
        """Return the diagram, None for an empty history; with all segments where asked for."""


QUICK_SHARE = 4
"""A quick run draws one of so many workloads of a family."""

Strategy = Callable[[Limits], "st.SearchStrategy[Workload]"]
"""The strategy for the workloads of a family, within a target's limits."""


@dataclass(frozen=True)
class Vocabulary:
    """The names that cases of one role are written in, and what they stand for."""

    steps: dict[str, type[Step]]
    faults: dict[str, type[Fault[Any]]]
    events: dict[str, type[Event]]


def vocabulary(
    steps: dict[str, type[Step]], faults: Iterable[type[Fault[Any]]], *modules: types.ModuleType
) -> Vocabulary:
    """Return a vocabulary: the events are all those in these modules."""
    kinds = (kind for module in modules for kind in vars(module).values())
    events = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, Event)]
    return Vocabulary(
        steps=steps,
        faults={fault.name: fault for fault in faults},
        events={kind.__name__: kind for kind in events if kind is not Event},
    )


OF_MANY_KINDS = 16
"""Workloads that are drawn of traffic alone, and of all faults together: little of it is finite."""


@dataclass(frozen=True)
class Family:
    """A row of the grid: its name, where it comes from, what it does.

    `workloads` returns the strategy for its workloads within a target's limits.
    """

    name: str
    section: str
    summary: str
    workloads: Strategy
    examples: int = 8
    """Workloads that are drawn unless the user says how many."""
    fault: type[Fault[Any]] | None = None
    """The fault that the family is about, None for one about all of them or none."""
    sweep: tuple[Choice, ...] = ()
    """Finite choices of which each is tried once, whatever the seed."""
    drawn: tuple[Drawn, ...] = ()
    """What is known of groups of them that were drawn."""

    @property
    def few(self) -> int:
        """Workloads that are drawn in a quick run."""
        return -(-self.examples // QUICK_SHARE)


@dataclass(frozen=True)
class Role:
    """One role: its rows and columns of the grid, the words of its cases, how a history is drawn.

    `closing` says how every workload ends, `picture` draws a history with its violation.
    """

    name: RoleName
    families: tuple[Family, ...]
    invariants: tuple[Invariant, ...]
    words: Vocabulary
    picture: Draw
    closing: str
    on_request: tuple[Family, ...] = ()
    """Families that are tried only where that is asked for; their cases can be replayed."""

    @property
    def all_families(self) -> tuple[Family, ...]:
        """All families, also those on request."""
        return (*self.families, *self.on_request)

    def family(self, name: str) -> Family:
        """Return the family with this name. Raises KeyError when there is none."""
        return {family.name: family for family in self.all_families}[name]


def families_of(
    faults: Iterable[type[Fault[Any]]],
    strategy_of: Callable[[type[Fault[Any]]], Strategy],
    sweep_of: Callable[[type[Fault[Any]]], tuple[Choice, ...]],
    examples_of: Callable[[type[Fault[Any]]], int] = lambda _: Family.examples,
) -> tuple[Family, ...]:
    """Return a family for each fault, which draws workloads with this fault alone.

    `strategy_of` returns, for a fault, the function from limits to the strategy for its workloads,
    `sweep_of` its finite choices.
    """
    return tuple(
        Family(
            fault.name,
            fault.section,
            fault.summary,
            strategy_of(fault),
            examples_of(fault),
            fault,
            sweep_of(fault),
        )
        for fault in faults
    )
