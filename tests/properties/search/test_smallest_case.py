"""What is kept of a violation is a case that fails each time, if there is one."""

import math
from collections.abc import Callable
from dataclasses import replace
from random import Random

import pytest

from faults.fault import Status
from faults.server.disconnect_burst import DisconnectBurst, Manner
from faults.server.freeze import Freeze
from properties.model.history import History
from properties.model.steps import Inject, Workload
from properties.model.trial import Trial
from properties.model.verdict import Verdict
from properties.search.measured_case import Smallest
from properties.search.smallest_case import BUDGET, MEASURED, Search
from properties.server.steps import Close, Open
from tests.properties.server.histories import history, injected

ONE: Workload = (Open(1),)
TWO: Workload = (Open(1), Open(2))
A_RUN = 0.02
"""Seconds."""

UNLUCKY = 0.85
"""The share of processes that fail, where that is decided when they start."""

CERTAIN: Workload = (Open(1), Open(2), Close(1))


def _trial(workload: Workload, failed: bool) -> Trial:
    verdict = Verdict.failed("seen") if failed else Verdict.passed()
    return Trial(workload, History(), {"no_zombies": verdict})


class Server:
    """Fails each time a client is closed, and every second time when two are open."""

    def __init__(self) -> None:
        self.runs = 0

    def run(self, workload: Workload) -> Trial:
        """Answer as such a server would make it."""
        self.runs += 1
        closes = any(isinstance(step, Close) for step in workload)
        return _trial(workload, closes or (len(workload) > 1 and self.runs % 2 == 0))


def test_a_case_that_fails_each_time_is_preferred_to_a_smaller_one_that_does_not() -> None:
    found = Search("no_zombies", Server().run, lambda: 0.0).find([TWO, CERTAIN])
    assert found is not None
    assert found.trial is not None
    assert any(isinstance(step, Close) for step in found.trial.workload)
    assert (found.failed, found.times) == (MEASURED, MEASURED)


def test_of_a_defect_that_shows_now_and_then_the_rate_is_measured() -> None:
    runs: list[Workload] = []

    def now_and_then(workload: Workload) -> Trial:
        runs.append(workload)
        return _trial(workload, len(runs) % 3 == 0)

    found = Search("no_zombies", now_and_then, lambda: 0.0).find([CERTAIN])
    assert found is not None
    assert 0 < found.failed < found.times


def test_where_nothing_is_certain_a_rare_case_is_not_preferred_for_being_small() -> None:
    runs: list[Workload] = []

    def seldom_when_small(workload: Workload) -> Trial:
        runs.append(workload)
        return _trial(workload, len(runs) % (10 if len(workload) < 2 else 2) == 0)

    found = Search("no_zombies", seldom_when_small, lambda: 0.0).find([CERTAIN])
    assert found is not None
    assert found.trial is not None
    assert len(found.trial.workload) > 1
    assert 2 * found.failed >= found.times


def test_without_time_there_is_no_smallest_case() -> None:
    assert Search("no_zombies", Server().run, lambda: math.inf).find([CERTAIN]) is None


def test_a_certain_case_is_found_among_many_small_ones_that_are_not() -> None:
    racy: list[Workload] = [(Open(1), Open(number)) for number in range(2, 40)]
    found = Search("no_zombies", Server().run, lambda: 0.0).find([*racy, CERTAIN])
    assert found is not None
    assert found.is_certain


def test_what_has_failed_on_the_way_down_is_kept_when_time_is_up() -> None:
    runs: list[Workload] = []

    def slow(workload: Workload) -> Trial:
        runs.append(workload)
        return _trial(workload, any(isinstance(step, Close) for step in workload))

    # One run takes a third of the time of the way down; and nothing is left after it.
    found = Search("no_zombies", slow, lambda: len(runs) * BUDGET / 3).find([(*CERTAIN, Open(3))])
    assert found is not None
    assert found.trial is not None
    assert len(found.trial.workload) < len(CERTAIN) + 1
    assert found.failed == found.times


def test_what_does_not_fail_again_is_said_so() -> None:
    found = Search("no_zombies", lambda w: _trial(w, False), lambda: 0.0).find([CERTAIN])
    assert found is not None
    assert (found.trial, found.failed, found.times) == (None, 0, MEASURED)


BURST: Workload = (Open(1), Open(2), Inject(DisconnectBurst((1, 2), Manner.FIN, frozen=True)))
CROWD: Workload = (*(Open(number) for number in range(1, 6)), BURST[-1])


@pytest.mark.parametrize(
    ("workload", "failed", "needs_none"),
    [(ONE, 3, True), (TWO, 3, False), (BURST, 3, True), (BURST, 2, False), (CROWD, 3, False)],
)
def test_many_clients_that_end_together_are_luck_and_a_fault_is_not(
    workload: Workload, failed: int, needs_none: bool
) -> None:
    assert Smallest(_trial(workload, True), failed, 3).is_deterministic == needs_none


class DecidedOnce:
    """A server of which most processes fail in every run, and the others in none."""

    def __init__(self, seed: int) -> None:
        self._chance = Random(seed)
        self._fails = True
        self.seconds = 0.0

    def run(self, workload: Workload) -> Trial:
        """Run on the process that is there; one that has failed is replaced."""
        self.seconds += A_RUN
        closes = any(isinstance(step, Close) for step in workload)
        failed = closes and self._fails
        if failed:
            self._fails = self._chance.random() < UNLUCKY
        return _trial(workload, failed)

    def run_afresh(self, workload: Workload) -> Trial:
        """Run on a process of its own."""
        self.seconds += A_RUN
        closes = any(isinstance(step, Close) for step in workload)
        return _trial(workload, closes and self._chance.random() < UNLUCKY)


@pytest.mark.parametrize("seed", range(10))
def test_what_is_decided_once_a_process_is_told_with_its_rate_on_fresh_targets(seed: int) -> None:
    server = DecidedOnce(seed)
    search = Search(
        "no_zombies",
        server.run,
        lambda: server.seconds,
        patiently=True,
        run_afresh=server.run_afresh,
    )
    found = search.find([CERTAIN])
    assert found is not None
    assert found.times == MEASURED
    assert found.failed >= MEASURED / 2
    assert found.trial is not None
    assert len(found.trial.workload) == 2


def test_what_fails_each_time_is_not_run_on_fresh_targets() -> None:
    server = Server()
    afresh: list[Workload] = []
    Search("no_zombies", server.run, lambda: 0.0, run_afresh=_recorded(afresh)).find([CERTAIN])
    assert afresh == []


def test_of_a_case_that_fails_less_often_on_fresh_targets_the_other_rate_is_told() -> None:
    runs = iter(range(10**6))

    def every_second(workload: Workload) -> Trial:
        return _trial(workload, next(runs) % 2 == 0)

    found = Search("no_zombies", every_second, lambda: 0.0, run_afresh=_recorded([])).find([ONE])
    assert found is not None
    assert found.failed > 0


def _recorded(made: list[Workload]) -> Callable[[Workload], Trial]:
    """Return runs on fresh targets that never fail, and are recorded."""

    def run(workload: Workload) -> Trial:
        made.append(workload)
        return _trial(workload, failed=False)

    return run


@pytest.mark.parametrize("seconds", [3.0, 4.0, 6.0])
def test_a_search_does_not_begin_a_run_that_would_end_after_its_time(seconds: float) -> None:
    now = [0.0]

    def slow(workload: Workload) -> Trial:
        now[0] += seconds
        return _trial(workload, failed=True)

    start: Workload = tuple(Open(number) for number in range(1, 40))
    Search("no_zombies", slow, lambda: now[0]).find([start])
    assert 0 < now[0] <= BUDGET


def test_a_case_is_tried_without_its_faults_first() -> None:
    freeze = Inject(Freeze())
    tried: list[Workload] = []

    def closes(workload: Workload) -> Trial:
        tried.append(workload)
        return _trial(workload, any(isinstance(step, Close) for step in workload))

    found = Search("no_zombies", closes, lambda: 0.0).find([(*CERTAIN, freeze)])
    assert found is not None
    assert found.trial is not None
    assert tried[0] == CERTAIN
    assert not any(isinstance(step, Inject) for workload in tried for step in workload)


def test_of_several_faults_those_that_missed_are_left_out_first() -> None:
    missed, fires = Inject(Freeze()), Inject(DisconnectBurst((1, 2), Manner.FIN, frozen=True))
    tried: list[Workload] = []

    def needs_the_burst(workload: Workload) -> Trial:
        tried.append(workload)
        faults = [step for step in workload if isinstance(step, Inject)]
        statuses = [Status.MISSED if step == missed else Status.FIRED for step in faults]
        seen = history(*(injected(status=status) for status in statuses))
        return replace(_trial(workload, Status.FIRED in statuses), history=seen)

    start: Workload = (Open(1), missed, Open(2), fires)
    found = Search("no_zombies", needs_the_burst, lambda: 0.0).find([start])
    assert found is not None
    assert found.trial is not None
    assert tried.count(start) == 1
    assert missed not in found.trial.workload
