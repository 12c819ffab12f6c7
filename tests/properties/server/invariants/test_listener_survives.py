"""listener_survives: the same process accepts and echoes after whatever has happened."""

from dataclasses import replace
from typing import Any

import pytest

from properties.model.events import Conclusion, Event
from properties.model.history import History
from properties.model.verdict import NO_PROCESSES, Outcome, judge
from properties.server.client_numbers import FIRST_EXCHANGE, LAST_EXCHANGE
from properties.server.connection_records import SMALLEST_LIMIT
from properties.server.events import End, Ended, OpenFailed, Paused
from properties.server.invariants.listener_survives import INVARIANT
from tests.properties.server.histories import (
    Part,
    after_all,
    before_all,
    census,
    closed,
    connection,
    eof,
    half_closed,
    half_life,
    history,
    injected,
    limit_seen,
    listener_ended,
    mismatched,
    open_failed,
    opened,
    received,
    reset_by_peer,
    sent,
    stalled,
)


def test_it_holds_when_the_last_exchange_is_served() -> None:
    made = history(before_all(), connection(1), after_all())
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_listener_that_ended_fails_with_its_last_words() -> None:
    died = listener_ended(output="serving\naccept error: Interrupted system call\n")
    verdict = judge(INVARIANT, history(connection(1), died))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == (
        "the listener 4711 exited with status 1, saying 'accept error: Interrupted system call'"
    )


def test_a_listener_that_ended_silently_fails() -> None:
    verdict = judge(INVARIANT, history(listener_ended("killed by SIGPIPE")))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "the listener 4711 killed by SIGPIPE"


def test_another_process_that_serves_does_not_make_up_for_the_listener() -> None:
    made = history(listener_ended(), after_all())
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_a_new_client_that_is_ended_before_it_has_sent_a_byte_was_not_served() -> None:
    turned_away = (opened(LAST_EXCHANGE), eof(LAST_EXCHANGE))
    verdict = judge(INVARIANT, history(before_all(), connection(1), *turned_away))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "a new client saw EOF before it had sent a byte"


def test_a_connection_that_is_refused_for_good_fails() -> None:
    verdict = judge(INVARIANT, history(before_all(), open_failed()))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "a connection failed: Connection refused"


def test_a_refusal_that_passes_looks_like_a_rate_limit_and_the_option_is_named() -> None:
    refused = open_failed(recent=50, recovered_after=10.2)
    verdict = judge(INVARIANT, history(before_all(), refused, after_all()))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "refused for 10 s after 50 within a second" in verdict.reason
    assert verdict.reason.endswith("try --max-rate 25")


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"is_local": True}, "did not let us connect"),
        ({"conclusion": Conclusion.STARVED}, "too little time"),
        ({"served": 10}, "try --max-connections 10"),
    ],
)
def test_a_connection_that_fails_for_another_reason_is_no_violation(
    changed: dict[str, Any], words: str
) -> None:
    (failure,) = history(open_failed("the handshake did not end")).of(OpenFailed)
    verdict = judge(INVARIANT, history(replace(failure, **changed)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert words in verdict.reason


def test_the_named_rate_is_never_zero() -> None:
    refused = open_failed(recent=1, recovered_after=3.0)
    assert judge(INVARIANT, history(refused)).reason.endswith("try --max-rate 1")


def test_a_last_exchange_that_never_ran_is_no_pass() -> None:
    verdict = judge(INVARIANT, history(before_all(), connection(1)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "never ran" in verdict.reason


def unserved(client: int) -> list[Event]:
    """A client that is accepted, and gets nothing."""
    return [opened(client), sent(client, 24), stalled(client, missing=24)]


def held_back(client: int, before: int = 0) -> list[Event]:
    """A client that gets its echo, or the rest of it, only once it has half-closed."""
    return [
        opened(client),
        sent(client, 24),
        *([received(client, before)] if before else []),
        stalled(client, missing=24 - before),
        half_closed(client),
        received(client, 24 - before),
        eof(client),
    ]


def test_a_last_exchange_without_echo_fails() -> None:
    verdict = judge(INVARIANT, history(before_all(), unserved(LAST_EXCHANGE)))
    assert verdict.outcome is Outcome.FAIL
    assert "a new client got 0 of 24 bytes" in verdict.reason


@pytest.mark.parametrize("before", [0, 23])
def test_a_server_that_echoes_only_at_the_half_close_has_survived(before: int) -> None:
    made = history(held_back(FIRST_EXCHANGE, before), held_back(LAST_EXCHANGE, before))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_server_that_loses_a_byte_of_the_last_exchange_has_survived() -> None:
    lost = [received(LAST_EXCHANGE, 23), stalled(LAST_EXCHANGE, missing=1)]
    made = history(before_all(), opened(LAST_EXCHANGE), sent(LAST_EXCHANGE, 24), lost)
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_server_that_cuts_off_the_last_exchange_in_the_middle_has_survived() -> None:
    cut_off = [received(LAST_EXCHANGE, 3), eof(LAST_EXCHANGE, missing=21)]
    made = history(before_all(), opened(LAST_EXCHANGE), sent(LAST_EXCHANGE, 24), cut_off)
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_server_that_never_served_any_client_has_not_died_of_the_workload() -> None:
    made = history(unserved(FIRST_EXCHANGE), unserved(LAST_EXCHANGE))
    verdict = judge(INVARIANT, made)
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason.endswith("none was served before the workload either")


def test_a_last_exchange_that_is_turned_away_fails_whoever_was_hurt_before() -> None:
    made = history(
        half_life(1),
        injected(1),
        opened(LAST_EXCHANGE),
        sent(LAST_EXCHANGE, 24),
        reset_by_peer(LAST_EXCHANGE, missing=24),
    )
    verdict = judge(INVARIANT, made)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "a new client saw ECONNRESET after 0 of 24 bytes"


def test_a_last_exchange_that_was_not_waited_for_is_no_pass() -> None:
    made = history(opened(LAST_EXCHANGE), sent(LAST_EXCHANGE, 24), received(LAST_EXCHANGE, 3))
    assert judge(INVARIANT, made).outcome is Outcome.INCONCLUSIVE


def test_wrong_bytes_in_the_last_exchange_are_not_held_against_the_listener() -> None:
    wrong = mismatched(LAST_EXCHANGE, 0, b"a", b"A")
    made = history(opened(LAST_EXCHANGE), sent(LAST_EXCHANGE, 24), wrong, eof(LAST_EXCHANGE))
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_starved_last_exchange_is_not_judged() -> None:
    starving = stalled(LAST_EXCHANGE, missing=24, conclusion=Conclusion.STARVED)
    made = history(opened(LAST_EXCHANGE), sent(LAST_EXCHANGE, 24), starving)
    assert judge(INVARIANT, made).outcome is Outcome.INCONCLUSIVE


def test_by_address_a_served_client_is_not_yet_the_same_process() -> None:
    verdict = judge(INVARIANT, history(connection(LAST_EXCHANGE), by_address=True))
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert NO_PROCESSES in verdict.reason


def test_by_address_a_server_that_refuses_fails() -> None:
    made = history(before_all(), open_failed(), by_address=True)
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_a_server_that_stopped_listening_for_a_while_seems_to_limit_the_rate() -> None:
    made = History(events=[Paused(1.0, recent_connections=60, recovered_after=9.8)])
    verdict = judge(INVARIANT, made)
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "for 10 s after 60 within a second" in verdict.reason
    assert "try --max-rate 30" in verdict.reason


def test_a_connection_that_is_reset_at_once_beyond_the_limit_is_no_violation() -> None:
    eight: list[Part] = [half_life(client) for client in range(1, 9)]
    turned_away = (*eight, open_failed("Connection reset by peer", client=9))
    assert judge(INVARIANT, history(*turned_away)).outcome is Outcome.FAIL
    verdict = judge(INVARIANT, history(*turned_away, limit_seen(8)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason.endswith("try --max-connections 8")


def test_a_last_exchange_that_meets_the_limit_on_clients_is_turned_away_for_that() -> None:
    eight: list[Part] = [half_life(client) for client in range(1, 9)]
    turned_away = (*eight, opened(LAST_EXCHANGE), sent(LAST_EXCHANGE, 24), eof(LAST_EXCHANGE, 24))
    verdict = judge(INVARIANT, history(*turned_away, limit_seen(8)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason.endswith("try --max-connections 8")


TURNED_AWAY: list[Part] = [
    *(half_life(client) for client in range(1, 9)),
    opened(9),
    eof(9),
    limit_seen(8),
    *(closed(client, final=True) for client in range(1, 9)),
    census("after"),
]
"""A server with a limit has turned a client away; all have left since."""


def test_a_limit_that_others_have_met_is_no_excuse_for_a_connection_that_fails_later() -> None:
    assert judge(INVARIANT, history(*TURNED_AWAY, open_failed(client=10))).outcome is Outcome.FAIL


def test_a_limit_that_others_have_met_is_no_excuse_for_a_last_exchange_without_echo() -> None:
    made = history(*TURNED_AWAY, unserved(LAST_EXCHANGE))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_a_last_exchange_that_never_connected_never_ran() -> None:
    verdict = judge(INVARIANT, history(before_all(), sent(LAST_EXCHANGE, 24)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "never ran" in verdict.reason


def test_a_first_client_that_got_some_bytes_was_served() -> None:
    cut_short = [opened(FIRST_EXCHANGE), sent(FIRST_EXCHANGE, 24), received(FIRST_EXCHANGE, 3)]
    made = history(*cut_short, stalled(FIRST_EXCHANGE, missing=21), unserved(LAST_EXCHANGE))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_a_first_client_that_was_not_waited_for_excuses_nothing() -> None:
    made = history(opened(FIRST_EXCHANGE), sent(FIRST_EXCHANGE, 24), unserved(LAST_EXCHANGE))
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_an_end_that_the_service_allows_is_no_missing_service() -> None:
    ended = Ended(0.2, LAST_EXCHANGE, End.EOF, 0, "read returned 0", allowed=True)
    made = history(before_all(), opened(LAST_EXCHANGE), ended)
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_last_exchange_of_which_nothing_was_seen_is_no_pass() -> None:
    verdict = judge(INVARIANT, history(before_all(), opened(LAST_EXCHANGE), sent(LAST_EXCHANGE, 9)))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "not complete" in verdict.reason


def test_a_last_exchange_that_was_accepted_and_is_owed_nothing_was_served() -> None:
    waits = stalled(LAST_EXCHANGE, "end", accepted=True)
    made = history(before_all(), opened(LAST_EXCHANGE), half_closed(LAST_EXCHANGE), waits)
    assert judge(INVARIANT, made).outcome is Outcome.PASS


def test_a_listener_that_got_too_little_time_to_accept_is_not_judged() -> None:
    starving = stalled(LAST_EXCHANGE, "end", accepted=False, conclusion=Conclusion.STARVED)
    made = history(before_all(), opened(LAST_EXCHANGE), half_closed(LAST_EXCHANGE), starving)
    assert judge(INVARIANT, made).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("refused", "served", "outcome"),
    [
        (False, SMALLEST_LIMIT, Outcome.INCONCLUSIVE),
        (False, SMALLEST_LIMIT - 1, Outcome.FAIL),
        (True, SMALLEST_LIMIT, Outcome.FAIL),
    ],
)
def test_only_a_full_accept_queue_beside_many_clients_looks_like_a_limit(
    *, refused: bool, served: int, outcome: Outcome
) -> None:
    (failure,) = history(open_failed("it failed")).of(OpenFailed)
    made = history(replace(failure, refused=refused, served=served))
    assert judge(INVARIANT, made).outcome is outcome


PAUSED = Paused(1.0, recent_connections=60, recovered_after=9.8)


def ours(client: int) -> Event:
    """A connection that our own machine did not let us make."""
    (failure,) = history(open_failed("Too many open files", client=client)).of(OpenFailed)
    return replace(failure, is_local=True)


@pytest.mark.parametrize("excused", [ours(2), open_failed(client=2, recovered_after=3.0), PAUSED])
def test_a_refusal_for_good_fails_whatever_was_excused_before(excused: Event) -> None:
    verdict = judge(INVARIANT, history(before_all(), excused, open_failed(client=LAST_EXCHANGE)))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "a connection failed: Connection refused"


@pytest.mark.parametrize("excused", [ours(2), open_failed(client=2, recovered_after=3.0), PAUSED])
def test_a_last_exchange_without_echo_fails_whatever_was_excused_before(excused: Event) -> None:
    verdict = judge(INVARIANT, history(before_all(), excused, unserved(LAST_EXCHANGE)))
    assert verdict.outcome is Outcome.FAIL
    assert "a new client got 0 of 24 bytes" in verdict.reason


@pytest.mark.parametrize("limited", [open_failed(client=2, recovered_after=3.0), PAUSED])
@pytest.mark.parametrize(
    "turned_away",
    [
        [opened(LAST_EXCHANGE), sent(LAST_EXCHANGE, 24), reset_by_peer(LAST_EXCHANGE, missing=24)],
        [opened(LAST_EXCHANGE), eof(LAST_EXCHANGE)],
        [open_failed("Connection reset by peer", client=LAST_EXCHANGE)],
    ],
)
def test_who_is_turned_away_by_a_server_that_limits_the_rate_is_no_violation(
    limited: Event, turned_away: list[Event]
) -> None:
    verdict = judge(INVARIANT, history(before_all(), limited, turned_away))
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert "--max-rate" in verdict.reason


def test_an_excuse_is_no_pass_though_the_last_exchange_was_served() -> None:
    verdict = judge(INVARIANT, history(before_all(), ours(2), after_all()))
    assert verdict.outcome is Outcome.INCONCLUSIVE


def test_of_several_doubts_the_first_is_told() -> None:
    paused = (replace(PAUSED, at=at, recent_connections=count) for at, count in ((1, 60), (2, 20)))
    verdict = judge(INVARIANT, History(events=list(paused)))
    assert verdict.reason.endswith("try --max-rate 30")


def test_who_waits_in_vain_on_a_server_that_limits_the_rate_was_not_turned_away() -> None:
    accepted = [*unserved(LAST_EXCHANGE), eof(LAST_EXCHANGE, missing=24)]
    waits = stalled(LAST_EXCHANGE, "end", accepted=False)
    never_accepted = [opened(LAST_EXCHANGE), half_closed(LAST_EXCHANGE), waits]
    for waited in (accepted, never_accepted):
        verdict = judge(INVARIANT, history(before_all(), PAUSED, waited))
        assert verdict.outcome is Outcome.FAIL
