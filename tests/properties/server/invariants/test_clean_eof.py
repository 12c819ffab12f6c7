"""clean_eof: how a connection must end after the client's half-close."""

from dataclasses import replace

import pytest

from properties.model.events import Conclusion, Event
from properties.model.verdict import Outcome, judge
from properties.server.events import Ended, Paused
from properties.server.invariants.clean_eof import INVARIANT
from tests.properties.server.histories import (
    Part,
    after_all,
    before_all,
    closed,
    connection,
    eof,
    half_closed,
    half_life,
    history,
    injected,
    listener_ended,
    mismatched,
    opened,
    received,
    reset_by_peer,
    sent,
    stalled,
)


def test_it_holds_when_every_byte_and_then_the_fin_comes() -> None:
    made = history(before_all(), connection(1), after_all())
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_reset_after_the_half_close_fails() -> None:
    verdict = judge(INVARIANT, history(half_life(1), half_closed(1), reset_by_peer(1)))
    assert verdict.outcome is Outcome.FAIL
    assert "c1 saw ECONNRESET instead of EOF after its half-close" in verdict.reason


def test_a_fin_before_the_last_byte_fails() -> None:
    verdict = judge(
        INVARIANT, history(opened(1), sent(1, 10), half_closed(1), received(1, 7), eof(1, 3))
    )
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "c1 saw EOF with 3 bytes of 10 bytes still owed"


def test_a_fin_that_never_comes_fails_once_that_is_certain() -> None:
    verdict = judge(INVARIANT, history(half_life(1), half_closed(1), stalled(1, "end")))
    assert verdict.outcome is Outcome.FAIL
    assert "c1 never saw EOF after its half-close" in verdict.reason


def test_a_fin_that_came_after_all_passes() -> None:
    late = history(half_life(1), half_closed(1), stalled(1, "end"), eof(1))
    assert judge(INVARIANT, late).outcome is Outcome.PASS


def test_a_fin_that_waits_for_another_client_to_go_fails() -> None:
    late = history(
        half_life(1), half_life(2), half_closed(1), stalled(1, "end", others=(2,)), eof(2), eof(1)
    )
    verdict = judge(INVARIANT, late)
    assert verdict.outcome is Outcome.FAIL
    assert "c1 saw EOF only after another client had left, beside 1 other" in verdict.reason


def test_it_does_not_matter_whose_end_is_seen_first_once_another_has_half_closed() -> None:
    stall = stalled(1, "end", others=(2,))
    late = history(half_life(1), half_life(2), half_closed(1), stall, half_closed(2), eof(1))
    assert "only after another client had left" in judge(INVARIANT, late).reason


def test_a_fin_that_comes_while_the_others_stay_is_not_late() -> None:
    before = history(
        *(half_life(1), half_life(2), half_closed(2), half_closed(1)),
        *(stalled(1, "end", others=(2,)), eof(1), eof(2)),
    )
    assert judge(INVARIANT, before).outcome is Outcome.PASS


def test_a_starved_server_is_not_judged() -> None:
    starving = stalled(1, "end", conclusion=Conclusion.STARVED)
    made = history(half_life(1), half_closed(1), starving)
    assert judge(INVARIANT, made).outcome is Outcome.INCONCLUSIVE


def test_an_end_that_nobody_asked_for_is_left_to_exact_echo() -> None:
    assert judge(INVARIANT, history(half_life(1), eof(1))).outcome is Outcome.PASS


def test_a_half_close_after_the_end_asks_for_nothing() -> None:
    made = history(half_life(1), reset_by_peer(1), half_closed(1))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_bytes_lost_before_the_half_close_are_left_to_exact_echo() -> None:
    lost = history(
        opened(1), sent(1, 10), stalled(1, missing=10), half_closed(1), eof(1, missing=10)
    )
    assert judge(INVARIANT, lost).outcome is Outcome.PASS


def test_wrong_bytes_are_left_to_exact_echo() -> None:
    wrong = history(half_life(1), mismatched(1, 0, b"a", b"b"), half_closed(1), reset_by_peer(1))
    assert judge(INVARIANT, wrong).outcome is Outcome.PASS


@pytest.mark.parametrize("end", [eof(1), reset_by_peer(1)])
def test_a_connection_whose_worker_was_killed_may_end_either_way(end: Part) -> None:
    assert judge(INVARIANT, history(half_life(1), injected(1), end)).outcome is Outcome.PASS


def test_a_connection_whose_worker_was_killed_must_end() -> None:
    verdict = judge(INVARIANT, history(half_life(1), injected(1), stalled(1, "end")))
    assert verdict.outcome is Outcome.FAIL
    assert "c1 never saw EOF after the fault that ended its service" in verdict.reason


def test_our_own_reset_asks_for_no_end() -> None:
    made = history(half_life(1), closed(1, by_reset=True))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_stall_before_our_own_reset_is_no_missing_end() -> None:
    waited = stalled(1, missing=10, others=(2,))
    made = history(opened(1), sent(1, 10), waited, closed(1, by_reset=True, missing=10))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_reset_beside_a_hurt_connection_still_fails() -> None:
    beside = history(opened(2), injected(2), half_life(1), half_closed(1), reset_by_peer(1))
    assert judge(INVARIANT, beside).outcome is Outcome.FAIL


def test_a_listener_that_died_is_left_to_listener_survives() -> None:
    died = history(half_life(1), half_closed(1), reset_by_peer(1), listener_ended())
    assert judge(INVARIANT, died).outcome is Outcome.PASS


def test_it_is_judged_by_address_too() -> None:
    made = history(half_life(1), half_closed(1), reset_by_peer(1), by_address=True)
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_a_connection_that_was_turned_away_when_the_server_stopped_listening_is_excused() -> None:
    made = history(half_life(1), half_closed(1), opened(2), half_closed(2), reset_by_peer(2))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL
    made.add(Paused(1.0, recent_connections=60, recovered_after=9.8))
    turned_away = judge(INVARIANT, history(opened(2), half_closed(2), reset_by_peer(2)))
    assert turned_away.outcome is Outcome.FAIL
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_connection_that_was_never_accepted_has_not_ended_badly() -> None:
    stall = stalled(1, "end", others=(2,), accepted=False, served=1)
    late = history(opened(1), half_closed(1), stall, closed(2, final=True), eof(1))
    never = history(opened(1), half_closed(1), stall)
    for made in (late, never):
        assert judge(INVARIANT, made).outcome is Outcome.PASS


def allowed(end: Event) -> Event:
    """An end that the service lets the server make at any time."""
    assert isinstance(end, Ended)
    return replace(end, allowed=True)


@pytest.mark.parametrize("end", [eof(1, missing=3), reset_by_peer(1, missing=3)])
def test_an_end_that_the_service_allows_is_well_whatever_is_owed(end: Event) -> None:
    made = history(opened(1), sent(1, 10), half_closed(1), received(1, 7), allowed(end))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_hurt_connection_that_we_closed_at_the_very_end_has_not_ended() -> None:
    made = history(half_life(1), injected(1), stalled(1, "end"), closed(1, final=True))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_what_is_still_owed_is_named_where_something_is() -> None:
    complete = history(half_life(1), half_closed(1), stalled(1, "end"))
    assert "still owed" not in judge(INVARIANT, complete).reason
    steps = opened(1), sent(1, 10), half_closed(1), received(1, 7), stalled(1, "end", missing=3)
    assert (
        "after its half-close and 3 bytes still owed (" in judge(INVARIANT, history(*steps)).reason
    )
