"""notices_eof: whether the end of the connection was noticed while nobody typed."""

import pytest

from properties.client.events import Awaited
from properties.client.invariants.notices_eof import INVARIANT
from properties.model.events import Conclusion
from properties.model.verdict import Outcome, Verdict, judge
from tests.properties.client.histories import (
    EVIDENCE,
    Part,
    connected,
    ended,
    exchange,
    fin,
    history,
    noticed,
    rst,
    says,
    waited,
    well_ended,
)


def verdict(*parts: Part) -> Verdict:
    return judge(INVARIANT, history(connected(), exchange(), *parts))


def test_it_holds_when_the_client_has_noticed() -> None:
    assert verdict(fin(), noticed(), says("EOF"), ended(1)).outcome is Outcome.PASS


@pytest.mark.parametrize("end", [fin(), rst()])
@pytest.mark.parametrize(
    "conclusion",
    [Conclusion.SETTLED, Conclusion.ASLEEP, Conclusion.BUSY, Conclusion.SILENT],
)
def test_a_client_that_certainly_takes_no_notice_fails(end: Part, conclusion: Conclusion) -> None:
    said = verdict(end, waited(Awaited.NOTICE, conclusion))
    assert said.outcome is Outcome.FAIL
    assert said.reason == f"the client took no notice of the end of its connection: {EVIDENCE}"


def test_each_end_must_be_noticed() -> None:
    assert verdict(fin(), noticed(), rst(), waited(Awaited.NOTICE)).outcome is Outcome.FAIL


def test_a_client_with_too_little_time_is_not_judged() -> None:
    said = verdict(fin(), waited(Awaited.NOTICE, Conclusion.STARVED, evidence="it got 0.1 s"))
    assert said.outcome is Outcome.INCONCLUSIVE
    assert said.reason == "it got 0.1 s"


def test_without_an_end_while_it_was_idle_there_is_nothing_to_judge() -> None:
    assert verdict(well_ended()).outcome is Outcome.NOT_APPLICABLE


def test_other_waits_in_vain_are_not_its_business() -> None:
    others = [waited(what) for what in Awaited if what is not Awaited.NOTICE]
    assert verdict(*others).outcome is Outcome.NOT_APPLICABLE
    assert verdict(*others, noticed()).outcome is Outcome.PASS
