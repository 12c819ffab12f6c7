"""no_fd_leak: a leak grows each time the workload is repeated, a pool does not."""

import pytest

from properties.model.verdict import NO_PROCESSES, Outcome, judge
from properties.server.events import Filled
from properties.server.growth import REPETITIONS
from properties.server.invariants.no_fd_leak import INVARIANT
from tests.properties.server.histories import (
    Part,
    after_all,
    census,
    connection,
    filled,
    history,
    not_repeated,
)


def repeated(*counts: int, grown: tuple[str, ...] = ()) -> list[Part]:
    """The workload and its repetitions, each leaving so many descriptors."""
    first, *again = counts
    return [
        census("after", descriptors=first),
        census("end", descriptors=first),
        filled(),
        *(census("repeat", descriptors=count, grown=grown) for count in again),
    ]


def test_it_holds_when_nothing_is_left_open() -> None:
    assert judge(INVARIANT, history(connection(1), after_all())).outcome is Outcome.PASS


def test_growth_in_each_repetition_fails_and_the_new_descriptors_are_named() -> None:
    grown = ("4711: 5 -> socket:[1]",)
    verdict = judge(INVARIANT, history(*repeated(5, 6, 7, 8, 9, 10, 11, grown=grown)))
    assert verdict.outcome is Outcome.FAIL
    assert "each repetition left more descriptors: 5, 6, 7, 8, 9, 10, 11" in verdict.reason
    assert "4711: 5 -> socket:[1]" in verdict.reason


def test_a_long_list_of_new_descriptors_is_cut() -> None:
    grown = tuple(f"4711: {number} -> socket:[1]" for number in range(5, 10))
    reason = judge(INVARIANT, history(*repeated(5, 6, 7, 8, 9, 10, 11, grown=grown))).reason
    assert "4711: 8" in reason
    assert "4711: 9" not in reason
    assert reason.endswith("; ...")


@pytest.mark.parametrize(
    "counts",
    [(5, 6, 7, 8, 9, 9, 9), (5, 6, 7, 8, 9, 80, 80), (5, 6, 7, 7), (9, 8, 7, 6, 5), (5, 5)],
)
def test_a_plateau_is_a_pool_and_passes(counts: tuple[int, ...]) -> None:
    assert judge(INVARIANT, history(*repeated(*counts))).outcome is Outcome.PASS


@pytest.mark.parametrize("counted", range(2, 1 + REPETITIONS))
def test_growth_that_was_not_repeated_often_enough_proves_nothing_and_is_no_pass(
    counted: int,
) -> None:
    verdict = judge(INVARIANT, history(*repeated(*range(5, 5 + counted))))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "the repetitions broke off" in verdict.reason


def test_descriptors_that_are_left_and_were_not_repeated_are_no_pass() -> None:
    left = (census("after", descriptors=5), census("end", descriptors=5))
    verdict = judge(INVARIANT, history(*left, not_repeated(descriptors=1)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason == (
        "descriptors: 1 more than at first, but nothing was repeated: c1 had waited in vain"
    )


def test_threads_that_are_left_and_were_not_repeated_are_no_descriptors() -> None:
    made = history(after_all(), not_repeated(threads=1))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_without_a_census_nothing_is_passed() -> None:
    assert judge(INVARIANT, history(connection(1))).outcome is Outcome.INCONCLUSIVE


def test_by_address_it_has_no_meaning() -> None:
    verdict = judge(INVARIANT, history(connection(1), by_address=True))
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert verdict.reason == NO_PROCESSES


def test_four_new_descriptors_are_all_named() -> None:
    grown = tuple(f"4711: {number} -> socket:[1]" for number in range(5, 9))
    reason = judge(INVARIANT, history(*repeated(5, 6, 7, 8, 9, 10, 11, grown=grown))).reason
    assert reason.endswith("4711: 8 -> socket:[1]")


def test_growth_that_a_pool_may_still_end_is_in_doubt() -> None:
    made = [part for part in repeated(5, 6, 7, 8, 9, 10, 11) if not isinstance(part, Filled)]
    verdict = judge(INVARIANT, history(*made, filled(3)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason.endswith("but 3 connections are too few to tell a leak from a pool")
