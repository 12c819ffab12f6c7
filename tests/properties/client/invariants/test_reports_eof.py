"""reports_eof: what was said of a FIN that came too early."""

from signal import SIGPIPE

import pytest

from properties.client.invariants.reports_eof import INVARIANT
from properties.model.verdict import Outcome, Verdict, judge
from tests.properties.client.histories import (
    Part,
    connected,
    ended,
    exchange,
    fin,
    half_close,
    history,
    input_ended,
    killed,
    killed_by_us,
    listened,
    refused,
    rst,
    says,
    starved,
    typed,
    well_ended,
)

EOF = says("str_cli: server terminated prematurely\n")
RESET = says("str_cli: connection reset by peer\n")
PIPE = says("write error: Broken pipe\n")

EARLY: list[Part] = [connected(), exchange(), fin()]
LATE: list[Part] = [connected(), typed(5), input_ended(), fin()]
AFTER: list[Part] = [connected(), exchange(), half_close(), rst()]


def verdict(*parts: Part) -> Verdict:
    return judge(INVARIANT, history(*parts))


@pytest.mark.parametrize("parts", [EARLY, LATE], ids=["input open", "echoes owed"])
def test_a_fin_that_is_told_as_end_of_file_passes(parts: list[Part]) -> None:
    assert verdict(*parts, EOF, ended(1)).outcome is Outcome.PASS


@pytest.mark.parametrize("parts", [EARLY, LATE], ids=["input open", "echoes owed"])
def test_a_fin_that_is_not_told_fails(parts: list[Part]) -> None:
    said = verdict(*parts, ended(1))
    assert said.outcome is Outcome.FAIL
    assert "FIN, before the client had ended its side" in said.reason
    assert "read returns 0" in said.reason
    assert "exited with status 1, and said nothing" in said.reason


@pytest.mark.parametrize("words", [RESET, PIPE])
def test_a_fin_alone_that_is_told_as_a_reset_fails(words: Part) -> None:
    assert verdict(*EARLY, words, ended(1)).outcome is Outcome.FAIL


def test_a_fin_alone_that_is_told_as_both_fails() -> None:
    assert verdict(*EARLY, EOF, RESET, ended(1)).outcome is Outcome.FAIL


def test_words_that_say_neither_fail() -> None:
    assert verdict(*EARLY, says("something is wrong"), ended(1)).outcome is Outcome.FAIL


@pytest.mark.parametrize("words", [EOF, RESET, PIPE])
def test_a_fin_with_a_reset_after_it_may_be_told_as_either(words: Part) -> None:
    assert verdict(*AFTER, words, ended(1)).outcome is Outcome.PASS


def test_a_fin_with_a_reset_after_it_may_be_told_as_both() -> None:
    assert verdict(*AFTER, EOF, RESET, ended(1)).outcome is Outcome.PASS


def test_a_fin_with_a_reset_after_it_must_be_told() -> None:
    said = verdict(*AFTER, ended(1))
    assert said.outcome is Outcome.FAIL
    assert "EPIPE" in said.reason


def test_the_words_that_the_user_names_count_instead_of_the_usual_ones() -> None:
    assert verdict(listened(eof="gone"), *EARLY, says("gone"), ended(1)).outcome is Outcome.PASS
    assert verdict(listened(eof="gone"), *EARLY, EOF, ended(1)).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([connected(), exchange(), well_ended()], id="all is well"),
        pytest.param([connected(), exchange(), rst(), ended(1)], id="a reset alone"),
        pytest.param([refused(), ended(1)], id="refused"),
        pytest.param([*EARLY, killed(SIGPIPE)], id="who is killed can say nothing"),
    ],
)
def test_it_has_no_meaning_for_other_endings(parts: list[Part]) -> None:
    assert verdict(*parts).outcome is Outcome.NOT_APPLICABLE


def test_a_client_that_was_killed_by_us_had_its_time_to_tell() -> None:
    assert verdict(*EARLY, killed_by_us()).outcome is Outcome.FAIL


def test_a_starved_client_may_have_told_it_later() -> None:
    assert verdict(*EARLY, starved(), killed_by_us()).outcome is Outcome.INCONCLUSIVE


def test_a_starved_client_that_has_told_it_passes() -> None:
    assert verdict(*EARLY, starved(), EOF, ended(1)).outcome is Outcome.PASS
