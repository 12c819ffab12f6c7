"""fin_rst_order: UNP 5.12, with either ending by choice."""

import pytest

from faults.client.fin_rst_order import FinOrRst, FinRstOrder
from faults.fault import Status
from faults.payloads import A_LINE
from faults.wire.segments import Direction, Fate
from properties.client.events import Complained
from properties.client.steps import Answer, Type
from properties.model.events import Carried
from target.command import Command
from tests.chambers import needs_a_chamber
from tests.faults.client_wire_runs import client_mutant, outcome, over_wire

pytestmark = needs_a_chamber

ECHOED = (Type(A_LINE), Answer())


@pytest.mark.parametrize(
    ("order", "words", "passed"),
    [
        (FinOrRst.EOF, "terminated prematurely", "FIN"),
        (FinOrRst.RESET, "reset by peer", "RST"),
    ],
)
def test_the_client_sees_what_was_chosen_and_says_it(
    order: FinOrRst, words: str, passed: str
) -> None:
    history, violated = over_wire(*ECHOED, FinRstOrder(order))
    assert outcome(history).status is Status.FIRED
    assert words in "".join(one.text for one in history.of(Complained))
    came = [
        one.flags
        for one in history.of(Carried)
        if one.direction is Direction.TO_TARGET and one.fate is Fate.PASSED
    ]
    assert any(passed in flags for flags in came)
    assert violated == []


@pytest.mark.parametrize(
    ("order", "command", "names"),
    [
        (FinOrRst.EOF, client_mutant("eof_as_reset"), ["reports_eof"]),
        (FinOrRst.RESET, client_mutant("reset_as_eof"), ["reports_reset"]),
    ],
    ids=str,
)
def test_a_client_that_takes_one_for_the_other_is_found(
    order: FinOrRst, command: Command, names: list[str]
) -> None:
    _, violated = over_wire(*ECHOED, FinRstOrder(order), command=command)
    assert violated == names
