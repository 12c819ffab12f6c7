"""exact_echo: who is blamed for bytes that are wrong, lost, or cut off."""

from collections.abc import Callable

import pytest

from properties.model.events import Conclusion, Event, Marked
from properties.model.oracle import ServiceScope
from properties.model.verdict import Outcome, judge
from properties.server.client_numbers import LAST_EXCHANGE
from properties.server.invariants.exact_echo import INVARIANT
from tests.properties.server.histories import (
    Part,
    after_all,
    before_all,
    closed,
    connection,
    eof,
    few_served,
    forked,
    half_closed,
    half_life,
    history,
    injected,
    limit_seen,
    listener_ended,
    lost_without_faults,
    mismatched,
    open_failed,
    opened,
    process_ended,
    received,
    reset_by_peer,
    sent,
    silenced,
    stalled,
    step,
)


def test_it_holds_when_everything_comes_back() -> None:
    made = history(before_all(), connection(1), connection(2, 5000), after_all())
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_changed_byte_fails_and_both_sides_are_shown() -> None:
    verdict = judge(INVARIANT, history(opened(1), sent(1, 3), mismatched(1, 1, b"bc", b"Bc")))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "c1 got b'Bc' instead of b'bc' at byte 1"


def test_a_byte_that_was_never_owed_fails() -> None:
    verdict = judge(INVARIANT, history(half_life(1), mismatched(1, 24, b"", b"x")))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "c1 got more than was owed, from byte 24: b'x'"


def test_a_byte_that_never_comes_fails_once_that_is_certain() -> None:
    verdict = judge(
        INVARIANT, history(opened(1), sent(1, 10), received(1, 9), stalled(1, missing=1))
    )
    assert verdict.outcome is Outcome.FAIL
    assert "c1 got 9 of 10 bytes: 1 byte never came" in verdict.reason
    assert "nothing in the server can change any more: 4711 sleeps in accept" in verdict.reason


def test_a_starved_server_is_not_judged() -> None:
    starving = stalled(1, missing=10, conclusion=Conclusion.STARVED)
    verdict = judge(INVARIANT, history(opened(1), sent(1, 10), starving))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "too little time" in verdict.reason


def test_a_proven_loss_is_a_failure_even_where_something_else_starved() -> None:
    verdict = judge(
        INVARIANT,
        history(
            opened(1),
            opened(2),
            sent(1, 10),
            stalled(2, conclusion=Conclusion.STARVED),
            stalled(1, missing=10),
        ),
    )
    assert verdict.outcome is Outcome.FAIL


def test_an_echo_that_came_late_is_not_lost() -> None:
    late = history(opened(1), sent(1, 10), stalled(1, missing=10), received(1, 10))
    assert judge(INVARIANT, late).outcome is Outcome.PASS


def test_an_echo_that_only_the_half_close_brings_was_held_back() -> None:
    held_back = history(
        opened(1), sent(1, 10), stalled(1, missing=10), half_closed(1), received(1, 10), eof(1)
    )
    verdict = judge(INVARIANT, held_back)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "c1 got its last 10 bytes only after it had half-closed"


def test_a_connection_that_the_server_ends_unasked_fails() -> None:
    verdict = judge(INVARIANT, history(half_life(1), eof(1)))
    assert verdict.outcome is Outcome.FAIL
    assert "c1 was ended by the server (EOF)" in verdict.reason


def test_the_kind_of_the_unasked_end_is_named() -> None:
    verdict = judge(INVARIANT, history(opened(1), sent(1, 10), reset_by_peer(1, missing=10)))
    assert "ended by the server (ECONNRESET)" in verdict.reason
    assert "10 bytes still owed" in verdict.reason


A_SECOND = ("poll with a timeout of 1 s",)


def test_a_client_that_is_cut_off_for_its_silence_is_told_with_the_time() -> None:
    verdict = judge(INVARIANT, history(half_life(1), eof(1), silenced(1, timers=A_SECOND)))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == (
        "c1 was ended by the server (EOF) when it had been silent for 1.0 s, while the server "
        "waited in poll with a timeout of 1 s, though it had not ended its side, with 0 bytes "
        "still owed"
    )


def test_the_silence_of_a_client_counts_from_its_last_byte() -> None:
    made = history(half_life(1), connection(2), eof(1), silenced(1))
    assert "when it had been silent for 7.0 s though" in judge(INVARIANT, made).reason


def test_a_client_cut_off_by_a_timer_has_not_suffered_from_a_fault_before() -> None:
    cut_off = history(half_life(1), opened(2), injected(2), eof(1), silenced(1, timers=A_SECOND))
    assert judge(INVARIANT, cut_off).outcome is Outcome.FAIL


def test_an_end_in_a_silence_without_timers_is_left_to_isolation() -> None:
    ended = history(half_life(1), opened(2), injected(2), eof(1), silenced(1))
    assert judge(INVARIANT, ended).outcome is Outcome.PASS


def test_a_client_that_had_ended_before_the_silence_was_not_cut_off_for_it() -> None:
    before = history(half_life(1), eof(1), half_life(2), silenced(1, 2, timers=A_SECOND))
    assert "silent" not in judge(INVARIANT, before).reason


def test_clients_that_are_silent_and_stay_are_well() -> None:
    made = history(half_life(1), silenced(1, timers=A_SECOND), half_closed(1), eof(1))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_loss_after_the_half_close_is_left_to_clean_eof() -> None:
    lost = history(
        opened(1), sent(1, 10), half_closed(1), stalled(1, missing=10), eof(1, missing=10)
    )
    assert judge(INVARIANT, lost).outcome is Outcome.PASS


def test_a_connection_that_a_fault_has_hurt_owes_nothing_more() -> None:
    hurt = history(half_life(1), sent(1, 10), injected(1), eof(1, missing=10))
    assert judge(INVARIANT, hurt).outcome is Outcome.PASS


def test_a_hurt_connection_still_answers_for_wrong_bytes() -> None:
    hurt = history(half_life(1), mismatched(1, 24, b"ab", b"ba"), injected(1))
    assert judge(INVARIANT, hurt).outcome is Outcome.FAIL


def test_what_happens_beside_a_hurt_connection_is_left_to_isolation() -> None:
    beside = history(opened(1), opened(2), injected(2), eof(1, missing=10))
    assert judge(INVARIANT, beside).outcome is Outcome.PASS


def test_a_close_of_ours_with_bytes_unread_counts_as_hurting() -> None:
    beside = history(opened(1), opened(2), closed(2, unread=5), eof(1))
    assert judge(INVARIANT, beside).outcome is Outcome.PASS


def test_a_close_of_ours_with_nothing_owed_hurts_nobody() -> None:
    polite = history(opened(1), half_life(2), closed(2), eof(1))
    assert judge(INVARIANT, polite).outcome is Outcome.FAIL


def test_a_reset_at_the_very_end_of_a_workload_hurts_nobody() -> None:
    at_the_end = history(
        opened(1), sent(1, 9), stalled(1, missing=9), closed(1, by_reset=True, final=True)
    )
    assert judge(INVARIANT, at_the_end).outcome is Outcome.FAIL


def test_a_listener_that_died_is_left_to_listener_survives() -> None:
    died = history(half_life(1), eof(1), listener_ended())
    assert judge(INVARIANT, died).outcome is Outcome.PASS


def test_a_last_exchange_without_echo_is_left_to_listener_survives() -> None:
    made = history(opened(LAST_EXCHANGE), sent(LAST_EXCHANGE, 24), stalled(LAST_EXCHANGE))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


@pytest.mark.parametrize("before", [0, 23])
def test_an_echo_of_the_last_exchange_that_only_the_half_close_brings_was_held_back(
    before: int,
) -> None:
    made = history(
        half_life(1),
        injected(1),
        opened(LAST_EXCHANGE),
        sent(LAST_EXCHANGE, 24),
        [received(LAST_EXCHANGE, before)] if before else [],
        stalled(LAST_EXCHANGE, missing=24 - before),
        half_closed(LAST_EXCHANGE),
        received(LAST_EXCHANGE, 24 - before),
        eof(LAST_EXCHANGE),
    )
    verdict = judge(INVARIANT, made)
    assert verdict.outcome is Outcome.FAIL
    assert "only after it had half-closed" in verdict.reason


def test_bytes_that_the_last_exchange_lost_fail() -> None:
    lost = [received(LAST_EXCHANGE, 23), stalled(LAST_EXCHANGE, missing=1)]
    made = history(before_all(), opened(LAST_EXCHANGE), sent(LAST_EXCHANGE, 24), lost)
    verdict = judge(INVARIANT, made)
    assert verdict.outcome is Outcome.FAIL
    assert "got 23 of 24 bytes: 1 byte never came" in verdict.reason


def test_wrong_bytes_in_the_last_exchange_fail() -> None:
    made = history(opened(LAST_EXCHANGE), mismatched(LAST_EXCHANGE, 0, b"a", b"b"))
    verdict = judge(INVARIANT, made)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.startswith("the control exchange after")


def test_it_is_judged_by_address_too() -> None:
    wrong = history(opened(1), mismatched(1, 0, b"a", b"b"), by_address=True)
    assert judge(INVARIANT, wrong).outcome is Outcome.FAIL


@pytest.mark.parametrize("end", [eof, reset_by_peer], ids=["FIN", "RST"])
def test_who_is_turned_away_at_the_limit_of_a_server_s_rate_is_excused(
    end: Callable[[int], Event],
) -> None:
    turned_away = (half_life(1), opened(2), end(2))
    assert judge(INVARIANT, history(*turned_away)).outcome is Outcome.FAIL
    made = history(*turned_away, open_failed(recent=50, recovered_after=10.2))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


EIGHT: list[Part] = [half_life(client) for client in range(1, 9)]


@pytest.mark.parametrize("end", [eof, reset_by_peer], ids=["FIN", "RST"])
def test_who_is_turned_away_at_the_limit_on_clients_is_excused_and_the_option_is_named(
    end: Callable[[int], Event],
) -> None:
    turned_away = (*EIGHT, opened(9), end(9))
    assert judge(INVARIANT, history(*turned_away)).outcome is Outcome.FAIL
    verdict = judge(INVARIANT, history(*turned_away, limit_seen(8)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason.endswith("try --max-connections 8")


def test_below_the_limit_nobody_is_turned_away_without_a_violation() -> None:
    made = history(*EIGHT[:7], opened(9), eof(9), limit_seen(8))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_at_the_limit_a_client_that_was_served_is_not_excused() -> None:
    made = history(*EIGHT, half_life(9), eof(9), limit_seen(8))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_who_was_served_is_not_excused_by_a_limit() -> None:
    made = history(
        opened(1), sent(1, 3), received(1, 3), eof(1), open_failed(recent=50, recovered_after=10.2)
    )
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_a_client_that_was_never_accepted_got_no_echo_whatever_was_done_to_another() -> None:
    never = stalled(1, missing=10, accepted=False)
    made = history(opened(1), sent(1, 10), opened(2), closed(2, by_reset=True), never)
    verdict = judge(INVARIANT, made)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.startswith("c1 got 0 of 10 bytes: 10 bytes never came")


def test_an_end_is_left_to_isolation_only_where_a_fault_came_first() -> None:
    made = history(half_life(1), half_life(2), eof(1), step(), injected(2))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_an_echo_that_is_missing_beside_a_hurt_connection_is_left_to_isolation() -> None:
    missing = stalled(1, missing=10)
    made = history(opened(1), opened(2), injected(2), sent(1, 10), missing)
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_half_close_is_no_end_that_the_server_made() -> None:
    made = history(half_life(1), half_closed(1), eof(1))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_an_end_that_is_not_a_silence_says_nothing_of_one() -> None:
    verdict = judge(INVARIANT, history(half_life(1), eof(1)))
    assert verdict.reason.startswith("c1 was ended by the server (EOF) though it had not ended")


@pytest.mark.parametrize(
    "excuse",
    [silenced(1, timers=A_SECOND), listener_ended()],
    ids=["cut off for its silence", "the listener died"],
)
def test_a_server_with_its_own_words_may_say_goodbye_where_it_is_excused(excuse: Event) -> None:
    made = history(half_life(1), mismatched(1, 24, b"", b"bye"), eof(1), excuse)
    assert judge(INVARIANT, made).outcome is Outcome.FAIL
    made.scope = ServiceScope(in_own_words=True)
    assert judge(INVARIANT, made).outcome is Outcome.PASS


@pytest.mark.parametrize("words", [[], [mismatched(5, 0, b"", b"busy\n")]])
def test_where_others_may_have_been_as_many_as_are_served_the_option_is_named(
    words: list[Event],
) -> None:
    others = [opened(client) for client in range(1, 5)]
    # One that has just left may still be counted by the server.
    made = history(before_all(), others, opened(5), words, eof(5))
    verdict = judge(INVARIANT, made)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.endswith(
        "; if it is meant to serve no more than 4 at once, say --max-connections 4"
    )


def test_a_process_that_has_died_is_named_and_not_a_limit() -> None:
    crowd = [opened(client) for client in (1, 2, 3)]
    died = [*forked(77, 3), process_ended(77, "killed by SIGABRT")]
    verdict = judge(INVARIANT, history(crowd, eof(3), died))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.endswith("; its process 77 has ended: killed by SIGABRT")
    another_s = [*forked(77, 2), process_ended(77, "killed by SIGABRT")]
    for made in ([Marked(0, "SIGABRT", 77), *died], another_s):
        verdict = judge(INVARIANT, history(crowd, eof(3), made))
        assert "max-connections 2" in verdict.reason


def test_a_client_alone_that_is_ended_has_met_no_limit() -> None:
    verdict = judge(INVARIANT, history(opened(1), eof(1)))
    assert verdict.outcome is Outcome.FAIL
    assert "--max-connections" not in verdict.reason


def test_what_is_lost_without_the_fault_as_well_is_not_left_to_isolation() -> None:
    lost = [opened(1), opened(2), injected(2), sent(1, 10), received(1, 9), stalled(1, missing=1)]
    assert judge(INVARIANT, history(lost)).outcome is Outcome.PASS
    assert judge(INVARIANT, history(lost, lost_without_faults(1))).outcome is Outcome.FAIL


def test_who_is_turned_away_beside_few_is_not_left_to_isolation() -> None:
    crowd = [opened(client) for client in (2, 3)]
    away = [*crowd, injected(2), opened(1), eof(1, 0)]
    assert judge(INVARIANT, history(away)).outcome is Outcome.PASS
    assert judge(INVARIANT, history(away, few_served(2))).outcome is Outcome.FAIL
    assert judge(INVARIANT, history(away, few_served(3))).outcome is Outcome.PASS


def test_an_end_beside_a_loss_without_the_fault_is_not_left_to_isolation() -> None:
    ended: list[Part] = [half_life(1), opened(2), injected(2), reset_by_peer(1, 7)]
    assert judge(INVARIANT, history(*ended)).outcome is Outcome.PASS
    assert judge(INVARIANT, history(*ended, lost_without_faults(1))).outcome is Outcome.FAIL
