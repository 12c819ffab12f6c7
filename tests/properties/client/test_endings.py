"""The table of what was on the wire: which history makes which value, and what each asks for."""

import pytest

from faults.client_context import PeerEnd
from properties.client.endings import RULES, Ending, EndReport, ending_of, endings
from tests.properties.client.histories import (
    Part,
    connected,
    exchange,
    fin,
    finished,
    half_close,
    history,
    input_ended,
    peer_ended,
    refused,
    rst,
    surplus,
    typed,
)

UNREAD = peer_ended(PeerEnd.UNREAD)


@pytest.mark.parametrize(
    ("parts", "wire"),
    [
        pytest.param([], Ending.OPEN, id="nothing has happened"),
        pytest.param([exchange(), input_ended()], Ending.OPEN, id="the server has not ended"),
        pytest.param([exchange(), input_ended(), fin()], Ending.ORDERLY, id="close at the end"),
        pytest.param(
            [exchange(), input_ended(), half_close()], Ending.ORDERLY, id="FIN at the end"
        ),
        pytest.param([exchange(), fin()], Ending.FIN, id="close while the input is open"),
        pytest.param(
            [exchange(), half_close()], Ending.FIN, id="half-close while the input is open"
        ),
        pytest.param([typed(9), input_ended(), fin()], Ending.FIN, id="close with echoes owed"),
        pytest.param([half_close(), typed(9)], Ending.FIN, id="half-close, and a line after it"),
        pytest.param([half_close(idle=False)], Ending.FIN, id="half-close of a busy client"),
        pytest.param([fin(), typed(9)], Ending.FIN_THEN_RST, id="close, and a line after it"),
        pytest.param([fin(idle=False)], Ending.FIN_THEN_RST, id="close of a busy client"),
        pytest.param(
            [typed(3), fin(), typed(9)], Ending.FIN_THEN_RST, id="close between two lines"
        ),
        pytest.param(
            [finished(), fin(idle=False)], Ending.FIN, id="close after the client's own end"
        ),
        pytest.param(
            [fin(idle=False), finished()], Ending.FIN_THEN_RST, id="close before the client's end"
        ),
        pytest.param([half_close(), rst()], Ending.FIN_THEN_RST, id="FIN, then RST"),
        pytest.param(
            [exchange(), input_ended(), half_close(), rst()],
            Ending.ORDERLY,
            id="an orderly FIN, then RST",
        ),
        pytest.param([half_close(), UNREAD], Ending.FIN_THEN_RST, id="FIN, then unread input"),
        pytest.param([rst()], Ending.RST, id="RST alone"),
        pytest.param([exchange(), surplus(9), rst()], Ending.RST, id="RST after data"),
        pytest.param([typed(9), UNREAD], Ending.RST, id="close with unread input"),
        pytest.param([input_ended(), rst()], Ending.RST, id="RST after the end of the input"),
        pytest.param([rst(), fin(was_there=False)], Ending.RST, id="RST, and a close of nothing"),
        pytest.param([fin(was_there=False)], Ending.GONE, id="the client had gone before"),
    ],
)
def test_what_was_on_the_wire_of_a_connection(parts: list[Part], wire: Ending) -> None:
    assert ending_of(history(connected(), *parts)) is wire


@pytest.mark.parametrize(
    ("waiting", "wire"), [(0, Ending.REFUSED), (1, Ending.RST), (5, Ending.RST)]
)
def test_without_a_listener_who_waits_in_the_accept_queue_is_reset(
    waiting: int, wire: Ending
) -> None:
    assert ending_of(history(refused(waiting))) is wire


def test_a_listener_that_goes_is_nothing_to_a_connection_that_is_there() -> None:
    assert ending_of(history(connected(), refused())) is Ending.OPEN
    assert ending_of(history(connected(), refused(), rst())) is Ending.RST


def test_an_end_that_reached_nobody_is_no_ending() -> None:
    made = history(connected(), fin(was_there=False), half_close())
    assert [event.how for event in endings(made)] == [PeerEnd.FIN]


def test_each_ending_has_a_rule_with_its_reason() -> None:
    assert set(RULES) == set(Ending)
    assert all(rule.why for rule in RULES.values())


@pytest.mark.parametrize(
    ("wire", "reports"),
    [
        (Ending.FIN, {EndReport.EOF}),
        (Ending.FIN_THEN_RST, {EndReport.EOF, EndReport.RESET}),
        (Ending.RST, {EndReport.RESET}),
        (Ending.ORDERLY, set()),
        (Ending.REFUSED, set()),
        (Ending.GONE, set()),
        (Ending.OPEN, set()),
    ],
)
def test_what_must_be_told_of_each_ending(wire: Ending, reports: set[EndReport]) -> None:
    assert RULES[wire].reports == reports


def test_what_was_on_the_wire_and_what_is_reported_have_words() -> None:
    assert Ending.OPEN.value == "nothing"
    assert [report.value for report in EndReport] == [
        "end of file",
        "reset",
        "timed out, or unreachable",
    ]
