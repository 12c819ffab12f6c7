"""The account of a client's run: what is summed up, and in which words."""

from dataclasses import replace
from signal import SIGPIPE

import pytest

from properties.client.endings import Ending, EndReport
from properties.client.events import Awaited, PeerEnded
from properties.client.summary import (
    in_vain,
    never_used_it,
    starved,
    summarize,
    was_interrupted,
)
from properties.model.events import Conclusion
from properties.model.oracle import ServiceScope
from tests.properties.client.histories import (
    EVIDENCE,
    Part,
    answered,
    connected,
    delivered,
    ended,
    exchange,
    fin,
    finished,
    history,
    input_ended,
    interrupted,
    killed,
    killed_by_us,
    listened,
    printed,
    refused,
    rested,
    rst,
    says,
    surplus,
    taken,
    typed,
    waited,
    well_ended,
)


def test_bytes_are_counted_in_each_direction() -> None:
    run = summarize(history(exchange(10), typed(5), taken(4), answered(3), printed(2)))
    assert (run.typed, run.taken, run.answered, run.printed) == (15, 14, 13, 12)


def test_of_a_history_without_anything_nothing_is_counted() -> None:
    run = summarize(history())
    assert (run.typed, run.due, run.taken, run.answered, run.printed) == (0, 0, 0, 0, 0)
    assert (run.delivered, run.owed, run.surplus, run.said) == (0, 0, False, "")
    assert run.wire is Ending.OPEN


def test_what_it_had_read_counts_only_up_to_the_end_of_its_input() -> None:
    made = history(exchange(10), typed(5), input_ended(), answered(5), delivered())
    assert summarize(made).delivered == 10


def test_what_it_had_read_is_all_where_the_input_has_not_ended() -> None:
    assert summarize(history(exchange(10), exchange(5))).delivered == 15


def test_owed_is_what_was_not_echoed_when_the_server_ended() -> None:
    made = history(connected(), exchange(10), typed(5), fin(), typed(3))
    assert summarize(made).owed == 5


def test_of_a_service_that_nobody_knows_nothing_is_owed() -> None:
    made = history(connected(), exchange(10), typed(5), fin())
    assert summarize(made).owed == 5
    made.scope = ServiceScope(is_known=False)
    assert summarize(made).owed == 0


def test_an_end_that_reached_nobody_leaves_nothing_owed() -> None:
    assert summarize(history(connected(), typed(5), fin(was_there=False))).owed == 0


def test_bytes_that_were_not_owed_are_a_surplus() -> None:
    assert summarize(history(surplus(3))).surplus
    assert not summarize(history(surplus(0))).surplus


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("hello", set()),
        ("end of file", {EndReport.EOF}),
        ("Connection reset by peer", {EndReport.RESET}),
        ("broken pipe: the server has closed", {EndReport.EOF, EndReport.RESET}),
    ],
)
def test_what_it_told_is_found_in_its_words(words: str, told: set[EndReport]) -> None:
    assert summarize(history(says(words))).told == told


def test_words_that_come_in_pieces_are_put_together() -> None:
    assert summarize(history(says("connection re"), says("set"))).told == {EndReport.RESET}


def test_the_words_that_the_user_names_take_the_place_of_the_usual_ones() -> None:
    made = history(listened(eof="gone", reset="crash"), says("GONE. Connection reset by peer"))
    assert summarize(made).told == {EndReport.EOF}


def test_a_report_may_be_made_by_the_exit_status() -> None:
    made = history(listened(eof="status 3$", reset="status 4$"), ended(4))
    assert summarize(made).told == {EndReport.RESET}


@pytest.mark.parametrize(
    ("parts", "is_early"),
    [
        pytest.param([input_ended(client_lives=False)], True, id="before its input"),
        pytest.param(
            [input_ended(client_lives=False), fin(was_there=False)], True, id="and then we close"
        ),
        pytest.param([input_ended()], False, id="alive at the end of its input"),
        pytest.param([rst(), input_ended(client_lives=False)], False, id="after a reset"),
        pytest.param([fin(), input_ended(client_lives=False)], False, id="after a FIN"),
        pytest.param([], False, id="input that has not ended"),
    ],
)
def test_it_ended_early_if_it_went_while_its_input_and_the_server_were_there(
    parts: list[Part], is_early: bool
) -> None:
    assert summarize(history(connected(), *parts)).ended_early is is_early


def test_whoever_was_refused_has_not_ended_early() -> None:
    assert not summarize(history(refused(), input_ended(client_lives=False))).ended_early


def test_its_input_ended_only_where_it_lived_to_see_it() -> None:
    assert summarize(history(input_ended())).input_ended
    assert not summarize(history(input_ended(client_lives=False))).input_ended
    assert not summarize(history()).input_ended


def test_who_is_killed_by_us_has_not_ended_by_itself() -> None:
    assert summarize(history(ended(1))).ended_by_itself
    assert summarize(history(killed(SIGPIPE))).ended_by_itself
    assert not summarize(history(killed_by_us())).ended_by_itself
    assert not summarize(history()).ended_by_itself


def test_only_a_signal_that_is_not_ours_has_killed_it() -> None:
    assert summarize(history(killed(SIGPIPE))).was_killed
    assert not summarize(history(killed_by_us())).was_killed
    assert not summarize(history(ended(1))).was_killed


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ([well_ended()], "it exited with status 0, and said nothing"),
        ([says("a\n  b\n"), ended(2)], "it exited with status 2, and said 'a b'"),
        ([killed(SIGPIPE)], "it was killed by SIGPIPE, and said nothing"),
        ([killed_by_us()], "it was killed by us, and said nothing"),
        ([], "it is not known to have ended, and said nothing"),
    ],
)
def test_how_it_ended_and_what_it_said_is_told_in_words(parts: list[Part], words: str) -> None:
    assert summarize(history(*parts)).in_words == words


def test_the_first_wait_that_was_proven_to_be_in_vain_is_found() -> None:
    made = history(
        waited(Awaited.ECHO, Conclusion.MET),
        waited(Awaited.ECHO, Conclusion.STARVED),
        waited(Awaited.EXIT),
        waited(Awaited.ECHO, missing=3),
        waited(Awaited.INPUT, missing=4),
    )
    stuck = in_vain(made, Awaited.INPUT, Awaited.ECHO)
    assert stuck is not None
    assert (stuck.what, stuck.missing, stuck.evidence) == (Awaited.ECHO, 3, EVIDENCE)
    assert in_vain(made, Awaited.NOTICE) is None


@pytest.mark.parametrize(
    "slow", [rested(Conclusion.STARVED), waited(Awaited.EXIT, Conclusion.STARVED)]
)
def test_a_machine_that_was_too_slow_is_said_to_be(slow: Part) -> None:
    why = starved(history(exchange(), slow))
    assert why is not None
    assert "too little time" in why


def test_a_wait_in_vain_is_not_the_machines_fault() -> None:
    assert starved(history(waited(Awaited.EXIT), rested(Conclusion.BUSY))) is None


def test_a_signal_in_connect_is_remembered() -> None:
    assert was_interrupted(history(interrupted()))
    assert not was_interrupted(history(connected()))


def test_a_client_whose_end_was_not_seen_was_not_killed() -> None:
    assert not summarize(history(connected())).was_killed


def test_what_a_reset_may_have_overtaken_is_the_most_that_was_on_its_way() -> None:
    (end,) = history(rst()).of(PeerEnded)
    ends = [replace(end, on_its_way=count) for count in (3, 5, 4)]
    assert summarize(history(connected(), *ends)).taken_back == 5
    assert summarize(history(connected())).taken_back == 0


@pytest.mark.parametrize(
    ("parts", "early"),
    [
        ([finished(), input_ended()], True),
        ([input_ended(), finished()], False),
        ([fin(), finished(), input_ended()], False),
        ([refused(), finished(), input_ended()], False),
        ([finished(), fin(), input_ended()], True),
        ([finished(by_reset=True), input_ended()], False),
        ([finished()], False),
    ],
)
def test_a_client_finishes_early_before_its_input_and_the_server_have_ended(
    parts: list[Part], *, early: bool
) -> None:
    assert summarize(history(*parts)).finished_early is early


@pytest.mark.parametrize(
    ("parts", "after"),
    [
        ([typed(5)], False),
        ([fin(), typed(5)], True),
        ([typed(5), fin()], False),
        ([fin(idle=False)], True),
        ([input_ended(), fin(idle=False)], False),
        ([fin(idle=True)], False),
    ],
)
def test_there_is_something_to_send_after_the_end_where_it_is_typed_or_left(
    parts: list[Part], *, after: bool
) -> None:
    assert summarize(history(*parts)).typed_after is after


def test_only_a_client_that_was_interrupted_and_sent_nothing_has_never_used_its_connection() -> (
    None
):
    assert never_used_it(history(interrupted(), typed(5)))
    assert not never_used_it(history(interrupted(), typed(5), taken(5)))
    assert not never_used_it(history(connected(), typed(5)))
