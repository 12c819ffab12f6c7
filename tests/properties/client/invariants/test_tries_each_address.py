"""tries_each_address: a name with a dead address, and a client that gives up at it."""

from signal import SIGTERM

import pytest

from properties.client.events import Awaited, NotNamed
from properties.client.invariants.registry import CLIENT_INVARIANTS
from properties.client.invariants.tries_each_address import INVARIANT
from properties.model.events import Conclusion
from properties.model.verdict import Invariant, Outcome, Verdict, judge
from tests.properties.client.histories import (
    Part,
    accepted,
    attempted,
    connected,
    ended,
    exchange,
    history,
    input_ended,
    killed,
    killed_by_us,
    named,
    says,
    started,
    starved,
    waited,
    well_ended,
)


def judged(*parts: Part) -> Verdict:
    return judge(INVARIANT, history(*parts))


GAVE_UP: Part = [says("connection refused"), ended(1)]


def test_a_client_that_ends_after_the_first_refusal_has_not_tried_the_other_address() -> None:
    verdict = judged(named(), attempted(), GAVE_UP)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == (
        "echo.test is 127.0.0.1 and 127.0.0.2; 127.0.0.1 refused the client, and it did not try "
        "the other; it exited with status 1, and said 'connection refused'"
    )


def test_a_client_that_waits_for_ever_has_not_come_to_the_other_address() -> None:
    stuck = waited(Awaited.CONNECTION)
    verdict = judged(named(), stuck, attempted(3, 3), input_ended(), killed_by_us())
    assert verdict.outcome is Outcome.FAIL
    assert "it never came to the other: 4711 sleeps in read" in verdict.reason


def test_a_client_that_comes_to_the_server_has_tried_it() -> None:
    verdict = judged(named(), accepted(), attempted(2, 1), exchange(), well_ended())
    assert verdict.outcome is Outcome.PASS


def test_without_an_attempt_that_failed_nothing_is_known() -> None:
    verdict = judged(named(), attempted(0, 0), GAVE_UP)
    assert verdict.outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    "doubt",
    [
        pytest.param([starved(), ended(1)], id="a slow machine"),
        pytest.param(
            [waited(Awaited.CONNECTION, Conclusion.STARVED), killed_by_us()], id="a starved wait"
        ),
        pytest.param([killed_by_us()], id="killed by us"),
    ],
)
def test_doubt_is_no_violation(doubt: Part) -> None:
    assert judged(named(), attempted(), doubt).outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    "start", [pytest.param(started(), id="no name"), pytest.param(named(""), id="one address")]
)
def test_it_is_about_names_with_two_addresses(start: Part) -> None:
    assert judged(start, attempted(), GAVE_UP).outcome is Outcome.NOT_APPLICABLE


def test_the_reason_for_which_no_name_was_given_is_told() -> None:
    verdict = judged(NotNamed(0, "it takes no names"), connected(), well_ended())
    assert (verdict.outcome, verdict.reason) == (Outcome.NOT_APPLICABLE, "it takes no names")


OTHERS = [
    one
    for one in CLIENT_INVARIANTS
    if one.id not in (INVARIANT.id, "no_spin", "leaves_as_found", "reports_output_error")
]


@pytest.mark.parametrize("other", OTHERS, ids=[one.id for one in OTHERS])
@pytest.mark.parametrize("end", [GAVE_UP, ended(0), killed(SIGTERM)], ids=["1", "0", "killed"])
def test_no_other_invariant_judges_a_client_that_did_not_come_to_the_server(
    other: Invariant, end: Part
) -> None:
    verdict = judge(other, history(named(), attempted(), input_ended(client_lives=False), end))
    assert verdict.outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("other", OTHERS, ids=[one.id for one in OTHERS])
def test_a_client_that_came_to_the_server_is_judged_as_ever(other: Invariant) -> None:
    verdict = judge(other, history(named(), accepted(), attempted(2, 1), exchange(), well_ended()))
    plain = judge(other, history(connected(), exchange(), well_ended()))
    assert verdict == plain


def test_one_attempt_that_failed_is_enough_to_know_that_it_tried() -> None:
    verdict = judged(named(), attempted(1, 0), attempted(1, 1), GAVE_UP)
    assert verdict.outcome is Outcome.FAIL
