"""dies_loudly: a client that ends, or cannot connect, and says nothing."""

from signal import SIGABRT, SIGKILL, SIGPIPE, Signals

import pytest

from properties.client.invariants.dies_loudly import INVARIANT
from properties.model.verdict import Outcome, Verdict, judge
from tests.properties.client.histories import (
    Part,
    connected,
    ended,
    exchange,
    history,
    killed,
    killed_by_us,
    refused,
    rst,
    says,
    well_ended,
)


def verdict(*parts: Part) -> Verdict:
    return judge(INVARIANT, history(*parts))


def test_it_holds_when_the_client_ends_by_itself() -> None:
    assert verdict(connected(), exchange(), well_ended()).outcome is Outcome.PASS


def test_whoever_exits_after_a_reset_is_judged_elsewhere_by_its_words() -> None:
    assert verdict(connected(), rst(), ended(1)).outcome is Outcome.PASS


@pytest.mark.parametrize("number", [SIGPIPE, SIGABRT])
def test_a_signal_that_ends_it_without_a_word_fails(number: Signals) -> None:
    said = verdict(connected(), rst(), killed(number))
    assert said.outcome is Outcome.FAIL
    assert said.reason == f"it was killed by {number.name}, and said nothing"


def test_blanks_are_no_words() -> None:
    assert verdict(connected(), rst(), says(" \n"), killed(SIGPIPE)).outcome is Outcome.FAIL


def test_a_signal_that_ends_it_with_a_word_passes() -> None:
    assert verdict(connected(), rst(), says("abort!"), killed(SIGABRT)).outcome is Outcome.PASS


def test_nobody_can_say_a_word_when_sigkill_comes() -> None:
    said = verdict(connected(), exchange(), killed(SIGKILL))
    assert said.outcome is Outcome.INCONCLUSIVE
    assert "SIGKILL" in said.reason


@pytest.mark.parametrize("status", [0, 1])
def test_a_connection_that_is_refused_must_be_told(status: int) -> None:
    said = verdict(refused(), ended(status))
    assert said.outcome is Outcome.FAIL
    assert said.reason == f"no server listened; it exited with status {status}, and said nothing"


def test_a_refused_connection_may_be_told_in_any_words() -> None:
    assert verdict(refused(), says("?"), ended(1)).outcome is Outcome.PASS


def test_whoever_tries_again_and_again_has_not_ended() -> None:
    assert verdict(refused(), killed_by_us()).outcome is Outcome.PASS


def test_without_an_end_it_cannot_be_told() -> None:
    assert verdict(connected(), exchange()).outcome is Outcome.INCONCLUSIVE
