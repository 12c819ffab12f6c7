"""What is done to which segments: rules, and the book that says what becomes of each segment.

Each rule counts the segments that it is about, so that "the second data segment from the server" is
a rule. The first rule that acts on a segment decides.
"""

import enum
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

from faults.wire.segments import Direction, Fate, Kind, Segment, Unreachable


class Action(enum.Enum):
    """What is done to a segment."""

    LOSE = "lost"
    HOLD = "held"
    """Until it is released, or the rule is lifted."""
    DOUBLE = "doubled"
    OVERTAKEN = "overtaken by the next"
    """Held until the next segment of its direction and connection has passed."""
    HOST_UNREACHABLE = "answered with host unreachable"
    NETWORK_UNREACHABLE = "answered with network unreachable"


FATES = {
    Action.LOSE: Fate.LOST,
    Action.HOLD: Fate.HELD,
    Action.OVERTAKEN: Fate.HELD,
    Action.DOUBLE: Fate.DOUBLED,
    Action.HOST_UNREACHABLE: Fate.UNREACHABLE,
    Action.NETWORK_UNREACHABLE: Fate.UNREACHABLE,
}
"""What becomes of a segment that this is done to."""

CODES = {
    Action.HOST_UNREACHABLE: Unreachable.HOST,
    Action.NETWORK_UNREACHABLE: Unreachable.NETWORK,
}
"""What it is answered with."""


@dataclass(frozen=True)
class Rule:
    """What is done, and to which segments.

    `direction` None: both; `kinds` empty: all; `port` 0: of every peer, else of the one with this
    port, or of all from there to `last_port`. It is about segments whose window is not
    smaller than `least_window`: 1 leaves those out that close it. Of the segments that match it
    acts on the `first` (1 is the first) and those that follow, `count` in all, None: without end.
    """

    action: Action
    direction: Direction | None = None
    kinds: frozenset[Kind] = frozenset()
    port: int = 0
    last_port: int = 0
    least_window: int = 0
    first: int = 1
    count: int | None = None

    def matches(self, segment: Segment) -> bool:
        """Return whether it is about this segment, whether or not its turn has come."""
        return (
            self.direction in (None, segment.direction)
            and (not self.kinds or segment.kind in self.kinds)
            and segment.window >= self.least_window
            and (not self.port or self.port <= segment.port <= max(self.port, self.last_port))
        )


@dataclass
class Entry:
    """One rule in force: how many segments it has been about, acted on, and holds, as frames.

    `hits_again` counts those of its hits that were sent again.
    """

    rule: Rule
    seen: int = 0
    hits: int = 0
    hits_again: int = 0
    held: list[tuple[Segment, bytes]] = field(default_factory=list)

    def acts_on(self, segment: Segment) -> bool:
        """Count a segment; return whether the rule acts on it."""
        if not self.rule.matches(segment):
            return False
        self.seen += 1
        last = None if self.rule.count is None else self.rule.first + self.rule.count
        if self.seen < self.rule.first or (last is not None and self.seen >= last):
            return False
        self.hits += 1
        self.hits_again += segment.again
        return True


class RuleBook:
    """The rules in force."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self.entries: dict[int, Entry] = {}

    def add(self, rule: Rule) -> int:
        """Put a rule in force; return its number."""
        number = next(self._numbers)
        self.entries[number] = Entry(rule)
        return number

    def lift(self, number: int) -> list[tuple[Segment, bytes]]:
        """Lift a rule; return what it held."""
        entry = self.entries.pop(number, None)
        return entry.held if entry else []

    def hits(self, number: int) -> int:
        """Return on how many segments a rule has acted."""
        entry = self.entries.get(number)
        return entry.hits if entry else 0

    def hits_again(self, number: int) -> int:
        """Return on how many segments that were sent again a rule has acted."""
        entry = self.entries.get(number)
        return entry.hits_again if entry else 0

    def decide(self, segment: Segment) -> Entry | None:
        """Return the entry that acts on a segment; every rule counts it."""
        acting = [entry for entry in self.entries.values() if entry.acts_on(segment)]
        return acting[0] if acting else None

    def overtaken_by(self, segment: Segment) -> Iterable[tuple[Segment, bytes]]:
        """Yield what was waiting for this segment to pass."""
        for entry in self.entries.values():
            if entry.rule.action is Action.OVERTAKEN:
                passed = [one for one in entry.held if _same_way(one[0], segment)]
                entry.held = [one for one in entry.held if not _same_way(one[0], segment)]
                yield from passed


def _same_way(one: Segment, other: Segment) -> bool:
    return (one.direction, one.port) == (other.direction, other.port)
