"""How a target passes its time, learnt over all the runs of one command.

A wait in vain ends at once where nothing can change any more (`target.settled`). Where a thread
wakes by itself, or sleeps with a timeout, that is not certain, and a wait has to last. How long
depends on what for: a search that makes a case smaller may be in a hurry, for what it finds is run
once more with care.
"""

import enum
import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

TIMES_AS_LONG = 4.0
"""A shortened wait lasts so many times as long as the longest that was not in vain."""

IN_A_HURRY = 1.5
AFTER_ONE_IN_VAIN = 3.0
BOTH = 0.3
"""Seconds that a wait lasts at least: in a hurry; after another one in the same trial was in vain,
whose violation is known then, or in several other trials; and where both is so."""


class Haste(enum.Enum):
    """How long a wait lasts that is neither met nor certain to be in vain."""

    NONE = "as long as the patience"
    HURRIED = "as long as waits that were met have shown to be enough"
    CAREFUL = "as long as the patience, and timers get more time than usual"


TRIALS = 3
"""Trials in which nothing came of certain wake-ups, or of all of the patience, or a thread was seen
to spin, until that is not waited for in others. What is found without waiting is run once more with
care."""

RESTS = 4
"""Rests in a row during which only threads moved that wake by themselves, until such threads are
not waited for in a rest any more."""


@dataclass(frozen=True)
class WakeUps:
    """So many wake-ups of a thread, in at least so many seconds, from which nothing came."""

    times: int
    seconds: float


ENOUGH = {
    Haste.NONE: WakeUps(2, 0.5),
    Haste.HURRIED: WakeUps(2, 0.5),
    Haste.CAREFUL: WakeUps(6, 3.0),
}


OTHER_TRIALS = {Haste.NONE: TRIALS, Haste.HURRIED: 1, Haste.CAREFUL: math.inf}
"""Trials from which something is known in another one."""


@dataclass
class Pace:
    """What is known of one command, and how much of a hurry there is.

    `longest` are the seconds of the longest wait that was met. `harmless` are the calls from which
    threads woke by themselves and nothing came of it, each with the question that was waited for,
    and the trials in which that was seen; `trials` counts those that were begun.
    `timers_matter`: something came of it later, so that such threads are waited for from then on.
    `rests` counts, by the calls in which such threads slept, the rests in which nothing else moved.
    `in_vain`: a wait of this trial was, or the target floods, so that a violation is known;
    `lasted`: the trials in which one in vain lasted for all of the patience;
    `spinning`: the threads that were seen to spin in it, as in `spun` trials some were;
    `spun_at_start`: before anything had been asked of the target.
    `zombies_stay`: the target was waited for in vain to reap a worker of a client that had left.
    `ready`: whether it has ever served once it listened; None where that was not asked.
    `stays_on`: told to stop in the middle of its work it was waited for in vain.
    `shortcuts` counts the waits that would have lasted longer without all this.
    """

    haste: Haste = Haste.NONE
    longest: float = 0.0
    harmless: defaultdict[tuple[str, str], set[int]] = field(
        default_factory=lambda: defaultdict(set)
    )
    trials: int = 0
    timers_matter: bool = False
    rests: Counter[frozenset[str]] = field(default_factory=Counter)
    in_vain: bool = False
    lasted: set[int] = field(default_factory=set)
    spinning: set[int] = field(default_factory=set)
    spun: int = 0
    spun_at_start: bool = False
    zombies_stay: bool = False
    ready: bool | None = None
    stays_on: bool = False
    shortcuts: int = 0

    def begin_trial(self) -> None:
        """Record that another workload begins."""
        self.trials += 1
        self.in_vain = False
        self.spinning.clear()

    def patience(self, given: float) -> float:
        """Return for how many seconds to wait where the user gave so many."""
        if self.haste is Haste.HURRIED:
            least = BOTH if self.in_vain else IN_A_HURRY
        elif self.in_vain or len(self.lasted) >= OTHER_TRIALS[self.haste]:
            least = AFTER_ONE_IN_VAIN
        else:
            return given
        return min(given, max(least, TIMES_AS_LONG * self.longest))

    def was_in_vain(self, *, lasted: bool) -> None:
        """Record a wait in vain; `lasted`: for all of the patience."""
        self.in_vain = True
        if lasted:
            self.lasted.add(self.trials)

    def take_back(self, *, was_in_vain: bool) -> None:
        """Record that the last wait was none in vain; `was_in_vain`: whether another was before."""
        self.in_vain = was_in_vain
        if not was_in_vain:
            self.lasted.discard(self.trials)

    def learn(self, calls: Iterable[tuple[str, str]]) -> None:
        """Record that nothing came of the wake-ups from these calls."""
        for call in calls:
            self.harmless[call].add(self.trials)

    def knows(self, calls: Iterable[tuple[str, str]]) -> bool:
        """Return whether all these are known: from this trial, or from others as haste allows."""
        seen = [self.harmless.get(call, set()) for call in calls]
        enough = OTHER_TRIALS[self.haste]
        return all(self.trials in trials or len(trials) >= enough for trials in seen)

    def rested(self, calls: frozenset[str]) -> None:
        """Record a rest in which nothing moved but threads that woke from these calls."""
        self.rests[calls] += 1

    def stirred(self) -> None:
        """Record a rest in which something else moved once it had come to rest."""
        self.rests.clear()

    def rests_at_once(self, calls: frozenset[str]) -> bool:
        """Return whether threads that sleep in these calls need not be waited for in a rest."""
        return self.haste is not Haste.CAREFUL and self.rests[calls] >= RESTS

    def saw_spin(self, thread: int) -> None:
        """Record that a thread was seen to spin."""
        self.spun += not self.spinning
        self.spinning.add(thread)

    @property
    def expects_spin(self) -> bool:
        """Whether a thread that does not sleep is known to spin.

        From this trial, or from others as haste allows.
        """
        return bool(self.spinning) or self.spun >= OTHER_TRIALS[self.haste]

    def met(self, seconds: float) -> None:
        """Record a wait that was not in vain."""
        self.longest = max(self.longest, seconds)
