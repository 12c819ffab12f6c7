"""reports_reset: what was said of an RST without a FIN."""

from signal import SIGPIPE

import pytest

from faults.client_context import PeerEnd
from properties.client.invariants.reports_reset import INVARIANT
from properties.model.verdict import Outcome, Verdict, judge
from tests.properties.client.histories import (
    Part,
    connected,
    ended,
    exchange,
    fin,
    half_close,
    history,
    killed,
    killed_by_us,
    listened,
    peer_ended,
    refused,
    rst,
    says,
    starved,
    typed,
    well_ended,
)

EOF = says("str_cli: server terminated prematurely\n")
RESET = says("str_cli: connection reset by peer\n")

ALONE: list[Part] = [connected(), exchange(), rst()]
UNREAD: list[Part] = [connected(), typed(5), peer_ended(PeerEnd.UNREAD)]
PENDING: list[Part] = [refused(waiting=1)]

each_reset = pytest.mark.parametrize(
    "parts", [ALONE, UNREAD, PENDING], ids=["alone", "unread input", "in the accept queue"]
)


def verdict(*parts: Part) -> Verdict:
    return judge(INVARIANT, history(*parts))


@each_reset
def test_a_reset_that_is_told_as_one_passes(parts: list[Part]) -> None:
    assert verdict(*parts, RESET, ended(1)).outcome is Outcome.PASS


@each_reset
def test_a_reset_that_is_not_told_fails(parts: list[Part]) -> None:
    said = verdict(*parts, ended(1))
    assert said.outcome is Outcome.FAIL
    assert "RST without a FIN" in said.reason
    assert "ECONNRESET" in said.reason
    assert "exited with status 1, and said nothing" in said.reason


@each_reset
def test_a_reset_that_is_told_as_end_of_file_fails(parts: list[Part]) -> None:
    assert verdict(*parts, EOF, ended(1)).outcome is Outcome.FAIL


def test_a_reset_may_be_told_with_the_words_of_an_end_beside_it() -> None:
    assert verdict(*ALONE, RESET, says("closing the connection"), ended(1)).outcome is Outcome.PASS


def test_a_write_after_the_reset_tells_of_a_broken_pipe() -> None:
    assert verdict(*ALONE, says("Broken pipe"), ended(1)).outcome is Outcome.PASS


def test_the_words_that_the_user_names_count_instead_of_the_usual_ones() -> None:
    assert verdict(listened(reset="crash"), *ALONE, says("crash"), ended(1)).outcome is Outcome.PASS
    assert verdict(listened(reset="crash"), *ALONE, RESET, ended(1)).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([connected(), exchange(), well_ended()], id="all is well"),
        pytest.param([connected(), exchange(), fin(), ended(1)], id="a FIN alone"),
        pytest.param([connected(), half_close(), rst(), ended(1)], id="after a FIN"),
        pytest.param([refused(), ended(1)], id="refused"),
        pytest.param([*ALONE, killed(SIGPIPE)], id="who is killed can say nothing"),
    ],
)
def test_it_has_no_meaning_for_other_endings(parts: list[Part]) -> None:
    assert verdict(*parts).outcome is Outcome.NOT_APPLICABLE


def test_a_client_that_was_killed_by_us_had_its_time_to_tell() -> None:
    assert verdict(*ALONE, killed_by_us()).outcome is Outcome.FAIL


def test_a_starved_client_may_have_told_it_later() -> None:
    assert verdict(*ALONE, starved(), killed_by_us()).outcome is Outcome.INCONCLUSIVE


def test_a_starved_client_that_has_told_it_passes() -> None:
    assert verdict(*ALONE, starved(), RESET, ended(1)).outcome is Outcome.PASS
