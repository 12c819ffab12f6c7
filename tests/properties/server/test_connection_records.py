"""What a history tells of one client: how it waited, and how and beside whom it ended."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from properties.model.events import Conclusion, Event
from properties.model.history import History
from properties.model.oracle import ServiceScope
from properties.server.connection_records import (
    RESET_AT_ONCE,
    ConnectionRecord,
    connection_records,
    starved,
    undisturbed,
)
from properties.server.events import Closed, End, Ended, Opened, Sent, Stalled
from tests.properties.server.histories import (
    Part,
    closed,
    eof,
    few_served,
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
    silenced,
    stalled,
    step,
)

STARVED = Conclusion.STARVED
PERMITTED_END = Ended(0, 1, End.EOF, 0, "read returned 0", allowed=True)


def record_of(*parts: Part, client: int = 1) -> ConnectionRecord:
    return connection_records(history(*parts))[client]


def with_own_words(made: History) -> ConnectionRecord:
    """The first client of a server that may end a connection that is silent."""
    made.scope = ServiceScope(in_own_words=True)
    return connection_records(made)[1]


def asking(client: int = 1, count: int = 10) -> list[Event]:
    """A client that has sent bytes and got none of them."""
    return [opened(client), sent(client, count)]


def numbered(*stalls: Stalled | None) -> Iterator[int | None]:
    """Return how many bytes were missing in each stall: the tests tell them apart by that."""
    return (stall.missing if stall is not None else None for stall in stalls)


def final_stall(*parts: Part) -> int | None:
    return next(numbered(record_of(*parts).final_stall()))


def late_and_lost(*parts: Part) -> tuple[int | None, ...]:
    record = record_of(*parts)
    return tuple(numbered(record.late_echo(), record.lost_echo()))


def late_end(*parts: Part) -> int | None:
    return next(numbered(record_of(*parts).late_end()))


# What has not happened.


def test_a_client_that_could_not_connect_is_owed_nothing_and_has_done_nothing() -> None:
    record = record_of(open_failed())
    assert not record.opened
    assert (record.owed, record.received, record.beside) == (0, 0, 0)
    assert (record.active_at, record.asked_at) == (0.0, 0.0)
    assert (record.half_closed, record.had_all_before_half_close) == (False, False)
    assert record.was_waited_for


def test_what_a_client_has_not_seen_lies_before_the_first_event() -> None:
    record = record_of(opened(1))
    assert record.received_last < 0
    assert record.ended_at < 0
    assert record.received_at < 0


def test_a_client_of_which_nothing_more_is_known_is_neither_disturbed_nor_excused() -> None:
    record = ConnectionRecord(1)
    assert not record.disturbed
    assert not record.blame_listener
    assert not record.is_over_the_limit
    assert not record.may_time_out
    assert record.beside == 0


def test_a_client_that_was_not_seen_to_come_has_nobody_beside_it() -> None:
    assert record_of(opened(2), sent(1, 10)).beside == 0


def test_how_we_closed_a_connection_is_kept() -> None:
    ends = closed(1, unread=3)
    assert isinstance(ends, Closed)
    assert record_of(half_life(1), ends).closed == replace(ends, at=3)


# The last wait that was in vain.


def test_a_client_that_never_waited_in_vain_has_no_last_wait() -> None:
    assert final_stall(half_life(1)) is None


def test_a_wait_for_an_echo_that_never_came_is_the_last() -> None:
    assert final_stall(asking(), stalled(1, missing=10)) == 10


def test_a_wait_is_over_where_the_end_came_after_it() -> None:
    assert final_stall(asking(), stalled(1, missing=10), eof(1, missing=10)) is None


def test_a_wait_for_an_echo_is_over_where_all_of_it_came_after_it() -> None:
    assert final_stall(asking(), stalled(1, missing=10), received(1, 10)) is None


def test_a_wait_for_an_echo_of_which_only_a_part_came_is_the_last() -> None:
    assert final_stall(asking(), stalled(1, missing=10), received(1, 9)) == 10


def test_a_wait_for_an_echo_after_which_nothing_came_is_the_last_whatever_came_before() -> None:
    assert final_stall(half_life(1), stalled(1, missing=3)) == 3


def test_a_wait_for_the_end_is_the_last_though_the_echo_came() -> None:
    waits = stalled(1, "end", missing=7)
    assert final_stall(half_life(1), half_closed(1), waits) == 7
    assert final_stall(asking(), half_closed(1), waits, received(1, 10)) == 7


def test_of_several_waits_in_vain_the_last_one_counts() -> None:
    waits = (stalled(1, missing=10), stalled(1, "end", missing=7))
    assert final_stall(asking(), waits[0], half_closed(1), waits[1]) == 7


# An echo that came late, or never.


def test_an_echo_that_came_once_another_client_had_left_is_late() -> None:
    waits = stalled(1, missing=10)
    assert late_and_lost(opened(2), asking(), waits, closed(2), received(1, 10)) == (10, None)


def test_an_echo_of_which_a_part_never_came_is_lost_and_not_late() -> None:
    waits = stalled(1, missing=10)
    assert late_and_lost(opened(2), asking(), waits, closed(2), received(1, 9)) == (None, 10)


def test_an_echo_that_came_though_nobody_left_is_neither_late_nor_lost() -> None:
    waits = stalled(1, missing=10)
    assert late_and_lost(opened(2), asking(), waits, received(1, 10)) == (None, None)
    assert late_and_lost(opened(2), asking(), waits, received(1, 10), closed(2)) == (None, None)
    assert late_and_lost(opened(2), closed(2), asking(), waits, received(1, 10)) == (None, None)


def test_an_echo_that_came_once_another_client_had_read_is_late() -> None:
    waits = stalled(1, missing=10, others=(2,))
    reads = (received(2, 5), received(1, 10))
    assert late_and_lost(asking(2), asking(), waits, *reads) == (10, None)
    assert late_and_lost(asking(2), asking(), waits, *reads, received(2, 5)) == (10, None)


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([asking(), received(2, 5), stalled(1, others=(2,))], id="before the wait"),
        pytest.param([asking(), stalled(1, others=()), received(2, 5)], id="one that came later"),
        pytest.param(
            [asking(), stalled(1, others=(2,), conclusion=STARVED), received(2, 5)],
            id="a machine too slow to tell",
        ),
        pytest.param([asking(1, 13), stalled(1, others=(2,)), received(1, 3)], id="it itself"),
    ],
)
def test_an_echo_is_not_late_for_what_else_was_read(parts: list[Part]) -> None:
    assert late_and_lost(asking(2), *parts, received(1, 10)) == (None, None)


def test_what_another_read_after_the_echo_had_come_did_not_bring_it() -> None:
    waits = stalled(1, missing=10, others=(2,))
    parts = (asking(2), asking(), waits, received(1, 10), received(2, 5))
    assert late_and_lost(*parts) == (None, None)


def test_another_that_half_closed_was_still_there() -> None:
    waits = stalled(1, missing=10)
    parts = (opened(2), asking(), waits, half_closed(2), received(1, 10), closed(2))
    assert late_and_lost(*parts) == (None, None)


def test_a_wait_for_which_the_machine_was_too_slow_proves_no_loss() -> None:
    assert late_and_lost(asking(), stalled(1, missing=10, conclusion=STARVED)) == (None, None)


def test_the_first_wait_counts_whether_the_echo_came_later_or_not() -> None:
    record = record_of(asking(), stalled(1, missing=10), stalled(1, missing=9), received(1, 10))
    assert list(numbered(record.first_wait())) == [10]


def test_only_waits_for_an_echo_are_for_an_echo() -> None:
    waits = stalled(1, "end", missing=10)
    assert late_and_lost(opened(2), asking(), waits, closed(2), received(1, 10)) == (None, None)
    assert late_and_lost(asking(), waits) == (None, None)


def test_an_echo_that_only_came_after_the_half_close_was_held_back_and_counts_as_lost() -> None:
    waits = stalled(1, missing=10)
    assert late_and_lost(asking(), waits, half_closed(1), received(1, 10)) == (None, 10)


def test_an_echo_for_which_a_slow_machine_was_waited_in_vain_is_not_held_back() -> None:
    waits = stalled(1, missing=10, conclusion=STARVED)
    assert late_and_lost(asking(), waits, half_closed(1), received(1, 10)) == (None, None)


def test_an_echo_that_came_before_the_half_close_was_not_held_back() -> None:
    waits = stalled(1, missing=10)
    assert late_and_lost(asking(), waits, received(1, 10), half_closed(1)) == (None, None)


def test_an_echo_that_came_after_the_half_close_and_another_departure_was_not_held_back() -> None:
    waits = stalled(1, missing=10)
    leave = (closed(2), half_closed(1))
    assert late_and_lost(opened(2), asking(), waits, *leave, received(1, 10)) == (10, None)


def test_an_echo_that_was_held_back_although_another_had_left_is_not_late() -> None:
    waits = (stalled(1, missing=10), closed(2), stalled(1, missing=9))
    parts = (opened(2), asking(), *waits, half_closed(1), received(1, 10))
    assert late_and_lost(*parts) == (None, 9)


# An end that came late.


def test_an_end_that_came_once_another_client_had_left_or_half_closed_is_late() -> None:
    began = (opened(2), half_life(1), half_closed(1), stalled(1, "end", missing=4))
    assert late_end(*began, closed(2), eof(1)) == 4
    assert late_end(*began, half_closed(2), eof(1)) == 4


def test_an_end_that_never_came_is_not_late() -> None:
    assert late_end(opened(2), half_life(1), half_closed(1), stalled(1, "end"), closed(2)) is None


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([stalled(1, "end"), half_closed(1)], id="it itself"),
        pytest.param([closed(2), stalled(1, "end")], id="another before the wait"),
        pytest.param([stalled(1), closed(2)], id="a wait for an echo"),
        pytest.param([stalled(1, "end", conclusion=STARVED), closed(2)], id="too slow to tell"),
    ],
)
def test_an_end_is_not_late_for_what_else_went_before(parts: list[Part]) -> None:
    assert late_end(opened(2), half_life(1), *parts, eof(1), closed(2)) is None


@pytest.mark.parametrize(("accepted", "is_late"), [(False, True), (True, False), (None, False)])
def test_only_a_client_that_was_known_to_be_unaccepted_was_accepted_late(
    *, accepted: bool | None, is_late: bool
) -> None:
    waits = stalled(1, "end", accepted=accepted)
    record = record_of(opened(2), opened(1), half_closed(1), waits, closed(2), eof(1))
    assert (record.late_acceptance() is not None) is is_late


def test_a_client_that_was_answered_had_been_accepted_in_time() -> None:
    waits = stalled(1, "end", accepted=False)
    began: list[Part] = [opened(2), asking(), half_closed(1), waits]
    assert record_of(*began, closed(2), eof(1)).late_acceptance() is not None
    assert record_of(*began, received(1, 1), closed(2), eof(1)).late_acceptance() is None


# Answered, waited for, ended.


def test_a_client_is_owed_what_it_has_sent_and_what_comes_by_itself() -> None:
    record = record_of(Opened(0, 1, "127.0.0.1:40001", owed=7))
    assert (record.opened, record.owed) == (True, 7)
    assert record_of(asking()).owed == 10


def test_a_client_that_was_ended_or_reset_without_a_byte_was_turned_away() -> None:
    assert record_of(opened(1), eof(1)).was_turned_away
    assert record_of(open_failed(RESET_AT_ONCE)).was_turned_away


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([open_failed()], id="it could not connect"),
        pytest.param([half_life(1), eof(1)], id="it was answered"),
        pytest.param([asking(), mismatched(1, 0, b"a", b"b"), eof(1)], id="by a wrong byte"),
        pytest.param([opened(1), half_closed(1), eof(1)], id="it had half-closed"),
        pytest.param([opened(1), PERMITTED_END], id="the service permits it"),
        pytest.param([opened(1)], id="it is still there"),
    ],
)
def test_a_client_was_not_turned_away(parts: list[Part]) -> None:
    assert not record_of(*parts).was_turned_away


def test_a_client_that_has_ended_or_lost_its_echo_is_waited_for_no_longer() -> None:
    assert record_of(asking(), reset_by_peer(1, missing=10)).was_waited_for
    assert record_of(asking(), stalled(1, missing=10)).was_waited_for
    assert not record_of(asking(), stalled(1, missing=10, conclusion=STARVED)).was_waited_for


def test_a_single_byte_is_an_answer() -> None:
    assert record_of(asking(), received(1, 1)).was_answered
    assert not record_of(asking()).was_answered


def test_a_client_that_got_a_wrong_byte_is_waited_for_no_longer() -> None:
    assert not record_of(asking()).was_waited_for
    assert record_of(asking(), mismatched(1, 0, b"a", b"b")).was_waited_for


def test_a_client_has_been_silent_since_it_last_sent_or_received() -> None:
    assert record_of(half_life(1), step(), eof(1)).silent_for == 2.0
    assert record_of(half_life(1), step()).silent_for == 0.0


def with_an_end_after(seconds: float, *, missing: int = 0, asked: bool = False) -> ConnectionRecord:
    """A client with its echo, and whether it had half-closed, that was ended so long after."""
    made = history(half_life(1), *([half_closed(1)] if asked else []))
    sends = next(made.of(Sent))
    made.add(replace(eof(1, missing=missing), at=sends.at + seconds))
    return with_own_words(made)


def test_who_was_silent_for_a_second_was_timed_out_where_the_service_permits_that() -> None:
    record = with_an_end_after(1.0)
    assert record.was_timed_out is True
    assert not replace(record, may_time_out=False).was_timed_out
    assert not with_an_end_after(0.99).was_timed_out


@pytest.mark.parametrize(
    "record", [with_an_end_after(5.0, missing=1), with_an_end_after(5.0, asked=True)]
)
def test_who_is_owed_bytes_or_has_asked_for_the_end_was_not_timed_out(
    record: ConnectionRecord,
) -> None:
    assert not record.was_timed_out


def asked_after(seconds: float, *more: Event) -> ConnectionRecord:
    """A client that sends after so long, and again at once, and is ended."""
    made = history(opened(1), apart=0)
    asked = history(sent(1, 4), *more, eof(1, missing=1), apart=0.1)
    for event in asked.events:
        made.add(replace(event, at=seconds + event.at))
    return with_own_words(made)


def test_who_asks_after_a_silence_of_a_second_has_asked_late() -> None:
    assert asked_after(1.0).asked_late
    assert asked_after(1.0).may_have_timed_out
    assert not asked_after(0.9).asked_late
    assert not ConnectionRecord(1).asked_late


def test_it_has_asked_late_until_all_was_answered() -> None:
    assert asked_after(1.0, sent(1, 4)).asked_late
    assert asked_after(1.0, received(1, 3)).asked_late
    assert not asked_after(1.0, received(1, 4)).asked_late
    assert not asked_after(1.0, received(1, 4), sent(1, 4)).asked_late


def test_who_waits_for_an_answer_is_not_silent() -> None:
    made = history(opened(1), sent(1, 4), apart=0)
    made.add(Sent(2.0, 1, 4, 8))
    made.add(replace(eof(1, missing=8), at=2.1))
    assert not with_own_words(made).may_have_timed_out


def test_who_has_not_ended_has_not_timed_out() -> None:
    assert not with_own_words(history(opened(1), sent(1, 4), step())).may_have_timed_out


def test_wrong_bytes_that_came_at_once_are_no_farewell() -> None:
    made = history(opened(1), sent(1, 4), received(1, 4), mismatched(1, 4, b"", b"x"), apart=0.1)
    made.add(replace(eof(1), at=5.0))
    assert not with_own_words(made).may_have_timed_out


def test_what_a_client_receives_is_no_question_of_it() -> None:
    made = history(asking(), step(), received(1, 10))
    made.add(replace(eof(1), at=3.5))
    assert with_own_words(made).was_timed_out


def test_a_silence_in_which_timers_ran_belongs_to_the_clients_that_ended_in_it() -> None:
    quiet = silenced(1, 2, 7, seconds=1.0, timers=("poll with a timeout of 1 s",))
    records = connection_records(history(half_life(2), half_life(1), step(), eof(1), quiet))
    assert records[1].silence is not None
    assert records[1].was_timed_out
    assert records[2].silence is None
    assert 7 not in records


def test_a_silence_without_timers_has_ended_nobody() -> None:
    record = record_of(half_life(1), step(), eof(1), silenced(1, seconds=1.0))
    assert record.silence is not None
    assert not record.was_timed_out


def test_a_client_that_had_ended_before_a_silence_did_not_end_in_it() -> None:
    record = record_of(half_life(1), eof(1), step(), silenced(1, seconds=1.0))
    assert record.silence is None


# Beside others.


def test_another_that_was_disturbed_first_counts_and_not_the_client_itself() -> None:
    began = [opened(client) for client in (1, 2, 3)]
    made = history(*began, step(), injected(2), step(), injected(1))
    records = connection_records(made)
    assert [records[client].others_disturbed_at for client in (1, 2, 3)] == [3, 5, 3]
    assert record_of(opened(1), step(), injected(1)).others_disturbed_at is None


def test_what_happened_after_another_was_disturbed_is_known_by_its_time() -> None:
    record = record_of(opened(1), opened(2), step(), injected(2), reset_by_peer(1))
    assert record.ended is not None
    assert record.is_after_a_disturbance(record.ended)
    assert not record.is_after_a_disturbance(opened(1))
    assert not record_of(opened(1), eof(1)).is_after_a_disturbance(eof(1))


def test_beside_as_many_as_are_served_only_who_was_turned_away_was_not_disturbed() -> None:
    began = [opened(2), opened(3)]
    turned_away: list[Part] = [opened(1), step(), injected(2), eof(1), few_served(2)]
    assert record_of(*began, *turned_away).others_disturbed_at is None
    answered: list[Part] = [half_life(1), step(), injected(2), eof(1), few_served(2)]
    assert record_of(*began, *answered).others_disturbed_at == 5
    assert record_of(*began, *turned_away[:-1], few_served(3)).others_disturbed_at == 3


def test_a_client_is_over_the_limit_once_it_has_ended_without_a_byte() -> None:
    began = [limit_seen(1), opened(2), opened(1)]
    assert record_of(*began, eof(1)).is_over_the_limit
    assert record_of(*began, half_closed(1), eof(1)).is_over_the_limit
    assert not record_of(*began).is_over_the_limit
    assert not record_of(limit_seen(1), opened(2), half_life(1), eof(1)).is_over_the_limit
    assert not record_of(limit_seen(2), opened(2), opened(1), eof(1)).is_over_the_limit


# Whom the server is responsible for.


def responsible(*parts: Part) -> list[int]:
    return [record.client for record in undisturbed(history(*parts))]


def test_the_server_is_responsible_for_whom_no_fault_disturbed() -> None:
    assert responsible(opened(1), opened(2), step(), injected(2)) == [1]


def test_what_went_wrong_once_the_listener_had_died_is_the_listeners() -> None:
    assert responsible(opened(1), listener_ended()) == []


def test_a_client_over_the_limit_is_excused_and_those_within_it_are_not() -> None:
    assert responsible(limit_seen(1), opened(2), opened(1), eof(1)) == [2]
    reset = open_failed(RESET_AT_ONCE, client=1)
    assert responsible(limit_seen(1), opened(2), reset) == [2]


def test_who_ended_without_a_byte_is_excused_where_the_server_stopped_listening_for_a_while() -> (
    None
):
    paused = open_failed(client=3, recovered_after=0.5)
    assert responsible(opened(1), eof(1), half_life(2), paused) == [2, 3]
    assert responsible(opened(1), eof(1), half_life(2), open_failed(client=3)) == [1, 2, 3]


def test_a_machine_that_was_too_slow_for_a_wait_is_said_to_be() -> None:
    assert starved(history(asking(), stalled(1, missing=10, conclusion=STARVED)))
    assert starved(history(asking(), stalled(1, missing=10))) is None


def test_an_end_is_told_in_the_word_that_it_has_or_in_those_of_the_error() -> None:
    ends = Ended(0, 1, End.OTHER, 0, "ETIMEDOUT")
    assert ends.how == "ETIMEDOUT"
    assert replace(ends, end=End.RESET).how == "ECONNRESET"
