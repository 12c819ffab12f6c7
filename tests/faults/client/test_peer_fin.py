"""The server ends early: FIN reaches the client, running or stopped, and a line may follow it."""

import pytest

from faults.client.peer_fin import FinManner, PeerFin
from faults.client_context import PeerEnd
from faults.fault import Status
from faults.payloads import Content, Payload
from properties.client.events import Answered, Awaited, ClientFinished, PeerEnded, Typed, Waited
from properties.client.steps import Accept, Type
from tests.faults.client_runs import REFUSED, became_of, history_of

LINE = Payload(Content.LINES, 24)


@pytest.mark.parametrize("frozen", [False, True])
@pytest.mark.parametrize("manner", FinManner)
def test_it_fires(manner: FinManner, frozen: bool) -> None:
    status, words = became_of(PeerFin(manner, frozen))
    assert status is Status.FIRED
    assert words.startswith("the server ")


def test_the_connection_is_closed_or_only_half_of_it() -> None:
    ends = {
        manner: next(history_of(PeerFin(manner, frozen=False)).of(PeerEnded)).how
        for manner in (FinManner.CLOSE, FinManner.HALF_CLOSE)
    }
    assert ends == {FinManner.CLOSE: PeerEnd.CLOSE, FinManner.HALF_CLOSE: PeerEnd.FIN}


def test_what_was_typed_is_owed_unless_it_is_answered_first() -> None:
    for manner, owed, answers in ((FinManner.CLOSE, 24, 0), (FinManner.AFTER_DATA, 0, 24)):
        made = history_of(Type(LINE), PeerFin(manner, frozen=True))
        assert next(made.of(PeerEnded)).owed == owed
        assert sum(event.count for event in made.of(Answered)) == answers


def test_whether_the_client_notices_is_waited_for() -> None:
    made = history_of(Accept(), PeerFin(FinManner.CLOSE, frozen=False))
    assert [event.what for event in made.of(Waited)] == [Awaited.NOTICE]


def test_a_line_may_be_typed_after_it() -> None:
    made = history_of(Accept(), PeerFin(FinManner.CLOSE, frozen=True, typed=True))
    (typed,) = made.of(Typed)
    assert typed.at > next(made.of(PeerEnded)).at


def test_without_a_connection_it_is_missed() -> None:
    status, words = became_of(REFUSED, PeerFin(FinManner.CLOSE, frozen=False))
    assert (status, words) == (Status.MISSED, "the client was not connected")


def test_the_client_answers_with_its_own_end_when_half_of_it_is_open() -> None:
    made = history_of(Accept(), PeerFin(FinManner.HALF_CLOSE, frozen=False))
    assert [event.reason for event in made.of(ClientFinished)] == ["FIN"]
