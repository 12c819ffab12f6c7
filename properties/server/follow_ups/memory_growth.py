"""How a server's memory grows, round by round, and when that can only be a leak.

Nothing here acts: `follow_ups.memory` makes the rounds and `bounded_memory` judges them, and both
use this module. A leak of malloc(3) grows with every connection, by the same amount, in memory in
use and allocated alike. Other growth does not: a virtual machine fills a heap that was allocated
before (Java, Go), a garbage collector gives back what it has let grow (Node), and pools and caches
stop growing.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from properties.server.follow_ups.events import MemoryRead

SMALLEST_LEAK = 1 << 10
"""Bytes a connection from which growth is examined: less cannot be told from noise."""

WARM_UP = 256
"""Exchanges before the first reading: Python, Go and Node have most of what they need by then."""

PROBES = 2
PROBE = 128
"""Exchanges in each of the rounds that show whether there is anything to examine."""

ROUNDS = 6
"""Rounds in which a server that has grown must go on growing."""

ENOUGH = 24 << 20
"""Bytes of growth in these rounds: collectors do not let garbage grow as far (Ruby: 16 MiB)."""

STEADY = 1.25
"""How much more a connection may leave in one of these rounds than in another: leaks that were
measured differ by 1 %, garbage-collected heaps by more than 100 %."""

MARGIN = 4 / 3
"""How much more the rounds aim at, because the probes may have shown more than is lost for good."""

LEAST_CONNECTIONS = 4200
"""Connections in these rounds: CPython collects cycles when 700 new containers, or 2000 (3.14), are
there, and a connection may leave no more than one."""

MOST_GROWTH = 256 << 20
"""Bytes of growth that the rounds may cause for the sake of so many connections."""


@dataclass(frozen=True)
class Round:
    """How much memory some exchanges have taken, in bytes."""

    connections: int
    resident: int
    writable: int

    @property
    def each(self) -> float:
        """Bytes a connection."""
        return self.resident / self.connections

    @property
    def grew(self) -> bool:
        """Whether it was as much as the smallest leak that is examined."""
        return self.connections > 0 and self.each >= SMALLEST_LEAK


def rounds(readings: Iterable[MemoryRead]) -> list[Round]:
    """Return what each round took; the first reading is that after the warm-up."""
    return [
        Round(
            after.connections - before.connections,
            after.resident - before.resident,
            after.writable - before.writable,
        )
        for before, after in pairwise(readings)
    ]


def total(made: Sequence[Round]) -> Round:
    """Return several rounds as one."""
    return Round(
        sum(each.connections for each in made),
        sum(each.resident for each in made),
        sum(each.writable for each in made),
    )


def may_be_a_leak(made: Sequence[Round]) -> bool:
    """Return whether all rounds grew, in proportion to their exchanges, allocated memory too.

    Memory is allocated in large pieces, so three rounds are taken together for that.
    """
    amounts = [one.each for one in made]
    if not all(one.grew for one in made) or (amounts and max(amounts) > STEADY * min(amounts)):
        return False
    half = ROUNDS // 2
    parts = [total(made[start : start + half]) for start in range(0, len(made) - half + 1, half)]
    return all(2 * part.writable >= part.resident for part in parts)


def size_of_rounds(probed: Round) -> int:
    """Return how many exchanges a round needs, so that all of them show enough growth."""
    for_growth = MARGIN * ENOUGH / probed.each
    for_connections = min(LEAST_CONNECTIONS, MOST_GROWTH / probed.each)
    return math.ceil(max(for_growth, for_connections) / ROUNDS)
