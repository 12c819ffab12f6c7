"""clean_restart: what becomes of a restart that was tried."""

import pytest

from properties.model.verdict import NO_PROCESSES, NOT_TRIED, Outcome, judge
from properties.server.client_numbers import FIRST_EXCHANGE
from properties.server.invariants.clean_restart import INVARIANT, NEVER_SERVED
from tests.properties.server.histories import (
    Part,
    after_all,
    connection,
    eof,
    half_life,
    history,
    mismatched,
    opened,
    restarted,
    sent,
    stalled,
)


def test_it_holds_when_the_server_came_up_again() -> None:
    verdict = judge(INVARIANT, history(after_all(), restarted("started again")))
    assert verdict.outcome is Outcome.PASS
    assert verdict.reason == "started again"


def test_a_server_that_did_not_come_up_again_fails_with_what_it_said() -> None:
    refused = restarted("ended, saying 'Address already in use'", succeeded=False)
    verdict = judge(INVARIANT, history(after_all(), refused))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "ended, saying 'Address already in use'"


def test_a_restart_that_proves_nothing_is_not_judged() -> None:
    unclear = restarted("somebody else took the port", succeeded=False, inconclusive=True)
    assert judge(INVARIANT, history(unclear)).outcome is Outcome.INCONCLUSIVE


def test_a_server_that_serves_no_more_after_a_restart_fails() -> None:
    silent = restarted("it did not serve", succeeded=False, listened=True)
    made = history(connection(FIRST_EXCHANGE), after_all(), silent)
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "first",
    [
        [half_life(FIRST_EXCHANGE), mismatched(FIRST_EXCHANGE, 0, b"a", b"b")],
        [half_life(FIRST_EXCHANGE), eof(FIRST_EXCHANGE)],
        [opened(FIRST_EXCHANGE), sent(FIRST_EXCHANGE, 9), stalled(FIRST_EXCHANGE, missing=9)],
    ],
    ids=["another answer", "an end", "no answer"],
)
def test_a_server_that_never_served_is_not_asked_to_after_a_restart(first: list[Part]) -> None:
    silent = restarted("it did not serve", succeeded=False, listened=True)
    verdict = judge(INVARIANT, history(*first, after_all(), silent))
    assert (verdict.outcome, verdict.reason) == (Outcome.NOT_APPLICABLE, NEVER_SERVED)


def test_without_a_restart_it_has_no_meaning() -> None:
    verdict = judge(INVARIANT, history(connection(1), after_all()))
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert verdict.reason == NOT_TRIED


def test_by_address_it_has_no_meaning() -> None:
    verdict = judge(INVARIANT, history(connection(1), by_address=True))
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert verdict.reason == NO_PROCESSES


def test_a_server_that_never_served_must_come_up_again_all_the_same() -> None:
    gone = restarted("it ended", succeeded=False)
    made = history(half_life(FIRST_EXCHANGE), eof(FIRST_EXCHANGE), after_all(), gone)
    assert judge(INVARIANT, made).outcome is Outcome.FAIL


def test_without_a_first_client_a_server_is_asked_to_serve_after_a_restart() -> None:
    silent = restarted("it did not serve", succeeded=False, listened=True)
    assert judge(INVARIANT, history(after_all(), silent)).outcome is Outcome.FAIL
