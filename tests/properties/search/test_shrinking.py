"""Searches of one part share their runs, hurry, and confirm what they have found in a hurry."""

import pytest

from faults.payloads import A_LINE
from properties.model.events import Marked
from properties.model.levels import Level
from properties.model.steps import Workload
from properties.model.trial import Trial
from properties.search.claims import NOBODY_ELSE, Claim, SharedClaims
from properties.search.exploration import REFUTED
from properties.search.findings import Findings
from properties.search.measured_case import LONG
from properties.search.shrinking import LATE, LEFT_TO_ANOTHER, WITH_CARE, Shrinking
from properties.search.smallest_case import Search
from properties.server.steps import Close, Open, Send, Standstill
from target.pace import Haste
from tests.properties.search.made_up import MadeUpHarness, exploration, trial
from tests.properties.server.histories import history

BOTH = ("exact_echo", "no_zombies")
START: Workload = (Open(1), Send(1, A_LINE), Close(1))


def alone(violation: str) -> Claim:
    """Return the claim of a search beside which there is no other."""
    return Claim(NOBODY_ELSE, violation, Level.MAY)


class Runs:
    """Makes up the runs of workloads, and notes in how much of a hurry each was made."""

    def __init__(
        self, shortcuts: int = 0, *, holds_with_care: bool = False, seconds: float = 0.0
    ) -> None:
        self.hastes: list[Haste] = []
        self.made: list[Workload] = []
        self.harness = MadeUpHarness(self.run)
        self._shortcuts = shortcuts
        self._holds_with_care = holds_with_care
        self._seconds = seconds

    def run(self, workload: Workload) -> Trial:
        """Fail with every workload that opens a client."""
        pace = self.harness.pace
        self.hastes.append(pace.haste)
        self.made.append(workload)
        pace.shortcuts += self._shortcuts
        holds = self._holds_with_care and pace.haste is Haste.CAREFUL
        fails = any(isinstance(step, Open) for step in workload) and not holds
        seen = history()
        seen.add(Marked(self._seconds, "the end", 0))
        return trial(workload, *(BOTH if fails else ()), seen=seen)

    def shrinking(self, budget: float = 60.0) -> Shrinking:
        """Return searches that use these runs."""
        return Shrinking(self.harness, self.run, lambda _: None, budget)


def test_a_search_hurries_and_the_harness_does_not_afterwards() -> None:
    runs = Runs()
    runs.shrinking().smallest(alone(BOTH[0]), [START])
    assert set(runs.hastes) == {Haste.HURRIED}
    assert runs.harness.pace.haste is Haste.NONE


@pytest.mark.parametrize(("seconds", "afresh"), [(LATE / 2, False), (LATE * 2, True)])
def test_what_fails_late_is_looked_for_on_fresh_targets(seconds: float, afresh: bool) -> None:
    runs = Runs(seconds=seconds)
    runs.shrinking().smallest(alone(BOTH[0]), [START])
    assert bool(runs.harness.refreshed) is afresh


@pytest.mark.parametrize(("seconds", "times"), [(0.1, 3), (0.3, 3), (0.6, 2)])
def test_where_a_run_takes_long_fewer_make_a_case_certain(seconds: float, times: int) -> None:
    runs = Runs(seconds=seconds)
    found = Search(BOTH[0], runs.run, lambda: 0.0)
    assert found.is_certain(START)
    assert runs.made == [START] * times


def closely_looked_at(runs: "Runs", *, fails_again: bool = True) -> tuple[Trial, list[bool]]:
    """Search, where the run that is looked at closely fails or not; return what was looked at."""
    looked: list[bool] = []

    def run(workload: Workload) -> Trial:
        looked.append(runs.harness.rules.states)
        made = runs.run(workload)
        return trial(workload) if looked[-1] and not fails_again else made

    found = Shrinking(runs.harness, run, lambda _: None, 60.0).smallest(alone(BOTH[0]), [START])
    assert found.trial is not None
    return found.trial, looked


def test_the_smallest_case_is_looked_at_closely_once_and_nothing_else_is() -> None:
    runs = Runs()
    found, looked = closely_looked_at(runs)
    assert looked.index(True) == len(looked) - 1
    assert found.workload == runs.made[-1]
    assert not runs.harness.rules.states


def test_a_case_that_does_not_fail_when_it_is_looked_at_closely_is_kept_as_it_was() -> None:
    found, _ = closely_looked_at(Runs(), fails_again=False)
    assert BOTH[0] in found.violated


def test_what_was_found_in_a_hurry_is_confirmed_with_care() -> None:
    runs = Runs(shortcuts=1)
    smallest = runs.shrinking().smallest(alone(BOTH[0]), [START])
    assert runs.hastes[-1] is Haste.CAREFUL
    assert smallest.trial is not None
    assert smallest.trial.workload == (Open(1),)
    assert smallest.failed == smallest.times


def test_what_does_not_fail_when_there_is_time_is_no_smallest_case() -> None:
    runs = Runs(shortcuts=1, holds_with_care=True)
    assert runs.shrinking().smallest(alone(BOTH[0]), [START]).trial is None


def test_what_violates_two_invariants_is_run_for_the_first_and_used_for_the_second() -> None:
    runs = Runs()
    shrinking = runs.shrinking()
    first = shrinking.smallest(alone(BOTH[0]), [START])
    made = len(runs.made)
    second = shrinking.smallest(alone(BOTH[1]), [START])
    assert first.trial is second.trial
    assert len(runs.made) == made


def test_searches_end_with_the_budget_of_the_run() -> None:
    runs = Runs()
    runs.harness.learnt.shrinking = 60.0
    assert runs.shrinking(60.0).smallest(alone(BOTH[0]), [START]).trial is None
    assert runs.made == []


@pytest.mark.parametrize("invariant", BOTH)
def test_the_seconds_of_a_search_are_counted(invariant: str) -> None:
    runs = Runs()
    runs.shrinking().smallest(alone(invariant), [START])
    assert runs.harness.learnt.shrinking > 0


def test_a_violation_that_was_waited_for_too_briefly_is_taken_back() -> None:
    runs = Runs(shortcuts=1, holds_with_care=True)
    findings = exploration(runs.run, harness=runs.harness).run()
    assert runs.harness.pace.timers_matter
    assert findings.failed() == []
    assert findings.cells[BOTH[0]].failure is None
    assert findings.cells[BOTH[0]].reasons["inconclusive"] == REFUTED


def test_runs_on_fresh_targets_are_not_mixed_with_others() -> None:
    fails = iter((True, False))
    refreshed: list[int] = []

    def run(workload: Workload) -> Trial:
        # Only one run of a target that is used again shows it, and each of a fresh one.
        failed = bool(refreshed) or next(fails, False)
        return trial(workload, *((BOTH[0],) if failed else ()))

    harness = MadeUpHarness(run)
    harness.refresh = lambda: refreshed.append(1)  # type: ignore[method-assign]
    smallest = Shrinking(harness, run, lambda _: None, 60.0).smallest(alone(BOTH[0]), [START])
    assert smallest.is_certain
    assert len(refreshed) >= smallest.times


def test_the_smallest_case_is_told_before_it_is_measured_how_often_it_fails() -> None:
    runs, told = Runs(), list[tuple[int, int]]()
    smallest = runs.shrinking().smallest(
        alone(BOTH[0]), [START], tell=lambda so_far: told.append((so_far.times, len(runs.made)))
    )
    ((times, made),) = told
    assert times < smallest.times
    assert made < len(runs.made)


def test_a_case_that_was_told_and_fails_only_in_a_hurry_gives_way_to_the_first() -> None:
    runs = Runs(shortcuts=1)

    def run(workload: Workload) -> Trial:
        made = runs.run(workload)
        careful = runs.harness.pace.haste is Haste.CAREFUL
        return trial(workload) if careful and workload != START else made

    runs.harness.run = run
    told: list[int] = []

    def progress(findings: Findings) -> None:
        told.extend(one.size for _, one in findings.shrunk())

    findings = exploration(run, harness=runs.harness, progress=progress).again(START, 1)
    failure = findings.cells[BOTH[0]].failure
    assert failure is not None
    assert failure.case.workload == START
    assert min(told) < failure.size
    assert failure.times == 0


@pytest.mark.parametrize(("seconds", "runs"), [(1.0, 3), (LONG + 1, 2)])
def test_a_violation_that_does_not_show_with_care_is_looked_for_again(
    seconds: float, runs: int
) -> None:
    made = Runs(shortcuts=1, holds_with_care=True, seconds=seconds)
    assert made.shrinking().smallest(alone(BOTH[0]), [START]).trial is None
    assert made.hastes.count(Haste.CAREFUL) == runs


@pytest.mark.parametrize(("seconds", "runs"), [(1.0, WITH_CARE), (LONG + 1, 2)])
def test_a_violation_is_taken_back_after_several_runs_with_care_or_two_long_ones(
    seconds: float, runs: int
) -> None:
    made = Runs(holds_with_care=True, seconds=seconds)
    assert not made.shrinking().fails_with_care(BOTH[0], START)
    assert made.hastes == [Haste.CAREFUL] * runs


def test_while_another_searches_by_luck_only_what_fails_each_time_is_searched() -> None:
    claims, name = SharedClaims(), BOTH[0]
    lucky = Claim(claims, name, Level.MAY)
    lucky.take()
    lucky.doubt()
    never, always = Runs(), Runs()
    theirs = Claim(SharedClaims(claims.table), name, Level.MAY)
    passing: Workload = (Standstill(),)
    assert never.shrinking().smallest(theirs, [passing]) is LEFT_TO_ANOTHER
    assert len(never.made) == 1
    assert always.shrinking().smallest(theirs, [START]).is_certain


def test_a_claim_is_withdrawn_where_nothing_fails_each_time() -> None:
    claims, name, runs = SharedClaims(), BOTH[0], Runs()
    mine, theirs = (Claim(one, name, Level.MAY) for one in (claims, SharedClaims(claims.table)))
    mine.take()
    runs.shrinking().smallest(mine, [(Standstill(),)])
    assert theirs.is_searched_by_luck
    assert theirs.take()
