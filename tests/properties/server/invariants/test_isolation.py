"""isolation: what a fault on one connection does to the others."""

import pytest

from faults.fault import Status
from properties.model.events import Conclusion
from properties.model.verdict import Outcome, judge
from properties.server.client_numbers import FIRST_EXCHANGE, LAST_EXCHANGE
from properties.server.invariants.isolation import INVARIANT
from tests.properties.server.histories import (
    Part,
    closed,
    connection,
    eof,
    half_closed,
    half_life,
    history,
    injected,
    limit_seen,
    listener_ended,
    lost_without_faults,
    mismatched,
    opened,
    received,
    reset_by_peer,
    sent,
    silenced,
    stalled,
    step,
)


def test_it_holds_when_the_other_connection_goes_on() -> None:
    made = history(opened(2), injected(2), eof(2), connection(1))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_bystander_that_is_ended_fails() -> None:
    verdict = judge(INVARIANT, history(half_life(1), opened(2), injected(2), reset_by_peer(1, 7)))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == (
        "c1 was ended (ECONNRESET) with 7 bytes still owed, though nothing was done to it"
    )


def test_a_bystander_that_is_cut_off_for_its_silence_is_left_to_exact_echo() -> None:
    timers = ("poll with a timeout of 1 s",)
    cut_off = history(half_life(1), opened(2), injected(2), eof(1), silenced(1, timers=timers))
    assert judge(INVARIANT, cut_off).outcome is Outcome.PASS


def test_a_bystander_that_ends_in_a_silence_without_a_timer_fails() -> None:
    ended = history(half_life(1), opened(2), injected(2), eof(1), silenced(1))
    assert judge(INVARIANT, ended).outcome is Outcome.FAIL


def test_a_bystander_whose_bytes_are_lost_fails() -> None:
    made = history(
        opened(1), opened(2), injected(2), sent(1, 10), received(1, 4), stalled(1, missing=6)
    )
    verdict = judge(INVARIANT, made)
    assert verdict.outcome is Outcome.FAIL
    assert "c1 got 4 of 10 bytes, though nothing was done to it" in verdict.reason


def test_a_bystander_that_only_had_to_wait_is_left_to_prompt_service() -> None:
    late = history(
        opened(1),
        opened(2),
        injected(2),
        sent(1, 10),
        stalled(1, missing=10, others=(2,)),
        eof(2),
        received(1, 10),
    )
    assert judge(INVARIANT, late).outcome is Outcome.PASS


def test_what_was_wrong_before_the_fault_is_left_to_exact_echo() -> None:
    lost = history(opened(1), sent(1, 10), stalled(1, missing=10), step(), opened(2), injected(2))
    assert judge(INVARIANT, lost).outcome is Outcome.PASS
    ended = history(half_life(1), eof(1), step(), opened(2), injected(2))
    assert judge(INVARIANT, ended).outcome is Outcome.PASS


def test_what_happens_while_the_fault_goes_on_counts() -> None:
    made = history(half_life(1), opened(2), step(), reset_by_peer(1, 7), injected(2))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_wrong_bytes_are_left_to_exact_echo() -> None:
    wrong = history(opened(1), opened(2), injected(2), mismatched(1, 0, b"a", b"b"), eof(1))
    assert judge(INVARIANT, wrong).outcome is Outcome.PASS


def test_an_end_after_the_half_close_is_left_to_clean_eof() -> None:
    made = history(half_life(1), opened(2), injected(2), half_closed(1), reset_by_peer(1))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_without_a_fault_it_has_no_meaning() -> None:
    verdict = judge(INVARIANT, history(half_life(1), eof(1)))
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert verdict.reason == "no other connection was open when a fault disturbed one"


def test_a_hurt_connection_is_no_bystander_of_itself() -> None:
    alone = history(half_life(1), injected(1), reset_by_peer(1, 7))
    assert judge(INVARIANT, alone).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("exchange", [FIRST_EXCHANGE, LAST_EXCHANGE])
def test_a_plain_exchange_is_no_bystander(exchange: int) -> None:
    made = history(opened(exchange), eof(exchange), opened(2), injected(2))
    assert judge(INVARIANT, made).outcome is Outcome.NOT_APPLICABLE


def test_an_impossible_fault_hurts_nobody() -> None:
    made = history(half_life(1), opened(2), injected(2, status=Status.IMPOSSIBLE), eof(1))
    assert judge(INVARIANT, made).outcome is Outcome.NOT_APPLICABLE


def test_a_fault_that_missed_may_have_hurt_all_the_same() -> None:
    made = history(half_life(1), opened(2), injected(2, status=Status.MISSED), eof(1))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "rude",
    [closed(2, by_reset=True), closed(2, unread=1), closed(2, missing=1)],
    ids=["reset", "unread", "still owed"],
)
def test_our_own_rude_close_counts_as_hurting(rude: Part) -> None:
    made = history(half_life(1), opened(2), rude, eof(1))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_a_final_close_does_not_count_as_hurting() -> None:
    made = history(half_life(1), opened(2), closed(2, by_reset=True, missing=9, final=True))
    assert judge(INVARIANT, made).outcome is Outcome.NOT_APPLICABLE


def test_a_listener_that_died_is_left_to_listener_survives() -> None:
    died = history(half_life(1), opened(2), injected(2), eof(1), listener_ended())
    assert judge(INVARIANT, died).outcome is Outcome.NOT_APPLICABLE


def test_a_starved_server_is_not_judged() -> None:
    starving = stalled(1, missing=10, conclusion=Conclusion.STARVED)
    made = history(opened(1), opened(2), injected(2), sent(1, 10), starving)
    assert judge(INVARIANT, made).outcome is Outcome.INCONCLUSIVE


def test_who_is_turned_away_at_the_limit_on_clients_has_not_suffered_from_the_fault() -> None:
    eight: list[Part] = [half_life(client) for client in range(1, 9)]
    turned_away = (*eight, closed(1, by_reset=True), opened(9), eof(9))
    assert judge(INVARIANT, history(*turned_away)).outcome is Outcome.FAIL
    verdict = judge(INVARIANT, history(*turned_away, limit_seen(8)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason.endswith("try --max-connections 8")


def test_a_client_that_was_never_accepted_has_not_suffered_from_a_reset() -> None:
    never = stalled(1, missing=10, accepted=False)
    made = history(opened(1), sent(1, 10), opened(2), closed(2, by_reset=True), never)
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_without_others_the_report_need_not_say_so() -> None:
    verdict = judge(INVARIANT, history(connection(1)))
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert not verdict.remarkable


def test_a_bystander_that_gets_its_echo_only_at_its_half_close_fails() -> None:
    late = (stalled(1, missing=10), half_closed(1), received(1, 10), eof(1))
    verdict = judge(INVARIANT, history(opened(1), opened(2), injected(2), sent(1, 10), *late))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.startswith("c1 got its last 10 bytes only after it had half-closed, ")


def test_a_fault_outside_of_any_step_counts_from_the_beginning() -> None:
    made = history(injected(2), opened(2), reset_by_peer(1, 7))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL
    soon = history(injected(2), reset_by_peer(1, 7))
    assert judge(INVARIANT, soon).outcome is Outcome.FAIL


def test_bytes_that_a_client_alone_has_lost_as_well_were_not_lost_by_a_fault_on_another() -> None:
    alone = [
        opened(FIRST_EXCHANGE),
        sent(FIRST_EXCHANGE, 24),
        received(FIRST_EXCHANGE, 23),
        stalled(FIRST_EXCHANGE, missing=1),
    ]
    lost = [opened(1), opened(2), injected(2), sent(1, 10), received(1, 9), stalled(1, missing=1)]
    assert judge(INVARIANT, history(alone, lost)).outcome is Outcome.NOT_APPLICABLE
    assert judge(INVARIANT, history(lost)).outcome is Outcome.FAIL


def test_a_bystander_that_is_ended_without_the_fault_as_well_was_not_ended_by_it() -> None:
    made = history(half_life(1), opened(2), injected(2), reset_by_peer(1, 7))
    without = history(*[made.events], lost_without_faults(1, ended=True))
    assert judge(INVARIANT, without).outcome is Outcome.NOT_APPLICABLE
    lost = history(*[made.events], lost_without_faults(1))
    assert judge(INVARIANT, lost).outcome is Outcome.FAIL


def test_a_bystander_that_is_ended_fails_whatever_a_client_alone_has_lost() -> None:
    alone = [opened(FIRST_EXCHANGE), sent(FIRST_EXCHANGE, 24), stalled(FIRST_EXCHANGE, missing=24)]
    made = history(alone, half_life(1), opened(2), injected(2), reset_by_peer(1, 7))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_where_a_client_is_ended_without_the_fault_bytes_that_another_loses_tell_nothing() -> None:
    lost = [opened(1), opened(2), injected(2), sent(1, 10), received(1, 9), stalled(1, missing=1)]
    assert judge(INVARIANT, history(lost)).outcome is Outcome.FAIL
    ended: list[Part] = [half_life(FIRST_EXCHANGE), eof(FIRST_EXCHANGE)]
    for alone in (history(*ended).events, [lost_without_faults(3, ended=True)]):
        assert judge(INVARIANT, history(alone, lost)).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("exchange", [FIRST_EXCHANGE, LAST_EXCHANGE])
def test_a_plain_exchange_beside_a_fault_is_no_bystander(exchange: int) -> None:
    made = history(opened(2), opened(exchange), injected(2))
    assert judge(INVARIANT, made).outcome is Outcome.NOT_APPLICABLE
