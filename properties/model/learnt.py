"""What is known of a target after some workloads, so that it is not asked for again.

Every process that runs parts of a run has one; between two parts it gets what the others have
learnt meanwhile.
"""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from signal import Signals
from typing import Protocol, TypeVar

from properties.model.events import Conclusion
from properties.model.levels import Level
from target.inherited import Inherited

MEND_IT = "most was not tried: {what}; mend that first, or name the faults with --fault"


@dataclass(frozen=True)
class Rehearsed:
    """Which signals a target survives unchanged, and which are orders to it, with what they did."""

    harmless: tuple[Signals, ...] = ()
    orders: tuple[tuple[Signals, str], ...] = ()

    @property
    def remarks(self) -> list[str]:
        """Return for each order why it is not sent, in words."""
        return [
            f"{number.name} is an order to the target, and is not sent: {effect} when it was "
            f"tried; --signal {number.name.removeprefix('SIG')} sends it all the same"
            for number, effect in self.orders
        ]


@dataclass
class Starts:
    """How a server starts: the seconds of the longest usual start; why it did not start otherwise.

    `refused` has, by what it was to inherit, why it did not start so.
    """

    longest: float = 0.0
    refused: dict[Inherited, str] = field(default_factory=dict)

    def merge(self, other: "Starts") -> None:
        """Add what another process has seen."""
        self.longest = max(self.longest, other.longest)
        self.refused |= other.refused


@dataclass
class Learnt:
    """What is known of a target.

    `shrunk` has the violations (`Trial.violations`) that have been shrunk, with their level: one
    smallest case of each is enough, until a stronger one is found. `searches` counts, by violation
    and level, the searches for a smallest case, and `shrinking` the seconds that they took.
    `answered` are the invariants of follow-ups that were violated: the follow-up would show the
    same after workloads of another family. `plain`, by family and violation, says whether it shows
    without the faults of the family as well. `starts`: how a server starts. `rehearsed`: what its
    signals did to it, None before that was tried. `takes_no_names`: why a client is given no name
    for its server's address, "" where it takes one, None before that was tried. `plain_fails`: how
    each fresh target fails without a fault, and what that costs, in words; "" where it does not.
    """

    shrunk: dict[str, Level] = field(default_factory=dict)
    searches: Counter[tuple[str, Level]] = field(default_factory=Counter)
    answered: set[str] = field(default_factory=set)
    plain: dict[tuple[str, str], bool] = field(default_factory=dict)
    starts: Starts = field(default_factory=Starts)
    rehearsed: Rehearsed | None = None
    takes_no_names: str | None = None
    plain_fails: str = ""
    shrinking: float = 0.0

    def merge(self, other: "Learnt") -> None:
        """Add what another process has learnt. The seconds are added up by who merges."""
        for invariant, level in other.shrunk.items():
            self.shrunk[invariant] = max(level, self.shrunk.get(invariant, level))
        self.searches |= other.searches
        self.answered |= other.answered
        self.plain |= other.plain
        self.starts.merge(other.starts)
        self.rehearsed = self.rehearsed or other.rehearsed
        self.plain_fails = self.plain_fails or other.plain_fails
        if self.takes_no_names is None:
            self.takes_no_names = other.takes_no_names


class Wait(Protocol):
    """How a wait for the target ended."""

    @property
    def conclusion(self) -> Conclusion:
        """What is known of it."""


Waited = TypeVar("Waited", bound=Wait)


class PlainFailures:
    """Counts fresh targets in a row that failed without a fault, in a way that lasts.

    The next one is not expected to do better: any workload takes long then, and shows the same.
    `often`: how many are enough.
    """

    def __init__(self, often: int) -> None:
        self._often = often
        self._in_a_row = 0

    def take(self, waits: Iterable[Waited], how: Callable[[Waited], str], learnt: Learnt) -> None:
        """Process the waits for a target to which nothing was done; `how` says what one was for.

        Only those that lasted count: without them a run is over soon.
        """
        lasting = [one for one in waits if one.conclusion.took_the_patience]
        proven = [one for one in lasting if one.conclusion.is_proof]
        if proven:
            self.failed(how(proven[0]), learnt)
        elif not lasting:
            self._in_a_row = 0

    def failed(self, how: str, learnt: Learnt) -> None:
        """Record that one has failed; `how` says it of all of them."""
        self._in_a_row += 1
        if self._in_a_row == self._often and not learnt.plain_fails:
            learnt.plain_fails = MEND_IT.format(what=how)
