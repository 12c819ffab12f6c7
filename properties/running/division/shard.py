"""A shard: one of N divisions of a plan, of the same cost as far as that is known.

Which part belongs to which shard follows from the plan alone, so that machines which do not know
each other agree, and no part is run twice or by none.
"""

import re
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from properties.running.errors import UsageError

MOST = 1000
"""The most shards of a run."""

_WRITTEN = re.compile(r"([0-9]{1,4})/([0-9]{1,4})")


@dataclass(frozen=True)
class Shard:
    """One of `of` shards; the first has the number 1."""

    number: int
    of: int

    def __str__(self) -> str:
        return f"{self.number}/{self.of}"


def is_shard(number: int, of: int) -> bool:
    """Return whether there is a shard of this number in so many."""
    return 1 <= number <= of <= MOST


def shard_called(words: str | None) -> Shard | None:
    """Return the shard K/N of `--shard`, None where none was asked for. Raises UsageError."""
    if words is None:
        return None
    found = _WRITTEN.fullmatch(words)
    if found is not None and is_shard(int(found[1]), int(found[2])):
        return Shard(int(found[1]), int(found[2]))
    raise UsageError(f"--shard {words}: write K/N, the shard K from 1 to N, at most {MOST} of them")


def shards_by_cost(costs: Sequence[int], of: int) -> list[int]:
    """Return the number of the shard of each item: the dearest first, to the least loaded shard.

    Items of the same cost go to one shard after the other in their order, so that each shard has
    some of everything.
    """
    loads, numbers = [0] * of, [0] * len(costs)
    for place in sorted(range(len(costs)), key=lambda one: (-costs[one], one)):
        least = loads.index(min(loads))
        loads[least] += costs[place]
        numbers[place] = least + 1
    return numbers


def shard_by_name(name: str, of: int) -> int:
    """Return the number of the shard of something that not every machine may know of."""
    return zlib.crc32(name.encode()) % of + 1


def missing_of(numbers: Iterable[int], of: int) -> list[int]:
    """Return the numbers of the shards that are not there."""
    return sorted(set(range(1, of + 1)) - set(numbers))
