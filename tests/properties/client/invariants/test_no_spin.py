"""no_spin of a client: processor time that is used while nothing is to be done."""

import pytest

from properties.client.events import Awaited
from properties.client.invariants.no_spin import INVARIANT
from properties.model.events import Conclusion
from properties.model.verdict import Outcome, Verdict, judge
from tests.properties.client.histories import (
    Part,
    connected,
    exchange,
    fin,
    history,
    killed_by_us,
    rested,
    starved,
    waited,
    well_ended,
)

SPINS = "4711 used 1.0 s of processor time, never asleep"


def verdict(*parts: Part) -> Verdict:
    return judge(INVARIANT, history(connected(), exchange(), *parts))


def test_it_holds_when_the_client_came_to_rest_each_time() -> None:
    assert verdict(well_ended()).outcome is Outcome.PASS


def test_a_thread_that_never_sleeps_fails() -> None:
    said = verdict(rested(Conclusion.BUSY, SPINS), well_ended())
    assert said.outcome is Outcome.FAIL
    assert said.reason == SPINS


@pytest.mark.parametrize("what", Awaited)
def test_a_client_that_computes_instead_of_what_it_was_waited_for_fails(what: Awaited) -> None:
    said = verdict(fin(), waited(what, Conclusion.BUSY, evidence="it used 9 s"), killed_by_us())
    assert said.outcome is Outcome.FAIL
    assert said.reason == f"{what.value}: it used 9 s"


@pytest.mark.parametrize("conclusion", [Conclusion.SETTLED, Conclusion.ASLEEP, Conclusion.SILENT])
def test_a_client_that_sleeps_instead_passes(conclusion: Conclusion) -> None:
    assert verdict(waited(Awaited.EXIT, conclusion), killed_by_us()).outcome is Outcome.PASS


def test_a_client_that_never_came_to_rest_on_a_slow_machine_is_not_judged() -> None:
    assert verdict(starved(), well_ended()).outcome is Outcome.INCONCLUSIVE


def test_a_thread_that_spins_fails_though_the_machine_was_slow_before() -> None:
    said = verdict(starved(), rested(Conclusion.BUSY, SPINS), well_ended())
    assert (said.outcome, said.reason) == (Outcome.FAIL, SPINS)


def test_a_client_that_computes_fails_though_the_machine_was_slow_before() -> None:
    said = verdict(starved(), fin(), waited(Awaited.EXIT, Conclusion.BUSY), killed_by_us())
    assert said.outcome is Outcome.FAIL
