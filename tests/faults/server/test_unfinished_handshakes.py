"""unfinished_handshakes: what has not connected, or says nothing, is in nobody's way."""

import pytest

from faults.fault import Status
from faults.payloads import A_LINE
from faults.server.unfinished_handshakes import FULL, Handshakes, UnfinishedHandshakes
from faults.wire.handshakes import FIRST_PORT
from faults.wire.segments import Fate
from properties.model.events import Carried
from properties.model.steps import Workload
from properties.server.steps import Receive, Send
from target.command import REFERENCE, Command
from tests.chambers import needs_a_chamber
from tests.faults.contexts import around, served
from tests.faults.wire_runs import over_wire
from tests.properties.server_runs import (
    SELECTORS,
    THREADED,
    compiled,
    in_doubt,
    mutant,
    only_injected,
    variant,
    violated,
)

pytestmark = needs_a_chamber


def beside(handshakes: Handshakes) -> Workload:
    fault = UnfinishedHandshakes(1, handshakes, 2)
    return (*around(fault, 1), Send(1, A_LINE), Receive(1), *served(3))


@pytest.mark.parametrize("command", [REFERENCE, THREADED, SELECTORS], ids=str)
@pytest.mark.parametrize("handshakes", Handshakes)
def test_a_correct_server_serves_both_clients(handshakes: Handshakes, command: Command) -> None:
    history = over_wire(beside(handshakes), command)
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


def test_the_server_hears_nothing_of_a_handshake_that_is_never_ended() -> None:
    history = over_wire(beside(Handshakes.ONE))
    seen = [one for one in history.of(Carried) if one.port == FIRST_PORT]
    assert {(one.flags, one.fate) for one in seen} == {
        ("SYN", Fate.PASSED),
        ("SYN, ACK", Fate.LOST),
        ("RST", Fate.PASSED),
    }


@pytest.mark.parametrize("handshakes", sorted(FULL, key=str))
def test_a_backlog_is_filled(handshakes: Handshakes) -> None:
    assert only_injected(over_wire(beside(handshakes))).detail == "1032 beside a backlog of 1024"


def test_a_client_that_the_kernel_keeps_back_is_waited_for() -> None:
    history = over_wire(beside(Handshakes.SILENT), variant("defer_accept"))
    assert only_injected(history).status is Status.FIRED
    assert "kept it back" in only_injected(history).detail
    assert in_doubt(history) == {}


@pytest.mark.parametrize(
    "command",
    [
        compiled("blocked_by_deferred"),
        mutant("blocked_by_deferred_loop.py"),
        compiled("serves_one_at_a_time"),
    ],
    ids=str,
)
def test_a_server_that_waits_for_the_silent_one_is_found(command: Command) -> None:
    assert "prompt_service" in violated(over_wire(beside(Handshakes.SILENT), command))
