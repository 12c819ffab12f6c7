"""The client is stopped and continued, with echoes meanwhile or without."""

import pytest

from faults.client.freeze import FreezeClient
from faults.fault import Status
from faults.payloads import Content, Payload
from properties.client.events import Answered, Exited
from properties.client.steps import Type
from properties.model.events import Marked
from tests.faults.client_runs import REFUSED, became_of, history_of

LINE = Payload(Content.LINES, 24)


@pytest.mark.parametrize("answered", [False, True])
def test_it_stops_and_continues_and_the_client_goes_on(answered: bool) -> None:
    made = history_of(Type(LINE), FreezeClient(answered))
    assert [event.what for event in made.of(Marked)] == ["SIGSTOP", "SIGCONT"]
    assert next(made.of(Exited)).status == 0


def test_what_is_answered_meanwhile_is_there_when_it_goes_on() -> None:
    made = history_of(Type(LINE), FreezeClient(answered=True))
    stopped, continued = (event.at for event in made.of(Marked))
    assert stopped < next(made.of(Answered)).at < continued


def test_without_a_connection_it_is_missed() -> None:
    status, words = became_of(REFUSED, FreezeClient(answered=False))
    assert (status, words) == (Status.MISSED, "the client was not connected")
