"""Who goes on first: priorities with a few change points (PCT).

PCT (Burckhardt, Kothari, Musuvathi, Nagarakatte: "A Randomized Scheduler with Probabilistic
Guarantees of Finding Bugs", ASPLOS 2010) gives each thread a priority, and lets the one with the
highest that can go on do so. At a change point the thread that is about to go on gets the lowest
priority. A bug of depth d, one that needs d events in one order, shows with a probability of at
least 1 / (n k^(d-1)) a run, where n is the number of threads and k the number of events; the
priorities and the d-1 change points are drawn at random.

Here an event is a system call that is held, or an action of ours, and a change point is named by
its place: a call of this kind, by this actor, the nth since the schedule began.
"""

from collections.abc import Mapping

from faults.scheduling.trace import Place

WORKER = "worker"
"""How the name of a thread begins that is made during the schedule."""

SERVER, WORKERS = "the server", "its workers"
"""Groups of actors: all threads of the target, and those that are made during the schedule."""

_DEMOTED = 1 << 20
_YIELDED = 1 << 21
"""Ranks below those of actors that have met no change point, and below those that have."""


class Priorities:
    """The priorities of one run.

    `order`: actors, or groups of them, the highest first. `ours` come after these, and then all
    others as they appear. At each of the `changes` the actor that was to go on falls behind all
    others: the first of them still before the second. The places of the `sequence` go on in this
    order, each as late as it takes: what is not in it comes first.
    """

    def __init__(
        self,
        order: tuple[str, ...] = (),
        ours: tuple[str, ...] = (),
        changes: tuple[Place, ...] = (),
        sequence: tuple[Place, ...] = (),
    ) -> None:
        named = (*order, *(actor for actor in ours if actor not in order))
        self._named = {actor: rank for rank, actor in enumerate(named)}
        self._ranks: dict[str, tuple[int, int]] = {}
        self._changes = {place: (_DEMOTED, rank) for rank, place in enumerate(changes)}
        self._yields = 0
        self._sequence = list(sequence)

    @property
    def unmet(self) -> tuple[Place, ...]:
        """The change points that were not met, and what is left of the sequence."""
        return (*self._changes, *self._sequence)

    def pick(self, candidates: Mapping[str, Place]) -> str:
        """Return which of these actors goes on, by what each is about to do."""
        for actor in candidates:
            if actor not in self._ranks:
                self._ranks[actor] = self._rank_of(actor), len(self._ranks)
        return self._next_of_sequence(candidates) or self._highest(self._unlisted(candidates))

    def _next_of_sequence(self, candidates: Mapping[str, Place]) -> str:
        """Return the actor that is next in the sequence, if all who could go on are in it."""
        if not self._sequence or any(one not in self._sequence for one in candidates.values()):
            return ""
        for actor, place in candidates.items():
            if place == self._sequence[0]:
                del self._sequence[0]
                return actor
        return ""

    def _unlisted(self, candidates: Mapping[str, Place]) -> Mapping[str, Place]:
        others = {a: place for a, place in candidates.items() if place not in self._sequence}
        return others or candidates

    def _highest(self, candidates: Mapping[str, Place]) -> str:
        while True:
            best = min(candidates, key=self._ranks.__getitem__)
            rank = self._changes.pop(candidates[best], None)
            if rank is None:
                return best
            self._ranks[best] = rank

    def yield_to_others(self, actor: str) -> None:
        """Let all others go on first: this one only asks again and again."""
        self._ranks[actor] = _YIELDED, self._yields
        self._yields += 1

    def _rank_of(self, actor: str) -> int:
        groups = (actor, WORKERS if actor.startswith(WORKER) else SERVER, SERVER)
        return next((self._named[one] for one in groups if one in self._named), len(self._named))
