"""no_self_connect: a client that is connected to itself, and takes its own bytes for the echo."""

from signal import SIGTERM

import pytest

from properties.client.events import Alone, NotAlone, Place
from properties.client.invariants.no_self_connect import INVARIANT
from properties.client.invariants.registry import CLIENT_INVARIANTS
from properties.model.verdict import Invariant, Outcome, Verdict, judge
from tests.properties.client.histories import (
    Part,
    alone,
    altered,
    attempted,
    connected,
    ended,
    exchange,
    history,
    input_ended,
    killed,
    killed_by_us,
    printed,
    refused,
    says,
    started,
    starved,
    typed,
    well_ended,
)


def judged(*parts: Part) -> Verdict:
    return judge(INVARIANT, history(*parts))


NOTICED: Part = [says("it is connected to itself"), ended(1)]


def test_a_client_that_prints_its_own_input_has_taken_it_for_the_echo() -> None:
    verdict = judged(alone(), typed(24), printed(24), input_ended(), ended(0))
    assert verdict.outcome is Outcome.FAIL
    assert "it printed 24 bytes of its own input; it exited with status 0" in verdict.reason


@pytest.mark.parametrize("end", [NOTICED, killed_by_us()], ids=["reported later", "killed by us"])
def test_that_holds_however_it_ends(end: Part) -> None:
    verdict = judged(alone(), typed(24), printed(24), input_ended(), end)
    assert verdict.outcome is Outcome.FAIL


def test_a_silent_end_with_status_0_is_no_report() -> None:
    verdict = judged(alone(), typed(24), input_ended(), ended(0))
    assert verdict.outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "end",
    [
        pytest.param(NOTICED, id="a word and status 1"),
        pytest.param(ended(1), id="status 1"),
        pytest.param([says("connected to itself"), ended(0)], id="a word and status 0"),
        pytest.param(killed(SIGTERM), id="a signal"),
        pytest.param(killed_by_us(), id="it goes on trying"),
    ],
)
def test_a_client_that_tells_it_or_goes_on_trying_has_noticed(end: Part) -> None:
    assert judged(alone(), typed(24), input_ended(), end).outcome is Outcome.PASS


def test_what_is_printed_and_was_not_typed_is_no_echo() -> None:
    greeting = [printed(40), altered(offset=1)]
    assert judged(alone(), greeting, typed(24), NOTICED).outcome is Outcome.PASS


def test_a_client_that_was_never_connected_to_itself_is_not_judged() -> None:
    verdict = judged(started(), Alone(0), refused(), attempted(1, 1), ended(0))
    assert verdict.outcome is Outcome.NOT_APPLICABLE


def test_on_a_slow_machine_that_it_says_nothing_proves_nothing() -> None:
    verdict = judged(alone(), typed(24), starved(), killed_by_us())
    assert verdict.outcome is Outcome.INCONCLUSIVE


def test_the_reason_for_which_it_has_no_network_of_its_own_is_told() -> None:
    verdict = judged(NotAlone(0, "no network can be made"), connected(), exchange(), well_ended())
    assert (verdict.outcome, verdict.reason) == (Outcome.NOT_APPLICABLE, "no network can be made")


OTHERS = [
    one
    for one in CLIENT_INVARIANTS
    if one.id not in (INVARIANT.id, "no_spin", "leaves_as_found", "reports_output_error")
]


@pytest.mark.parametrize("other", OTHERS, ids=[one.id for one in OTHERS])
def test_no_other_invariant_judges_a_client_without_a_server(other: Invariant) -> None:
    verdict = judge(other, history(alone(), typed(24), altered(), input_ended(), ended(0)))
    assert verdict.outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize(("count", "outcome"), [(8, Outcome.FAIL), (7, Outcome.PASS)])
def test_eight_bytes_agree_by_no_chance(count: int, outcome: Outcome) -> None:
    assert judged(alone(), typed(24), printed(count), killed_by_us()).outcome is outcome


def test_what_is_printed_in_pieces_is_taken_together() -> None:
    pieces = printed(4), printed(20)
    assert judged(alone(), typed(24), *pieces, killed_by_us()).outcome is Outcome.FAIL


def test_what_was_changed_on_its_way_there_is_not_what_it_printed() -> None:
    sent = altered(Place.SENT, offset=1)
    assert judged(alone(), typed(24), sent, printed(24), killed_by_us()).outcome is Outcome.FAIL


def test_a_client_whose_end_was_not_seen_has_reported_nothing_wrong() -> None:
    assert judged(alone(), typed(24), input_ended()).outcome is Outcome.PASS


def test_that_it_did_not_try_again_need_not_be_shown() -> None:
    verdict = judged(started(), Alone(0), refused(), attempted(1, 1), ended(0))
    assert not verdict.remarkable
