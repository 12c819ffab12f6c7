"""reports_unreachable: what was said of a server that could not be reached any more."""

from signal import SIGPIPE

import pytest

from properties.client.invariants.reports_unreachable import INVARIANT
from properties.model.verdict import Outcome, Verdict, judge
from tests.properties.client.histories import (
    Part,
    connected,
    ended,
    exchange,
    fin,
    history,
    killed,
    killed_by_us,
    listened,
    output_failed,
    rst,
    says,
    starved,
    typed,
    unreached,
    well_ended,
)

EOF = says("str_cli: server terminated prematurely\n")
TIMED_OUT = says("str_cli: Connection timed out\n")
NO_ROUTE = says("read: No route to host\n")
FAILED = says("mycli: cannot connect\n")

LOST: list[Part] = [connected(), exchange(), typed(5), unreached()]
CUT_OFF: list[Part] = [connected(), exchange(), typed(5), unreached("EHOSTUNREACH")]
NEVER: list[Part] = [unreached()]

each_loss = pytest.mark.parametrize("parts", [LOST, CUT_OFF], ids=["timed out", "no route"])


def verdict(*parts: Part) -> Verdict:
    return judge(INVARIANT, history(*parts))


@each_loss
@pytest.mark.parametrize("words", [TIMED_OUT, NO_ROUTE], ids=["timed out", "no route"])
def test_a_loss_that_is_told_as_one_passes(parts: list[Part], words: Part) -> None:
    assert verdict(*parts, words, ended(1)).outcome is Outcome.PASS


@each_loss
def test_a_loss_that_is_told_as_an_end_of_file_fails(parts: list[Part]) -> None:
    said = verdict(*parts, EOF, ended(1))
    assert said.outcome is Outcome.FAIL
    assert "the server could not be reached any more" in said.reason
    assert "ETIMEDOUT or EHOSTUNREACH" in said.reason
    assert "terminated prematurely" in said.reason


@each_loss
def test_a_loss_that_is_told_as_both_fails(parts: list[Part]) -> None:
    assert verdict(*parts, TIMED_OUT, EOF, ended(1)).outcome is Outcome.FAIL


@each_loss
def test_a_loss_that_is_not_told_fails(parts: list[Part]) -> None:
    assert verdict(*parts, ended(1)).outcome is Outcome.FAIL
    assert verdict(*parts, FAILED, ended(1)).outcome is Outcome.FAIL


def test_of_a_connect_that_failed_any_words_will_do_but_those_of_an_end_of_file() -> None:
    assert verdict(*NEVER, TIMED_OUT, ended(1)).outcome is Outcome.PASS
    assert verdict(*NEVER, FAILED, ended(1)).outcome is Outcome.PASS
    assert verdict(*NEVER, EOF, ended(1)).outcome is Outcome.FAIL


def test_that_it_says_nothing_of_a_connect_is_judged_by_another() -> None:
    assert verdict(*NEVER, ended(1)).outcome is Outcome.PASS


def test_a_client_that_has_words_of_its_own_is_understood() -> None:
    ours = listened(unreachable="lost it")
    assert verdict(ours, *LOST, says("lost it\n"), ended(1)).outcome is Outcome.PASS
    assert verdict(ours, *LOST, TIMED_OUT, ended(1)).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "parts",
    [well_ended(), [connected(), fin(), EOF, ended(1)], [connected(), rst(), ended(1)]],
    ids=["well", "EOF", "reset"],
)
def test_nothing_is_asked_where_the_server_was_there(parts: list[Part]) -> None:
    assert verdict(*parts).outcome is Outcome.NOT_APPLICABLE


def test_a_client_that_a_signal_has_ended_is_judged_by_another() -> None:
    assert verdict(*LOST, killed(SIGPIPE)).outcome is Outcome.NOT_APPLICABLE


def test_how_a_client_ends_whose_output_fails_is_judged_by_another() -> None:
    parts = (connected(), output_failed(), typed(5), unreached(), ended(1))
    assert verdict(*parts).outcome is Outcome.NOT_APPLICABLE


def test_where_the_machine_was_too_slow_nothing_follows() -> None:
    assert verdict(*LOST, starved(), killed_by_us()).outcome is Outcome.INCONCLUSIVE
