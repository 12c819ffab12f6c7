"""reports_output_error: echoes that could not be printed, and a client that keeps silent of it."""

from signal import SIGPIPE, SIGTERM

import pytest

from faults.client_context import OutputFailure
from properties.client.events import Exited
from properties.client.invariants.registry import CLIENT_INVARIANTS
from properties.client.invariants.reports_output_error import INVARIANT
from properties.model.history import History
from properties.model.verdict import Invariant, Outcome, Verdict, judge
from tests.properties.client.histories import (
    Part,
    connected,
    ended,
    exchange,
    fin,
    finished,
    history,
    input_ended,
    killed,
    killed_by_us,
    output_failed,
    rst,
    says,
    typed,
    unprinted,
    well_ended,
)


def judged(*parts: Part) -> Verdict:
    return judge(INVARIANT, history(*parts))


def full_disk(*parts: Part) -> History:
    return history(output_failed(), connected(), unprinted(), *parts)


def test_a_client_that_ends_with_0_and_says_nothing_has_lost_the_echoes_in_silence() -> None:
    verdict = judge(INVARIANT, full_disk(well_ended()))
    assert verdict.outcome is Outcome.FAIL
    assert "24 bytes of echoes could not be printed; it exited with status 0" in verdict.reason


@pytest.mark.parametrize(
    "ending",
    [
        pytest.param([ended(1)], id="another status"),
        pytest.param([says("standard output: No space left"), ended(0)], id="a word and status 0"),
        pytest.param([killed(SIGPIPE)], id="SIGPIPE"),
        pytest.param([killed(SIGTERM)], id="another signal"),
    ],
)
def test_a_word_another_status_or_a_signal_is_enough(ending: Part) -> None:
    assert judge(INVARIANT, full_disk(ending)).outcome is Outcome.PASS


def test_an_end_without_an_echo_proves_nothing() -> None:
    verdict = judged(output_failed(), connected(), typed(24), well_ended())
    assert verdict.outcome is Outcome.NOT_APPLICABLE


def test_echoes_from_before_the_reader_went_do_not_count() -> None:
    gone = output_failed(OutputFailure.READER_GONE)
    verdict = judged(connected(), exchange(), gone, well_ended())
    assert verdict.outcome is Outcome.NOT_APPLICABLE


def test_only_the_echoes_that_came_after_the_reader_went_are_counted() -> None:
    gone = output_failed(OutputFailure.READER_GONE)
    verdict = judged(connected(), exchange(100), gone, unprinted(), well_ended())
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason.startswith("24 bytes")


def test_a_client_that_we_had_to_kill_is_not_judged() -> None:
    assert judge(INVARIANT, full_disk(killed_by_us())).outcome is Outcome.NOT_APPLICABLE


def test_it_is_not_about_an_output_that_can_be_written() -> None:
    verdict = judged(connected(), exchange(), well_ended())
    assert verdict.outcome is Outcome.NOT_APPLICABLE


OTHERS = [one for one in CLIENT_INVARIANTS if one.id not in (INVARIANT.id, "no_spin")]


@pytest.mark.parametrize("other", OTHERS, ids=[one.id for one in OTHERS])
@pytest.mark.parametrize(
    "parts",
    [
        pytest.param([input_ended(client_lives=False), finished(), ended(1)], id="ended early"),
        pytest.param([rst(), input_ended(), ended(1)], id="reset"),
        pytest.param([fin(), says("cannot write"), ended(1)], id="server ended early"),
        pytest.param([killed(SIGPIPE)], id="SIGPIPE"),
        pytest.param(well_ended(), id="well ended"),
    ],
)
def test_no_other_invariant_judges_a_client_whose_output_fails(
    other: Invariant, parts: Part
) -> None:
    assert judge(other, full_disk(parts)).outcome is Outcome.NOT_APPLICABLE


def test_a_client_of_whose_end_nothing_is_known_is_not_judged() -> None:
    unknown = Exited(0, "ended", None, None)
    verdict = judge(INVARIANT, full_disk(input_ended(), unknown))
    assert verdict.outcome is Outcome.INCONCLUSIVE
