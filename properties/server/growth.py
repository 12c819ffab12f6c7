"""Telling a leak from a pool: a leak grows every time the workload is repeated.

So does a pool that starts a thread for each new client until it has a hundred. Therefore many
control exchanges come between the first and the last repetitions, and fill it.
"""

from collections.abc import Callable
from itertools import pairwise

from properties.model.history import History
from properties.server.events import Census, Filled, NotRepeated
from properties.server.resources import InitialResources

REPETITIONS = 6
"""How often a workload that left more than it found is repeated: each time must leave more."""

FILLING = 512
"""Control exchanges before the last of these repetitions: a pool is full by then."""

_COUNTED = ("end", "repeat")


def has_grown(first: InitialResources, counted: Census) -> bool:
    """Return whether a target has more descriptors, threads or processes than at first."""
    return (
        counted.descriptors > first.descriptors
        or counted.threads > first.threads
        or bool(counted.strays)
    )


def left_unrepeated(first: InitialResources, counted: Census, at: float, why: str) -> NotRepeated:
    """Return the record of what has grown when the workload is not repeated."""
    return NotRepeated(
        at,
        descriptors=max(0, counted.descriptors - first.descriptors),
        threads=max(0, counted.threads - first.threads),
        strays=len(counted.strays),
        why=why,
    )


def series(history: History, count: Callable[[Census], int]) -> list[int]:
    """Return a count after the workload and after each of its repetitions."""
    return [count(census) for census in history.of(Census) if census.label in _COUNTED]


def grows_each_time(values: list[int]) -> bool:
    """Return whether all repetitions were made and each left more than the one before."""
    return len(values) == 1 + REPETITIONS and all(
        earlier < later for earlier, later in pairwise(values)
    )


def unknown(history: History, values: list[int], more: Callable[[NotRepeated], int]) -> str | None:
    """Return why it is not known whether growth goes on, in words; None where it is.

    `values` is a series, `more` what has grown at the end of a workload that was not repeated.
    """
    for event in history.of(NotRepeated):
        if more(event):
            return f"{more(event)} more than at first, but nothing was repeated: {event.why}"
    repetitions = len(values) - 1
    if 0 < repetitions < REPETITIONS and all(a < b for a, b in pairwise(values)):
        return f"it grew each time ({listed(values)}), but the repetitions broke off"
    return None


def doubt(history: History) -> str | None:
    """Return why growth may be that of a pool, in words; None when it shows a leak."""
    made = max((filled.exchanges for filled in history.of(Filled)), default=0)
    if made >= FILLING:
        return None
    return f"it grew each time, but {made} connections are too few to tell a leak from a pool"


def listed(values: list[int]) -> str:
    """Format a series: "8, 9, 10"."""
    return ", ".join(map(str, values))


def last(history: History) -> Census | None:
    """Return the last census of all."""
    return next(reversed(list(history.of(Census))), None)
