"""no_stray_workers: processes and threads that outlive their clients, each time more."""

from dataclasses import replace

import pytest

from properties.model.events import Event
from properties.model.verdict import NO_PROCESSES, Outcome, judge
from properties.server.events import Filled
from properties.server.invariants.no_stray_workers import INVARIANT
from tests.properties.server.histories import (
    Part,
    after_all,
    census,
    connection,
    filled,
    history,
    not_repeated,
)


def processes(*counts: int) -> list[Part]:
    """The workload and its repetitions, each leaving so many processes."""
    first, *again = counts
    return [
        census("after", strays=range(80, 80 + first)),
        census("end", strays=range(80, 80 + first)),
        filled(),
        *(census("repeat", strays=range(80, 80 + count)) for count in again),
    ]


def threads(*counts: int) -> list[Part]:
    """The workload and its repetitions, each leaving so many threads."""
    first, *again = counts
    repeats = [census("repeat", threads=count) for count in again]
    return [census("after", threads=first), census("end", threads=first), filled(), *repeats]


def test_it_holds_when_nobody_is_left() -> None:
    assert judge(INVARIANT, history(connection(1), after_all())).outcome is Outcome.PASS


def test_processes_that_grow_in_each_repetition_fail_and_are_named() -> None:
    verdict = judge(INVARIANT, history(*processes(1, 2, 3, 4, 5, 6, 7)))
    assert verdict.outcome is Outcome.FAIL
    assert "more processes without a client: 1, 2, 3, 4, 5, 6, 7" in verdict.reason
    assert "80 (server)" in verdict.reason


def test_threads_that_grow_in_each_repetition_fail() -> None:
    verdict = judge(INVARIANT, history(*threads(2, 3, 4, 5, 6, 7, 8)))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "each repetition left more threads: 2, 3, 4, 5, 6, 7, 8"


@pytest.mark.parametrize("made", [processes(1, 2, 2), processes(4, 4), threads(2, 3, 4, 4, 4)])
def test_a_pool_reaches_a_plateau_and_passes(made: list[Part]) -> None:
    assert judge(INVARIANT, history(*made)).outcome is Outcome.PASS


@pytest.mark.parametrize("made", [processes(1, 2, 3, 4, 5, 6), threads(2, 3, 4)])
def test_growth_that_was_not_repeated_often_enough_proves_nothing(made: list[Part]) -> None:
    verdict = judge(INVARIANT, history(*made))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "the repetitions broke off" in verdict.reason


@pytest.mark.parametrize(
    ("left", "what"),
    [(not_repeated(strays=2), "processes: 2"), (not_repeated(threads=3), "threads: 3")],
)
def test_what_is_left_and_was_not_repeated_is_no_pass(left: Event, what: str) -> None:
    verdict = judge(INVARIANT, history(after_all(), left))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason.startswith(f"{what} more than at first, but nothing was repeated")


def test_a_pool_that_is_filled_by_plain_exchanges_passes() -> None:
    assert judge(INVARIANT, history(*threads(2, 3, 4, 5, 6, 40, 40))).outcome is Outcome.PASS


def test_where_too_few_exchanges_were_made_a_pool_is_not_ruled_out() -> None:
    made = history(*threads(2, 3, 4, 5, 6, 7, 8))
    made.events = [replace(e, exchanges=9) if isinstance(e, Filled) else e for e in made.events]
    verdict = judge(INVARIANT, made)
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "9 connections are too few" in verdict.reason


def test_without_a_census_nothing_is_passed() -> None:
    assert judge(INVARIANT, history(connection(1))).outcome is Outcome.INCONCLUSIVE


def test_by_address_it_has_no_meaning() -> None:
    verdict = judge(INVARIANT, history(connection(1), by_address=True))
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert verdict.reason == NO_PROCESSES


def test_four_processes_are_named() -> None:
    reason = judge(INVARIANT, history(*processes(1, 2, 3, 4, 5, 6, 7))).reason
    assert reason.count("(server)") == 4
    assert "83 (server)" in reason
