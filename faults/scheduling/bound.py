"""What a number of schedules is worth: the bound of PCT (see `faults.scheduling.priorities`)."""

import math


def probability(actors: int, places: int, depth: int) -> float:
    """Return the least probability with which one run shows a bug of this depth.

    Raises ValueError for numbers below one.
    """
    if min(actors, places, depth) < 1:
        raise ValueError(f"{actors} actors, {places} places, depth {depth}: one is the least")
    return 1.0 / (actors * float(places) ** (depth - 1))


def seen_with(actors: int, places: int, depth: int, runs: int) -> float:
    """Return the least probability with which so many runs, drawn independently, show it."""
    missed = 1 - probability(actors, places, depth)
    return 1 - missed**runs


def runs_for(actors: int, places: int, depth: int, certainty: float) -> int:
    """Return after how many runs it would have been seen with this certainty, below 1."""
    missed = 1 - probability(actors, places, depth)
    if missed == 0:
        return 1
    return math.ceil(math.log(1 - certainty) / math.log(missed))
