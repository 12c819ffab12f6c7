"""Why a client lost what it was owed: a wrong answer, a process that died, or a limit."""

import pytest

from properties.server.connection_records import connection_records
from properties.server.limits.client_limit import why_lost
from properties.server.limits.crowds import connected_beside
from tests.properties.server.histories import (
    Part,
    eof,
    forked,
    half_closed,
    half_life,
    history,
    marked,
    opened,
    process_ended,
    received,
    sent,
    unmatched,
)

WORKER = 4712


def why(*parts: Part) -> str:
    made = history(*parts)
    return why_lost(made, connection_records(made)[1])


def crowd(others: int) -> list[Part]:
    """So many clients that are connected beside client 1 when it is ended."""
    return [opened(client) for client in range(2, 2 + others)]


@pytest.mark.parametrize("others", [1, 9, 127])
def test_who_is_ended_beside_others_may_be_one_too_many(others: int) -> None:
    words = f"; if it is meant to serve no more than {others} at once, say --max-connections "
    assert why(*crowd(others), opened(1), eof(1)) == f"{words}{others}"


@pytest.mark.parametrize("others", [0, 128, 129])
def test_who_is_ended_alone_or_beside_a_crowd_is_not_one_too_many(others: int) -> None:
    assert why(*crowd(others), opened(1), eof(1)) == ""


def test_who_has_got_a_part_of_its_echo_was_served() -> None:
    assert why(*crowd(2), opened(1), sent(1, 9), received(1, 1), eof(1, missing=8)) == ""


def test_an_end_that_was_asked_for_needs_no_reason() -> None:
    assert why(*crowd(2), opened(1), half_closed(1), eof(1)) == ""


def test_a_process_that_has_died_of_itself_is_a_reason() -> None:
    ends = process_ended(WORKER, "killed by SIGSEGV")
    words = f"; its process {WORKER} has ended: killed by SIGSEGV"
    assert why(half_life(1), ends, eof(1)) == words
    assert why(half_life(1), forked(WORKER, 1), ends, eof(1)) == words


def test_a_process_of_which_nobody_knows_how_it_ended_is_no_reason() -> None:
    assert why(half_life(1), process_ended(WORKER), eof(1)) == ""


def test_a_process_that_served_another_client_is_no_reason() -> None:
    ends = process_ended(WORKER, "killed by SIGSEGV")
    assert why(half_life(2), half_life(1), forked(WORKER, 2), ends, eof(1)) == ""
    assert why(half_life(2), half_life(1), forked(WORKER, 2), forked(WORKER, 1), ends, eof(1))


def test_a_process_that_a_fault_ended_is_no_reason() -> None:
    kills = [marked("SIGKILL", WORKER), process_ended(WORKER, "killed by SIGKILL")]
    assert why(half_life(1), *kills, eof(1)) == ""


def test_a_client_that_has_not_ended_has_seen_no_end_beside_others() -> None:
    assert connected_beside(history(opened(1), opened(2)), 1) == 0
    assert connected_beside(history(opened(1), opened(2), eof(1)), 1) == 1


def test_an_answer_of_another_form_is_a_reason() -> None:
    wrong = unmatched(1, r"250 [^\n]*\n", b"500 no\r\n")
    assert why(opened(1), wrong) == (
        r"; b'500 no\r\n' came where an answer that matches '250 [^\n]*\n' was owed"
    )
    assert why(opened(1), opened(2), unmatched(2, "x", b"y")) == ""


def test_no_answer_is_told_with_the_form_that_it_should_have() -> None:
    words = "; nothing came where an answer that matches '2.*' was owed"
    assert why(half_life(1), unmatched(1, "2.*", b""), eof(1, missing=1)) == words
