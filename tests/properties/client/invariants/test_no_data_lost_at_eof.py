"""no_data_lost_at_eof: the echoes that were still owed when the input ended."""

import pytest

from properties.client.invariants.no_data_lost_at_eof import INVARIANT
from properties.model.verdict import Outcome, Verdict, judge
from tests.properties.client.histories import (
    Part,
    answered,
    connected,
    ended,
    exchange,
    fin,
    finished,
    history,
    input_ended,
    killed_by_us,
    printed,
    refused,
    rst,
    says,
    starved,
    surplus,
    taken,
    typed,
    well_ended,
)


def verdict(*parts: Part) -> Verdict:
    return judge(INVARIANT, history(connected(), *parts))


def late(count: int, seen: int) -> list[Part]:
    """Echoes that come when the input has ended, and how much of them is printed."""
    return [typed(count), input_ended(), taken(count), answered(count), printed(seen)]


def test_it_holds_when_what_was_owed_at_the_end_of_the_input_is_printed() -> None:
    assert verdict(exchange(10), *late(5, 5), finished(), fin(), ended(0)).outcome is Outcome.PASS


def test_it_holds_when_nothing_was_owed() -> None:
    assert verdict(exchange(), well_ended()).outcome is Outcome.PASS


def test_echoes_that_are_lost_when_the_input_ends_fail() -> None:
    said = verdict(exchange(10), *late(5, 2), finished(), fin(), ended(0))
    assert said.outcome is Outcome.FAIL
    assert said.reason.startswith("3 of 15 bytes were lost when the input ended")
    assert "exited with status 0" in said.reason


def test_a_client_that_has_closed_before_its_echoes_came_fails() -> None:
    said = verdict(typed(5), input_ended(), taken(5), finished(), fin(was_there=False), ended(0))
    assert said.outcome is Outcome.FAIL
    assert said.reason.startswith("5 of 5 bytes")


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([exchange()], id="the input has not ended"),
        pytest.param(
            [typed(5), input_ended(client_lives=False), fin(was_there=False), ended(1)],
            id="the client had ended before its input",
        ),
        pytest.param(
            [typed(5), input_ended(), fin(), says("EOF"), ended(1)], id="server too early"
        ),
        pytest.param([typed(5), input_ended(), rst(), says("reset"), ended(1)], id="reset"),
        pytest.param([surplus(3), *late(5, 2), fin(), ended(0)], id="more than was owed"),
        pytest.param([typed(5), input_ended(), ended(1)], id="the server has not ended"),
    ],
)
def test_it_has_no_meaning_where_the_server_did_not_answer_to_the_end(parts: list[Part]) -> None:
    assert verdict(*parts).outcome is Outcome.NOT_APPLICABLE


def test_it_has_no_meaning_without_a_connection() -> None:
    made = history(refused(), typed(5), input_ended(), ended(1))
    assert judge(INVARIANT, made).outcome is Outcome.NOT_APPLICABLE


def test_whoever_was_killed_by_us_has_lost_nothing_yet() -> None:
    assert verdict(*late(5, 2), fin(), killed_by_us()).outcome is Outcome.PASS


def test_a_starved_client_is_not_judged() -> None:
    assert verdict(*late(5, 5), starved(), fin(), ended(0)).outcome is Outcome.INCONCLUSIVE


def test_a_loss_is_one_also_on_a_slow_machine() -> None:
    assert verdict(*late(5, 2), starved(), fin(), ended(0)).outcome is Outcome.FAIL
