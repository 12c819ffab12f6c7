"""The table of what was on the wire: which history makes which value, and what each asks for."""

import pytest

from faults.stage import PeerEnd
from properties.peer.wire import RULES, Report, Wire, endings, wire_of
from tests.properties.peer.histories import (
    Part,
    connected,
    exchange,
    fin,
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
        pytest.param([], Wire.OPEN, id="nothing has happened"),
        pytest.param([exchange(), input_ended()], Wire.OPEN, id="the server has not ended"),
        pytest.param([exchange(), input_ended(), fin()], Wire.ORDERLY, id="close at the end"),
        pytest.param([exchange(), input_ended(), half_close()], Wire.ORDERLY, id="FIN at the end"),
        pytest.param([exchange(), fin()], Wire.FIN, id="close while the input is open"),
        pytest.param([exchange(), half_close()], Wire.FIN, id="half-close while the input is open"),
        pytest.param([typed(9), input_ended(), fin()], Wire.FIN, id="close with echoes owed"),
        pytest.param([half_close(), typed(9)], Wire.FIN, id="half-close, and a line behind it"),
        pytest.param([half_close(idle=False)], Wire.FIN, id="half-close of a busy client"),
        pytest.param([fin(), typed(9)], Wire.FIN_THEN_RST, id="close, and a line behind it"),
        pytest.param([fin(idle=False)], Wire.FIN_THEN_RST, id="close of a busy client"),
        pytest.param([half_close(), rst()], Wire.FIN_THEN_RST, id="FIN, then RST"),
        pytest.param(
            [exchange(), input_ended(), half_close(), rst()],
            Wire.ORDERLY,
            id="an orderly FIN, then RST",
        ),
        pytest.param([half_close(), UNREAD], Wire.FIN_THEN_RST, id="FIN, then unread input"),
        pytest.param([rst()], Wire.RST, id="RST alone"),
        pytest.param([exchange(), surplus(9), rst()], Wire.RST, id="RST behind data"),
        pytest.param([typed(9), UNREAD], Wire.RST, id="close with unread input"),
        pytest.param([input_ended(), rst()], Wire.RST, id="RST behind the end of the input"),
        pytest.param([rst(), fin(was_there=False)], Wire.RST, id="RST, and a close of nothing"),
        pytest.param([fin(was_there=False)], Wire.GONE, id="the client had gone before"),
    ],
)
def test_what_was_on_the_wire_of_a_connection(parts: list[Part], wire: Wire) -> None:
    assert wire_of(history(connected(), *parts)) is wire


@pytest.mark.parametrize(("waiting", "wire"), [(0, Wire.REFUSED), (1, Wire.RST), (5, Wire.RST)])
def test_without_a_listener_who_waits_in_the_accept_queue_is_reset(
    waiting: int, wire: Wire
) -> None:
    assert wire_of(history(refused(waiting))) is wire


def test_a_listener_that_goes_is_nothing_to_a_connection_that_is_there() -> None:
    assert wire_of(history(connected(), refused())) is Wire.OPEN
    assert wire_of(history(connected(), refused(), rst())) is Wire.RST


def test_an_end_that_reached_nobody_is_no_ending() -> None:
    made = history(connected(), fin(was_there=False), half_close())
    assert [event.how for event in endings(made)] == [PeerEnd.FIN]


def test_each_ending_has_a_rule_with_its_reason() -> None:
    assert set(RULES) == set(Wire)
    assert all(rule.why for rule in RULES.values())


@pytest.mark.parametrize(
    ("wire", "reports"),
    [
        (Wire.FIN, {Report.EOF}),
        (Wire.FIN_THEN_RST, {Report.EOF, Report.RESET}),
        (Wire.RST, {Report.RESET}),
        (Wire.ORDERLY, set()),
        (Wire.REFUSED, set()),
        (Wire.GONE, set()),
        (Wire.OPEN, set()),
    ],
)
def test_what_must_be_told_of_each_ending(wire: Wire, reports: set[Report]) -> None:
    assert RULES[wire].reports == reports
