"""A defect that shows in one run of many is shrunk all the same, and its rate is known."""

from collections.abc import Callable
from random import Random

import pytest

from faults.payloads import Content, Payload
from properties.model.history import History
from properties.model.steps import Workload
from properties.model.trial import Trial
from properties.model.verdict import Verdict
from properties.search import rare_failures
from properties.search.reproduction import Reproductions
from properties.search.smallest_case import Search
from properties.server.steps import Close, Open, Receive, Send

INVARIANT = "exact_echo"
ONE_IN = 40
LARGE: Workload = (
    Open(1),
    Open(2),
    Send(1, Payload(Content.RANDOM, 500)),
    Receive(1),
    Send(2, Payload(Content.LINES, 9)),
    Close(1),
    Close(2),
)


def fails_one_in(often: int, seed: int) -> Callable[[Workload], Trial]:
    """Return runs of a server that, by chance, loses what a client sends."""
    chance = Random(seed)

    def run(workload: Workload) -> Trial:
        sends = any(isinstance(step, Send) for step in workload)
        failed = sends and chance.randrange(often) == 0
        verdict = Verdict.failed("seen") if failed else Verdict.passed()
        return Trial(workload, History(), {INVARIANT: verdict})

    return run


@pytest.mark.parametrize("seed", range(10))
def test_a_defect_of_one_run_in_forty_loses_the_steps_that_it_does_not_need(seed: int) -> None:
    runs = Reproductions(INVARIANT, fails_one_in(ONE_IN, seed))
    smallest = rare_failures.search([LARGE], runs, lambda: 0.0)
    assert any(isinstance(step, Send) for step in smallest)
    assert len(smallest) <= 3


def test_its_rate_is_measured_until_it_has_failed_a_few_times() -> None:
    failed, times = 0, 0
    for seed in range(10):
        runs = fails_one_in(ONE_IN, seed)
        found = Search(INVARIANT, runs, lambda: 0.0, patiently=True).find([LARGE])
        assert found is not None
        assert found.failed >= rare_failures.MEASURED
        failed, times = failed + found.failed, times + found.times
    # Each case was chosen because it had failed.
    assert ONE_IN / 2 < times / failed < ONE_IN * 2


def test_the_start_that_fails_most_often_is_shrunk() -> None:
    silent: Workload = (Open(7), Close(7))
    runs = Reproductions(INVARIANT, fails_one_in(3, 1))
    assert any(
        isinstance(step, Send) for step in rare_failures.search([silent, LARGE], runs, lambda: 0.0)
    )


def test_what_never_fails_again_is_returned_as_it_was() -> None:
    runs = Reproductions(INVARIANT, fails_one_in(10**9, 1))
    assert rare_failures.search([LARGE], runs, lambda: 0.0) == LARGE
    assert (runs.failures(LARGE), runs.times(LARGE)) == (0, rare_failures.SELDOM)


def test_no_run_is_made_when_the_time_is_spent() -> None:
    runs = Reproductions(INVARIANT, fails_one_in(1, 1))
    assert rare_failures.search([LARGE], runs, lambda: max(rare_failures.BUDGETS)) == LARGE
    assert runs.times(LARGE) == 0


def test_without_patience_what_fails_seldom_is_kept_as_it_is() -> None:
    found = Search(INVARIANT, fails_one_in(10**9, 1), lambda: 0.0).find([LARGE])
    assert found is not None
    assert found.trial is None
