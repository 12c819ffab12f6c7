"""no_spin: processor time that is used while nothing is to be done."""

import pytest

from properties.model.events import Conclusion
from properties.model.verdict import NO_PROCESSES, Outcome, judge
from properties.server.events import Idled
from properties.server.invariants.no_spin import INVARIANT
from tests.properties.server.histories import after_all, census, connection, history

SPINS = "4711 used 1.0 s of processor time, never asleep"


def test_it_holds_when_every_thread_sleeps() -> None:
    assert judge(INVARIANT, history(connection(1), after_all())).outcome is Outcome.PASS


@pytest.mark.parametrize("label", ["after", "end", "repeat"])
def test_a_thread_that_never_sleeps_fails_in_any_census(label: str) -> None:
    spinning = census(label, spinning=SPINS, conclusion=Conclusion.BUSY)
    verdict = judge(INVARIANT, history(after_all(), spinning))
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == SPINS


def test_a_starved_server_is_not_judged() -> None:
    made = history(census("after", conclusion=Conclusion.STARVED), census("end"))
    assert judge(INVARIANT, made).outcome is Outcome.INCONCLUSIVE


def test_without_a_census_nothing_is_passed() -> None:
    assert judge(INVARIANT, history(connection(1))).outcome is Outcome.INCONCLUSIVE


def test_by_address_it_has_no_meaning() -> None:
    verdict = judge(INVARIANT, history(connection(1), by_address=True))
    assert verdict.outcome is Outcome.NOT_APPLICABLE
    assert verdict.reason == NO_PROCESSES


def test_a_server_that_spins_while_its_clients_are_silent_fails() -> None:
    made = history(connection(1), after_all())
    made.events.insert(0, Idled(0.5, Conclusion.BUSY, "", spinning="4711 used 1.0 s"))
    verdict = judge(INVARIANT, made)
    assert verdict.outcome is Outcome.FAIL
    assert verdict.reason == "4711 used 1.0 s"


def test_a_server_that_spins_fails_though_it_starved_at_another_moment() -> None:
    spinning = census("end", spinning=SPINS, conclusion=Conclusion.BUSY)
    verdict = judge(INVARIANT, history(census("after", conclusion=Conclusion.STARVED), spinning))
    assert (verdict.outcome, verdict.reason) == (Outcome.FAIL, SPINS)
