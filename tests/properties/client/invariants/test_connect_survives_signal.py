"""connect_survives_signal: what became of a connection whose making was interrupted."""

from signal import SIGPIPE

import pytest

from properties.client.events import Awaited
from properties.client.invariants.connect_survives_signal import INVARIANT
from properties.model.events import Conclusion
from properties.model.verdict import Outcome, Verdict, judge
from tests.properties.client.histories import (
    EVIDENCE,
    Part,
    connected,
    ended,
    exchange,
    fin,
    history,
    input_ended,
    interrupted,
    killed,
    killed_by_us,
    refused,
    rst,
    says,
    started,
    starved,
    waited,
    well_ended,
)


def verdict(*parts: Part) -> Verdict:
    return judge(INVARIANT, history(started(), interrupted(), *parts))


def test_it_holds_when_the_connection_is_used_all_the_same() -> None:
    assert verdict(connected(), exchange(), well_ended()).outcome is Outcome.PASS


def test_without_a_signal_in_connect_there_is_nothing_to_judge() -> None:
    made = history(connected(), waited(Awaited.CONNECTION), killed_by_us())
    assert judge(INVARIANT, made).outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("what", [Awaited.CONNECTION, Awaited.INPUT])
def test_a_client_that_never_comes_to_use_the_connection_fails(what: Awaited) -> None:
    said = verdict(waited(what), killed_by_us())
    assert said.outcome is Outcome.FAIL
    assert said.reason == f"it never came to use the connection: {EVIDENCE}"


@pytest.mark.parametrize("what", [Awaited.ECHO, Awaited.EXIT, Awaited.NOTICE])
def test_other_waits_in_vain_are_not_its_business(what: Awaited) -> None:
    assert verdict(connected(), waited(what), killed_by_us()).outcome is Outcome.PASS


def test_a_client_that_gives_up_fails() -> None:
    said = verdict(says("connect: EINTR"), input_ended(client_lives=False), ended(1))
    assert said.outcome is Outcome.FAIL
    assert said.reason.startswith("interrupted in connect, the client gave up:")
    assert "status 1, and said 'connect: EINTR'" in said.reason


def test_a_client_that_ends_with_its_connection_made_fails() -> None:
    said = verdict(connected(), input_ended(client_lives=False), killed(SIGPIPE))
    assert said.outcome is Outcome.FAIL
    assert said.reason.startswith("interrupted in connect, the client was connected, and")
    assert "SIGPIPE" in said.reason


def test_whoever_was_reset_later_had_its_connection() -> None:
    said = verdict(connected(), rst(), says("reset"), input_ended(client_lives=False), ended(1))
    assert said.outcome is Outcome.PASS


@pytest.mark.parametrize("slow", [starved(), waited(Awaited.CONNECTION, Conclusion.STARVED)])
def test_a_starved_client_is_not_judged(slow: Part) -> None:
    assert verdict(slow, killed_by_us()).outcome is Outcome.INCONCLUSIVE


def test_a_client_that_was_refused_and_tells_of_an_end_of_file_fails() -> None:
    said = verdict(refused(), says("server terminated prematurely"), ended(1))
    assert said.outcome is Outcome.FAIL
    assert said.reason.startswith("interrupted in connect, then refused: no end of file was there;")


def test_a_client_that_was_refused_and_says_so_has_done_what_it_could() -> None:
    assert verdict(refused(), says("connect: refused"), ended(1)).outcome is Outcome.PASS


def test_an_end_of_file_on_a_connection_that_was_made_may_be_told() -> None:
    used = connected(), exchange(), fin(), says("server terminated prematurely"), ended(1)
    assert verdict(*used).outcome is Outcome.PASS
