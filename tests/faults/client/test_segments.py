"""segments: what TCP makes up for, a client must not notice."""

import pytest

from faults.client.segments import OF_THE_HANDSHAKE, ClientSegmentFault, Mishap
from faults.fault import Status
from faults.payloads import Content, Payload
from faults.wire.segments import Fate
from properties.client.events import Accepted, Waited
from properties.client.steps import Accept
from properties.model.events import Carried, Conclusion
from tests.chambers import needs_a_chamber
from tests.faults.client_wire_runs import client_mutant, outcome, over_wire

pytestmark = needs_a_chamber

LINES = Payload(Content.LINES, 5000)


@pytest.mark.parametrize("mishap", Mishap)
def test_the_reference_client_does_not_notice(mishap: Mishap) -> None:
    before = () if mishap in OF_THE_HANDSHAKE else (Accept(),)
    history, violated = over_wire(*before, ClientSegmentFault(mishap, LINES))
    assert outcome(history).status is Status.FIRED
    assert violated == []


def test_a_client_whose_last_ack_is_on_its_way_is_not_taken_for_one_that_never_connects() -> None:
    history, _ = over_wire(ClientSegmentFault(Mishap.LOST_ACK, LINES))
    assert [one for one in history.of(Waited) if one.conclusion is not Conclusion.MET] == []
    assert len(list(history.of(Accepted))) == 1


def test_what_was_lost_is_in_the_history_and_came_again() -> None:
    history, _ = over_wire(Accept(), ClientSegmentFault(Mishap.LOST_LINE, LINES))
    (lost,) = (one for one in history.of(Carried) if one.fate is Fate.LOST)
    assert lost.seq in [one.seq for one in history.of(Carried) if one.again]


def test_a_client_that_takes_a_routers_word_for_the_end_is_found() -> None:
    fault = ClientSegmentFault(Mishap.UNREACHABLE, LINES)
    _, violated = over_wire(Accept(), fault, command=client_mutant("lost_router_believed"))
    assert "exact_output" in violated
