"""A case that fails now and then is made certain, where something that is added does that."""

from collections.abc import Iterator
from itertools import count
from random import Random

import pytest

from properties.model.history import History
from properties.model.steps import Workload
from properties.model.trial import Trial
from properties.model.verdict import Verdict
from properties.search.measured_case import Smallest
from properties.search.reproduction import OFTEN_OF
from properties.search.smallest_case import BUDGET, MEASURED, SHARPENING, Search
from properties.server.generation.sharpening import sharpened
from properties.server.steps import Close, HalfClose, Open, Standstill

START: Workload = (Open(1), Open(2), HalfClose(1), Open(3))
A_RUN = 0.03
"""Seconds."""


class Race:
    """A server that fails where a client closes its side before another one comes.

    Unless it has come to rest in between, both happen in any order: `rate` is how often in this
    one, and `rate_at_rest` how often where it has.
    """

    def __init__(self, rate: float, rate_at_rest: float, a_run: float = A_RUN) -> None:
        self._rate, self._rate_at_rest = rate, rate_at_rest
        self._chance = Random(1)
        self._a_run = a_run
        self.seconds = 0.0
        self.asked: list[Workload] = []

    def run(self, workload: Workload) -> Trial:
        """Answer as such a server would make it."""
        self.seconds += self._a_run
        rate = 0.0
        for place, step in enumerate(workload):
            if isinstance(step, HalfClose | Close) and place + 1 < len(workload):
                rests = isinstance(workload[place + 1], Standstill)
                rate = self._rate_at_rest if rests else self._rate
        failed = any(map(_opens, workload)) and self._chance.random() < rate
        verdict = Verdict.failed("seen") if failed else Verdict.passed()
        return Trial(workload, History(), {"no_zombies": verdict})

    def sharpened(self, workload: Workload) -> Iterator[Workload]:
        """Note what is asked for."""
        self.asked.append(workload)
        return sharpened(workload)

    def search(self, *, sharpens: bool = True) -> Smallest:
        """Search for the smallest case."""
        sharpen = self.sharpened if sharpens else None
        search = Search("no_zombies", self.run, lambda: self.seconds, sharpened=sharpen)
        found = search.find([START])
        assert found is not None
        assert found.trial is not None
        return found


def _opens(step: object) -> bool:
    return isinstance(step, Open)


@pytest.mark.parametrize("rate", [0.3, 0.5, 0.8])
def test_what_is_certain_once_the_server_rests_in_between_is_made_so(rate: float) -> None:
    found = Race(rate, 1.0).search()
    assert (found.failed, found.times) == (MEASURED, MEASURED)
    assert found.trial is not None
    assert sum(isinstance(step, Standstill) for step in found.trial.workload) == 1


def test_nothing_is_added_to_what_is_certain() -> None:
    race = Race(1.0, 1.0)
    found = race.search()
    assert race.asked == []
    assert found.trial is not None
    assert not any(isinstance(step, Standstill) for step in found.trial.workload)


@pytest.mark.parametrize("seed", range(30))
def test_what_is_certain_is_not_made_smaller_by_luck(seed: int) -> None:
    """Each smaller one fails in four runs of five: so often that some seem certain."""

    def run(workload: Workload) -> Trial:
        rests = sum(isinstance(step, Standstill) for step in workload)
        failed = rests >= len(START) or chance.random() < 0.8
        verdict = Verdict.failed("seen") if failed else Verdict.passed()
        return Trial(workload, History(), {"no_zombies": verdict})

    chance = Random(seed)
    found = Search("no_zombies", run, lambda: 0.0, sharpened=sharpened).find([START])
    assert found is not None
    assert found.is_certain


def test_what_raises_the_rate_is_kept() -> None:
    assert Race(0.4, 0.8).search().rate > Race(0.4, 0.8).search(sharpens=False).rate


@pytest.mark.parametrize("rate", [0.0, 0.5])
def test_what_lowers_the_rate_is_not_added(rate: float) -> None:
    found = Race(0.7, rate).search()
    assert found.trial is not None
    assert not any(isinstance(step, Standstill) for step in found.trial.workload)


@pytest.mark.parametrize("a_run", [0.03, 0.3, 1.5])
def test_the_time_for_it_is_bounded(a_run: float) -> None:
    race = Race(0.6, 0.6, a_run)
    race.search()
    assert race.seconds <= BUDGET + SHARPENING


def test_endless_additions_leave_time_for_the_rate() -> None:
    def endless(_: Workload) -> Iterator[Workload]:
        return ((Close(1),) * times for times in count(1))

    race = Race(0.5, 0.5, a_run=0.3)
    search = Search("no_zombies", race.run, lambda: race.seconds, sharpened=endless)
    found = search.find([START])
    assert found is not None
    assert found.times > OFTEN_OF


def test_time_is_left_to_measure_a_case_that_takes_long_to_make_smaller() -> None:
    def run(workload: Workload) -> Trial:
        seconds[0] += 0.1
        failed = sum(map(_opens, workload)) == len(needed)
        verdict = Verdict.failed("seen") if failed else Verdict.passed()
        return Trial(workload, History(), {"no_zombies": verdict})

    seconds, needed = [0.0], tuple(Open(number) for number in range(1, 300))
    found = Search("no_zombies", run, lambda: seconds[0]).find([needed])
    assert found is not None
    assert found.times == MEASURED
    assert seconds[0] <= BUDGET


def test_what_adds_up_in_the_server_is_repeated_in_one_workload() -> None:
    def after_three(workload: Workload) -> Trial:
        failed = sum(isinstance(step, HalfClose) for step in workload) >= 3 or lucky.random() < 0.4
        verdict = Verdict.failed("seen") if failed else Verdict.passed()
        return Trial(workload, History(), {"no_zombies": verdict})

    lucky = Random(1)
    search = Search("no_zombies", after_three, lambda: 0.0, sharpened=lambda _: iter(()))
    found = search.find([(Open(1), HalfClose(1))])
    assert found is not None
    assert found.trial is not None
    assert found.is_certain
    assert sum(isinstance(step, HalfClose) for step in found.trial.workload) == 3
