"""Shrinking a workload until no step can be taken out, and no number lowered.

All but the faults and their clients is taken out at once, where that fails as well; then clients
are taken out, and runs of steps. What is left is lowered, field by field, for as long as the same
invariant is still violated. The last fault is taken out last: while it makes the moment certain,
the clients that only made it likely can be taken out.

Each kind of change goes once through the workload and continues where it has just succeeded,
instead of beginning again: a long workload costs a number of runs that grows with its length, not
with its square. All kinds are repeated until none of them changes anything.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from properties.model.steps import Workload, clients, is_workload
from properties.search.reductions import (
    bare_faults,
    faults,
    lower,
    made_certain,
    renumbered,
    without_clients,
    without_weak_faults,
)

PARTS = 8
"""Into how many parts the clients are divided, of which only one is kept."""

StillFails = Callable[[Workload], bool]


def minimise(
    workload: Workload, still_fails: StillFails, may_go_on: Callable[[], bool]
) -> Workload:
    """Return the smallest workload found that still fails, starting from one that does.

    `still_fails` runs a candidate; `may_go_on` says whether there is time for another.
    """
    reduction = _Reduction(workload, still_fails, may_go_on)
    reduction.repeat(reduction.take_out, reduction.lower, reduction.take_out_all_faults)
    return reduction.workload


def take_out(
    workload: Workload, still_fails: StillFails, may_go_on: Callable[[], bool]
) -> Workload:
    """Return what is left when clients and steps are taken out, and no number is lowered."""
    reduction = _Reduction(workload, still_fails, may_go_on)
    reduction.repeat(reduction.take_out)
    return reduction.workload


@dataclass
class _Reduction:
    workload: Workload
    still_fails: StillFails
    may_go_on: Callable[[], bool]

    def repeat(self, *passes: Callable[[], None]) -> None:
        """Go through the workload until a whole round has changed nothing, or time is up."""
        before = None
        while before != self.workload and self.may_go_on():
            before = self.workload
            for one in passes:
                one()

    def take_out(self) -> None:
        """Make the faults certain, and leave out clients, steps, and all faults but one."""
        # Before the clients of the others are gone: without it the violation may be a stronger one.
        self._attempt(without_weak_faults(self.workload))
        # Most often the fault alone matters: that is seen at once, also where runs are slow.
        self._attempt(renumbered(bare_faults(self.workload)))
        while any(map(self._attempt, made_certain(self.workload))):
            pass
        while self._only_a_part_of_the_clients():
            pass
        self._without_clients()
        self._without_steps(fewest_faults=faults(self.workload))
        self._without_steps(fewest_faults=1)

    def lower(self) -> None:
        """Lower every field of every step, and number the clients from one."""
        for place in range(len(self.workload)):
            while self._lower_step(place):
                pass
        self._attempt(renumbered(self.workload))

    def take_out_all_faults(self) -> None:
        """Leave out the last fault, if the workload fails without it."""
        self._without_steps(fewest_faults=0)

    def _attempt(self, candidate: Workload) -> bool:
        if candidate == self.workload or not is_workload(candidate):
            return False
        if not self.may_go_on() or not self.still_fails(candidate):
            return False
        self.workload = candidate
        return True

    def _only_a_part_of_the_clients(self) -> bool:
        """Keep a few clients and nothing of the others: the fastest way, where it succeeds."""
        named = clients(self.workload)
        size = -(-len(named) // PARTS)
        return size < len(named) and any(
            self._attempt(
                without_clients(self.workload, frozenset(named) - set(named[at : at + size]))
            )
            for at in range(0, len(named), size)
        )

    def _without_clients(self) -> None:
        named = clients(self.workload)
        length = len(named) // 2
        while length:
            for start, end in _runs(len(named), length):
                self._attempt(without_clients(self.workload, frozenset(named[start:end])))
            named = clients(self.workload)
            length = min(length, len(named)) // 2

    def _without_steps(self, *, fewest_faults: int) -> None:
        """Leave out runs of steps, long ones first, from the end."""
        length = len(self.workload) // 2 or 1
        while length:
            # From the end: what is taken out does not move what comes before it.
            for start, end in _runs(len(self.workload), length):
                less = (*self.workload[:start], *self.workload[end:])
                if faults(less) >= min(fewest_faults, faults(self.workload)):
                    self._attempt(less)
            length //= 2

    def _lower_step(self, place: int) -> bool:
        before, after = self.workload[:place], self.workload[place + 1 :]
        return any(
            self._attempt((*before, lowered, *after)) for lowered in lower(self.workload[place])
        )


def _runs(count: int, length: int) -> Iterator[tuple[int, int]]:
    """Divide `count` places into runs of a length, from the end; the first may be shorter."""
    return ((max(0, end - length), end) for end in range(count, 0, -length))
