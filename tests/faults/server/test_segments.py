"""segments: what TCP makes up for, a server must not notice."""

import pytest

from faults.fault import Status
from faults.payloads import Content, Payload
from faults.server.segments import SegmentFault, Trouble
from faults.wire.segments import Fate
from faults.wire.wire import NO_CHAMBER, ONLY_IPV4
from properties.compare.implementation import which
from properties.model.events import Carried
from properties.model.settings import Rules
from properties.model.steps import Inject, Workload
from properties.server.steps import Open, Receive
from properties.services.registry import SERVICES
from target.command import REFERENCE, Command
from tests.chambers import needs_a_chamber
from tests.faults.contexts import around
from tests.faults.wire_runs import over_wire, tried
from tests.properties.server_runs import (
    PATIENCE,
    SELECTORS,
    compiled,
    in_doubt,
    only_injected,
    script,
    violated,
)

pytestmark = needs_a_chamber

SEVERAL = Payload(Content.LETTERS, 5000)


def with_trouble(trouble: Trouble) -> Workload:
    return (*around(SegmentFault(1, trouble, SEVERAL, 2), 1), Receive(1))


@pytest.mark.parametrize("command", [REFERENCE, SELECTORS], ids=str)
@pytest.mark.parametrize("trouble", Trouble)
def test_a_correct_server_does_not_notice(trouble: Trouble, command: Command) -> None:
    history = over_wire(with_trouble(trouble), command)
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


@pytest.mark.parametrize("name", ["time", "daytime"])
def test_a_server_that_speaks_first_does_not_notice_that_a_handshake_took_longer(name: str) -> None:
    if which("xinetd") is None:
        pytest.skip("xinetd is not installed")
    rules = Rules(patience=PATIENCE, service=SERVICES[name]())
    workload = (Open(1), Inject(SegmentFault(1, Trouble.LOST_HANDSHAKE_ACK, SEVERAL, 2)))
    history = over_wire(workload, script("xinetd_internal.py", name), rules=rules)
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


def test_what_was_lost_is_in_the_history_and_came_again() -> None:
    history = over_wire(with_trouble(Trouble.LOST_DATA))
    lost = [one for one in history.of(Carried) if one.fate is Fate.LOST]
    again = [one for one in history.of(Carried) if one.again]
    assert [one.length for one in lost] == [1448]
    assert (lost[0].seq, lost[0].length) in [(one.seq, one.length) for one in again]


def test_a_server_that_takes_a_routers_word_for_the_end_is_found() -> None:
    history = over_wire(with_trouble(Trouble.UNREACHABLE), compiled("rare_unreachable_is_final"))
    assert violated(history) == ["exact_echo"]


def test_on_this_machines_network_it_is_not_applicable() -> None:
    outcome = only_injected(tried(with_trouble(Trouble.LOST_DATA), REFERENCE))
    assert (outcome.status, outcome.detail) == (Status.IMPOSSIBLE, NO_CHAMBER)


def test_over_ipv6_it_is_not_applicable() -> None:
    workload = with_trouble(Trouble.LOST_DATA)
    outcome = only_injected(over_wire(workload, host="::1"))
    assert (outcome.status, outcome.detail) == (Status.IMPOSSIBLE, ONLY_IPV4)
