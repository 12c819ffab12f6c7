"""clean_restart: what becomes of a restart that was tried."""

from properties.model.verdict import NO_PROCESSES, NOT_TRIED, Outcome, judge
from properties.server.invariants.clean_restart import INVARIANT
from tests.properties.server.histories import after_all, connection, history, restarted


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


def test_without_a_restart_it_has_no_meaning() -> None:
    verdict = judge(INVARIANT, history(connection(1), after_all()))
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert verdict.reason == NOT_TRIED


def test_by_address_it_has_no_meaning() -> None:
    verdict = judge(INVARIANT, history(connection(1), by_address=True))
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert verdict.reason == NO_PROCESSES
