"""leaves_as_found: what a client leaves changed for the shell and for the next program."""

from signal import SIGKILL, SIGPIPE, Signals

import pytest

from properties.client.invariants.leaves_as_found import INVARIANT
from properties.model.verdict import Outcome, Verdict, judge
from tests.properties.client.histories import (
    Part,
    connected,
    ended,
    exchange,
    history,
    killed,
    killed_by_us,
    left,
    processes_left,
    rst,
    says,
    well_ended,
)

CHANGED = "O_NONBLOCK is set for descriptor 0"


def judged(*parts: Part) -> Verdict:
    return judge(INVARIANT, history(connected(), exchange(), *parts))


def test_descriptors_that_are_as_they_were_are_left_as_found() -> None:
    assert judged(well_ended(), left()).outcome is Outcome.PASS


def test_what_is_changed_is_told() -> None:
    verdict = judged(well_ended(), left(CHANGED))
    assert verdict.outcome is Outcome.FAIL
    assert f"left behind: {CHANGED}; it exited with status 0" in verdict.reason


def test_a_client_that_gives_up_has_to_restore_them_as_well() -> None:
    verdict = judged(rst(), says("connection reset"), left(CHANGED), ended(1))
    assert verdict.outcome is Outcome.FAIL


@pytest.mark.parametrize("signal", [SIGKILL, SIGPIPE])
def test_a_client_that_a_signal_has_ended_could_not_restore_them(signal: Signals) -> None:
    assert judged(left(CHANGED), killed(signal)).outcome is Outcome.NOT_APPLICABLE


def test_a_client_that_we_had_to_kill_is_not_judged() -> None:
    assert judged(left(CHANGED), killed_by_us()).outcome is Outcome.NOT_APPLICABLE


def test_a_process_that_is_left_is_told() -> None:
    verdict = judged(rst(), processes_left("7 sleeps in read"), ended(1))
    assert verdict.outcome is Outcome.FAIL
    assert "left behind: 7 sleeps in read; it exited with status 1" in verdict.reason


def test_descriptors_that_are_not_shared_cannot_be_looked_at() -> None:
    assert judged(well_ended()).outcome is Outcome.NOT_APPLICABLE
