"""How a target passes its time, learnt over all the runs of one command.

A wait in vain ends at once where nothing can change any more (`target.settled`). Where a thread
wakes by itself, or sleeps with a timeout, that is not certain, and a wait has to last. How long
depends on what for: a search that makes a case smaller may be in a hurry, for what it finds is run
once more with care.
"""

import enum
from dataclasses import dataclass, field

SHORTEST_PATIENCE = 1.0
"""Seconds that a wait in a hurry lasts at least."""

TIMES_AS_LONG = 4.0
"""A wait in a hurry lasts so many times as long as the longest that was not in vain."""


class Haste(enum.Enum):
    """How long a wait lasts that is neither met nor certain to be in vain."""

    NONE = "as long as the patience"
    HURRIED = "as long as waits that were met have shown to be enough"
    CAREFUL = "as long as the patience, and timers get more time than usual"


@dataclass(frozen=True)
class WakeUps:
    """So many wake-ups of a thread, in at least so many seconds, from which nothing came."""

    times: int
    seconds: float


ENOUGH = {
    Haste.NONE: WakeUps(4, 1.0),
    Haste.HURRIED: WakeUps(4, 1.0),
    Haste.CAREFUL: WakeUps(8, 3.0),
}


@dataclass
class Pace:
    """What is known of one command, and how much of a hurry there is.

    `longest` are the seconds of the longest wait that was met. `harmless` are the calls from which
    threads woke by themselves and nothing came of it, each with the question that was waited for.
    `timers_matter`: something came of it later, so that such threads are waited for from then on.
    `shortcuts` counts the waits that would have lasted longer without all this.
    """

    haste: Haste = Haste.NONE
    longest: float = 0.0
    harmless: set[tuple[str, str]] = field(default_factory=set)
    timers_matter: bool = False
    shortcuts: int = 0

    def patience(self, given: float) -> float:
        """Return for how many seconds to wait where the user gave so many."""
        if self.haste is not Haste.HURRIED:
            return given
        return min(given, max(SHORTEST_PATIENCE, TIMES_AS_LONG * self.longest))

    def met(self, seconds: float) -> None:
        """Record a wait that was not in vain."""
        self.longest = max(self.longest, seconds)
