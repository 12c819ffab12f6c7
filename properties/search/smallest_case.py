"""From the workloads that violated an invariant to the one case that is kept.

A defect that shows each time must not be shrunk to a case that shows only sometimes: the smallest
workload would always be one that failed by chance. So all runs of every workload are recorded, and
one that has once not failed is no longer accepted as certain. Where no workload is certain, what
may make one certain is added to it (`sharpened`, `repeated`); and only where that does not, the
one that fails most often is kept, with its measured rate.
"""

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from properties.model.levels import Level
from properties.model.steps import Workload, is_workload, without_faults
from properties.model.trial import Trial
from properties.search import rare_failures
from properties.search.measured_case import Smallest, measured
from properties.search.reductions import (
    all_certain,
    faults,
    repeated,
    spread,
    without_missed,
)
from properties.search.reproduction import CERTAIN, SEEMS_CERTAIN, Enough, Reproductions
from properties.search.shrinker import minimise, take_out

BUDGET = 10.0
"""Seconds for shrinking one violation; it is run again at least once."""

DESCENT = 4.0
"""Seconds of them for the first descent, in which one failure is enough for each step."""

MEASURED = 10
"""Runs of the smallest case, to see how often it fails."""

SHARPENING = 3.0
"""Seconds that are added to the budget where nothing fails each time: something is added to the
smallest that may make it do so."""

MEASURING = 2.0
"""Seconds after which fewer runs are enough, if it is certain by them: each takes long then."""

FRESH = 3
"""Workloads that are tried on fresh targets, where none fails each time or half of the time."""

CANDIDATES = 16
"""At most so many workloads are searched for one that fails each time."""

ROUNDS = 3
"""How often to begin again when the smallest turned out to fail only sometimes."""


@dataclass
class Search:
    """The search for the smallest case of one violation (`Trial.violations`).

    `run` makes and judges a trial, `elapsed` returns the seconds that the search has taken so far.
    `run_afresh` does it on a fresh target, which has run nothing before (None: all are fresh).
    `patiently`: where no workload fails often, go on to look for one that fails seldom. `limit`:
    seconds that the search may take, however long it would otherwise. `level`: that of the
    violation that is looked for; weaker ones do not count. `connect` makes the steps with which the
    clients connect that a fault brings. `sharpened` returns workloads that may show each time what
    one shows now and then (None: nothing is added to any). `tell` is called with a case that may
    be the smallest, before it is measured how often it fails. `doubt` is called where what was
    found does not fail each time: from then on the search is one for luck.
    """

    violation: str
    run: Callable[[Workload], Trial]
    elapsed: Callable[[], float]
    patiently: bool = False
    limit: float = math.inf
    level: Level = Level.MAY
    run_afresh: Callable[[Workload], Trial] | None = None
    connect: Callable[[int], Workload] | None = None
    sharpened: Callable[[Workload], Iterator[Workload]] | None = None
    tell: Callable[[Smallest], None] = lambda _: None
    doubt: Callable[[], None] = lambda: None
    _runs: Reproductions = field(init=False)
    _made: int = 0
    _seldom: bool = False
    _is_misled: bool = False
    _doubtful: list[Workload] = field(default_factory=list)
    _sure: Workload | None = None
    _sharpening: float = 0.0
    _before: str = ""

    def __post_init__(self) -> None:
        """Begin without any runs."""
        self._runs = self._counted(self.run)

    def _counted(self, run: Callable[[Workload], Trial]) -> Reproductions:
        def counted(workload: Workload) -> Trial:
            self._made += 1
            return run(workload)

        return Reproductions(self.violation, counted, self.level)

    @property
    def budget(self) -> float:
        """Seconds that the search takes at most."""
        longest = max(BUDGET, rare_failures.BUDGETS[-1] if self._seldom else 0.0)
        return min(longest + self._sharpening, self.limit)

    def find(self, found: Iterable[Workload]) -> Smallest | None:
        """Return the smallest case, starting from workloads that failed, the smallest first.

        None when there was no time to run any of them again.
        """
        starts = spread(list(found), CANDIDATES)
        trail = self._descend(self._without_what_is_not_needed(starts[0]))
        certain = self._certain(trail)
        for _ in range(ROUNDS):
            candidates = (*map(all_certain, starts), *starts)
            certain = certain or self._sharper([*self._doubtful[:1], trail[0], trail[-1]])
            certain = certain or next(filter(self.is_certain, candidates), None)
            if certain is None:
                break
            smallest = minimise(certain, self._seems_certain, self._may_shrink)
            if (so_far := self._result(smallest)) is not None:
                self.tell(so_far)
            self._measure(smallest)
            if self._runs.always(smallest):
                return self._result(smallest)
            self._doubtful.insert(0, smallest)
            self._is_misled = True
            self.doubt()
            # What has failed in ten runs, before it was made smaller, is more than what has not.
            certain = self._sure
        return self._result(certain) if certain else self._without_certainty([*trail, *starts[1:]])

    def _certain(self, trail: list[Workload]) -> Workload | None:
        """Return one of these that fails each time, the smallest of them with what it needs."""
        # It is made from one that has failed; what is left in the end is measured.
        if self._seems_certain(trail[0]):
            return trail[0]
        self.doubt()
        # A larger one is often no more certain: its many clients are only luckier.
        sharper = self._sharper([trail[0], trail[-1]])
        return sharper or next(filter(self.is_certain, trail), None)

    def _sharper(self, workloads: list[Workload]) -> Workload | None:
        """Return a workload that fails each time, one of these and what was added to it."""
        before, began = self._sharpening, self.elapsed()
        self._sharpening, until = SHARPENING, began + SHARPENING - before
        added = (one for each in dict.fromkeys(workloads) for one in self._additions(each))
        try:
            while self._ahead() < until and (sharper := next(added, None)) is not None:
                if self._is_certain_when_measured(sharper):
                    self._sure, self._before = sharper, self._runs.best_of(workloads)
                    return sharper
            return None
        finally:
            self._sharpening = min(SHARPENING, before + self.elapsed() - began)

    def _additions(self, workload: Workload) -> Iterator[Workload]:
        if self.sharpened is not None:
            yield from self.sharpened(workload)
            yield from repeated(workload)

    def _is_certain_when_measured(self, workload: Workload) -> bool:
        if not self.is_certain(workload):
            return False
        self._measure(workload)
        if not self._runs.always(workload):
            self._doubtful.append(workload)
        return self._runs.always(workload)

    def _without_what_is_not_needed(self, start: Workload) -> Workload:
        """Leave out all faults, or those that missed, where the workload fails each time then."""
        if self._may_leave_out(start, plain := without_faults(start, self.connect)):
            return plain
        if faults(start) > 1 and self._runs.fails(start):
            evidence = self._runs.evidence(start)
            fired = without_missed(evidence, self.connect) if evidence is not None else start
            return fired if self._may_leave_out(start, fired) else start
        return start

    def _may_leave_out(self, start: Workload, less: Workload) -> bool:
        return less != start and is_workload(less) and self.is_certain(less)

    def certainly(self, workload: Workload) -> Trial | None:
        """Return a trial of a workload that fails each time, None for another."""
        return self._runs.evidence(workload) if self.is_certain(workload) else None

    def _descend(self, start: Workload) -> list[Workload]:
        """Shrink by single failures; return all workloads that failed, the smallest first."""
        trail = [start]

        def has_failed(workload: Workload) -> bool:
            if self._runs.times(workload) or not self._runs.fails(workload):
                return False
            trail.append(workload)
            return True

        take_out(start, has_failed, lambda: self._ahead() < min(DESCENT, self.limit))
        return trail[::-1]

    def _without_certainty(self, starts: list[Workload]) -> Smallest | None:
        start = next((workload for workload in starts if self.is_frequent(workload)), None)
        if start is None and (found := self._frequent_afresh(starts)) is not None:
            return found
        is_patient = self.patiently and self.elapsed() < self.limit
        if start is None and is_patient and not any(map(self._runs.always, starts)):
            self._seldom = True
            return self._better_afresh(
                rare_failures.search(
                    starts, self._runs, lambda: self._ahead() - self._sharpening, self.limit
                )
            )
        smallest = minimise(start or starts[0], self.is_frequent, self._may_shrink)
        self._measure(smallest)
        if (sharper := self._sharper([smallest])) is not None:
            return self._result(sharper)
        return self._better_afresh(max([smallest, *self._doubtful], key=self._runs.rate))

    def _frequent_afresh(self, starts: list[Workload]) -> Smallest | None:
        """Return the smallest case that fails often on fresh targets; None where there is none.

        What is decided once a process (where its memory is, how its tables are seeded) shows in
        each run of an unlucky one, and in no run of a lucky one, which is used again and again.
        """
        if self.run_afresh is None:
            return None
        used, self._runs = self._runs, self._counted(self.run_afresh)
        start = next((workload for workload in starts[:FRESH] if self.is_frequent(workload)), None)
        if start is None:
            self._runs = used
            return None
        smallest = minimise(start, self.is_frequent, self._may_shrink)
        self._measure(smallest)
        return self._result(smallest)

    def _better_afresh(self, smallest: Workload) -> Smallest | None:
        """Return the case with its rate on targets that are used again, or on fresh ones.

        The better of both is told: a replay has a fresh target each time.
        """
        found = self._result(smallest)
        if self.run_afresh is None or found is None or found.is_certain:
            return found
        self._runs = self._counted(self.run_afresh)
        self._measure(smallest)
        afresh = self._result(smallest)
        if afresh is None or afresh.times < CERTAIN.if_slow or afresh.rate <= found.rate:
            return found
        return afresh

    def is_certain(self, workload: Workload) -> bool:
        """Return whether a workload has failed in all its runs, and in enough of them."""
        return self._fails_in(workload, CERTAIN)

    def _seems_certain(self, workload: Workload) -> bool:
        """Return whether a workload has failed in all its runs, in a single one if that is slow.

        Once that has led to a case that fails only sometimes, more runs are needed.
        """
        return self._fails_in(workload, CERTAIN if self._is_misled else SEEMS_CERTAIN)

    def _fails_in(self, workload: Workload, enough: Enough) -> bool:
        runs = self._runs
        while runs.wants_more(workload, enough) and self._may_go_on():
            runs.fails(workload)
        return runs.always(workload) and runs.has(workload, enough)

    def is_frequent(self, workload: Workload) -> bool:
        """Return whether a workload fails often, though not each time."""
        runs = self._runs
        while not runs.knows_whether_often(workload) and self._may_go_on():
            runs.fails(workload)
        return runs.often(workload)

    def _may_go_on(self) -> bool:
        return self._ahead() < min(BUDGET + self._sharpening, self.limit)

    def _may_shrink(self) -> bool:
        """Return whether time is left for more than to see how often the smallest case fails."""
        return self._ahead() < min(BUDGET + self._sharpening, self.limit) - MEASURING

    def _ahead(self) -> float:
        """Return the seconds that the search will have taken after one more run, as runs go."""
        return self.elapsed() * (1 + 1 / self._made) if self._made else self.elapsed()

    def _measure(self, workload: Workload) -> None:
        began = self.elapsed()
        while self._runs.times(workload) < MEASURED and self._may_go_on():
            is_slow = self.elapsed() - began > MEASURING
            if is_slow and self._runs.has(workload, CERTAIN):
                return
            self._runs.fails(workload)

    def _result(self, workload: Workload) -> Smallest | None:
        return measured(self._runs, workload, self._before)
