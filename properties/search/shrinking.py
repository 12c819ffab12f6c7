"""The searches for the smallest cases of one part, one for each violation.

They share their runs: where one workload violates several invariants, what was run for one of them
is not run again for the next. A search is in a hurry (`target.pace`); where that has shortened a
wait, the case that it has found is run once more with care.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from properties.model.harness import Harness
from properties.model.steps import Workload, is_workload, without_faults
from properties.model.trial import Trial
from properties.search.claims import Claim
from properties.search.measured_case import LONG, Smallest, confirmed, is_as_strong
from properties.search.smallest_case import Search
from target.pace import Haste

WITH_CARE = 3
"""Runs with enough time, none of which fails, before a violation is taken back."""

SLOW = 2.0
"""Seconds that a run may take of which another is made to be looked at closely."""

SHARE = 0.5
"""The part of the time that is left that one search may take: none is left without any."""

LATE = 0.5
"""Seconds after which to fail takes longer than to start most targets."""

NOTHING = Smallest(None, 0, 0)
LEFT_TO_ANOTHER = Smallest(None, 0, 0)
"""Nothing was searched: another process does, and what is here does not fail each time either."""

Key = tuple[Workload, Haste, bool]


@dataclass
class Shrinking:
    """Searches with one harness.

    `run` makes and judges a trial. `budget` are the seconds for all searches with the harness.
    `remark` is called after each new run with words on how far the search is.
    """

    harness: Harness
    run: Callable[[Workload], Trial]
    remark: Callable[[str], None]
    budget: float
    _made: dict[Key, list[Trial]] = field(default_factory=dict)
    _closely: dict[Workload, Trial] = field(default_factory=dict)

    def smallest(
        self,
        claim: Claim,
        found: list[Workload],
        tell: Callable[[Smallest], None] = lambda _: None,
    ) -> Smallest:
        """Return the smallest case of a violation, from workloads that showed it.

        `claim` names it and its level: the case has one that is at least as strong. It is withdrawn
        for as long as none fails each time; LEFT_TO_ANOTHER is returned where another process has
        such ones as well. `tell` is called with one whose rate is not measured yet.
        """
        violation, level = claim.violation, claim.level
        learnt = self.harness.learnt
        left = self.budget - learnt.shrinking
        if left <= 0:
            return NOTHING
        attempt = _Attempt(self, violation)
        is_first = learnt.searches[violation, level] == 0
        search = Search(
            violation,
            attempt.run,
            attempt.elapsed,
            patiently=is_first,
            limit=SHARE * left,
            level=level,
            run_afresh=attempt.run_afresh,
            connect=self.harness.connect,
            sharpened=self.harness.sharpened,
            tell=tell,
            doubt=claim.doubt,
        )
        attempt.bound = lambda: search.budget
        try:
            self.harness.pace.haste = Haste.HURRIED
            if claim.is_searched_by_luck and search.certainly(found[0]) is None:
                return LEFT_TO_ANOTHER
            return self._seen_closely(violation, self._found(search, attempt, found))
        finally:
            self.harness.pace.haste = Haste.NONE
            learnt.shrinking += attempt.elapsed()

    def _found(self, search: Search, attempt: "_Attempt", found: list[Workload]) -> Smallest:
        pace = self.harness.pace
        shortcuts = pace.shortcuts
        smallest = search.find(found) or NOTHING
        if pace.shortcuts == shortcuts:
            return smallest
        pace.haste = Haste.CAREFUL
        kept = confirmed(search.violation, smallest, attempt.run, attempt.run_afresh)
        # What always failed in a hurry and does not with care was waited for too briefly.
        pace.timers_matter |= smallest.trial is not None and kept.trial is None
        return kept

    def _seen_closely(self, violation: str, smallest: Smallest) -> Smallest:
        """Return a case with a run of it that shows its states at each step, where there is one.

        It is looked at once more, which takes time, and may keep a race from showing.
        """
        found, pace = smallest.trial, self.harness.pace
        if found is None or found.seconds > SLOW:
            return smallest
        if found.workload not in self._closely:
            shortcuts = pace.shortcuts
            with self.harness.recording_states():
                trial = self.run(found.workload)
            self._closely[found.workload] = trial if pace.shortcuts == shortcuts else found
        trial = self._closely[found.workload]
        return replace(smallest, trial=trial) if is_as_strong(trial, found, violation) else smallest

    def shown_without_faults(self, violation: str, workload: Workload) -> Trial | None:
        """Return a trial of a workload without its faults, where that fails each time.

        None where it does not, or where no time is left to see that.
        """
        left = self.budget - self.harness.learnt.shrinking
        less = without_faults(workload, self.harness.connect)
        if left <= 0 or not is_workload(less):
            return None
        attempt = _Attempt(self, violation)
        search = Search(violation, attempt.run, attempt.elapsed, limit=left)
        self.harness.pace.haste = Haste.HURRIED
        try:
            return search.certainly(less)
        finally:
            self.harness.pace.haste = Haste.NONE
            self.harness.learnt.shrinking += attempt.elapsed()

    def fails_with_care(self, violation: str, workload: Workload) -> bool:
        """Run a workload, and wait for as long as anything could come; a few times until it fails.

        The first run may meet one of the few processes in which it does not. Where runs take long
        there are two.
        """
        pace = self.harness.pace
        pace.haste = Haste.CAREFUL
        try:
            for number in range(WITH_CARE):
                trial = self.run(workload)
                self.harness.refresh()
                if violation in trial.violations:
                    return True
                if trial.seconds > LONG and number:
                    break
            return False
        finally:
            pace.haste = Haste.NONE

    def made(self, key: Key) -> list[Trial]:
        """Return the runs that were made of a workload, the first one first."""
        return self._made.setdefault(key, [])


@dataclass
class _Attempt:
    """One search: which of the shared runs it has used, and the time since its first."""

    shared: Shrinking
    violation: str
    bound: Callable[[], float] = lambda: 0.0
    _began: float | None = None
    _used: Counter[Key] = field(default_factory=Counter)
    _fails_late: bool = False

    def elapsed(self) -> float:
        """Return the seconds since the first run, so that there is at least one."""
        return 0.0 if self._began is None else time.monotonic() - self._began

    def run(self, workload: Workload) -> Trial:
        """Return the next run of a workload: one that another search has made, or a new one."""
        # What fails on a target that was used is run on a fresh one as well.
        return self._run(workload, afresh=self.shared.harness.adds_up or self._fails_late)

    def run_afresh(self, workload: Workload) -> Trial:
        """Return the next run of a workload on a fresh target."""
        return self._run(workload, afresh=True)

    def _run(self, workload: Workload, *, afresh: bool) -> Trial:
        self._began = self._began or time.monotonic()
        key = (workload, self.shared.harness.pace.haste, afresh)
        made, place = self.shared.made(key), self._used[key]
        self._used[key] += 1
        if place == len(made):
            if afresh:
                self.shared.harness.refresh()
            made.append(self.shared.run(workload))
            words = f"{self.elapsed():.0f} s of {self.bound():.0f} s"
            self.shared.remark(f"smallest case of {self.violation}: {words}")
        trial = made[place]
        self._fails_late |= self.violation in trial.violations and trial.seconds > LATE
        return trial
