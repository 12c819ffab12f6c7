"""closed_window: a client that cannot send sleeps, goes on, and hears of what ends its wait."""

import pytest

from faults.client.closed_window import ServerClosedWindow, ServerWindow
from faults.fault import Status
from properties.client.events import Complained
from tests.chambers import needs_a_chamber
from tests.faults.client_wire_runs import client_mutant, outcome, over_wire

pytestmark = needs_a_chamber


@pytest.mark.parametrize(
    ("window", "words"),
    [
        (ServerWindow.OPENS, ""),
        (ServerWindow.UPDATE_LOST, ""),
        (ServerWindow.RESET, "reset by peer"),
        (ServerWindow.CRASH, "timed out"),
    ],
)
def test_the_reference_client_waits_and_says_what_its_kernel_told_it(
    window: ServerWindow, words: str
) -> None:
    history, violated = over_wire(ServerClosedWindow(window))
    assert outcome(history).status is Status.FIRED
    assert words in "".join(one.text for one in history.of(Complained))
    assert violated == []


@pytest.mark.parametrize("name", ["lost_write_first", "lost_write_later"])
def test_a_client_that_drops_what_its_write_told_it_is_found(name: str) -> None:
    fault = ServerClosedWindow(ServerWindow.CRASH)
    _, violated = over_wire(fault, command=client_mutant(name))
    assert violated == ["reports_unreachable"]


def test_a_client_that_does_not_read_meanwhile_is_found() -> None:
    fault = ServerClosedWindow(ServerWindow.OPENS)
    _, violated = over_wire(fault, command=client_mutant("deadlock_blocking_write"))
    assert "exact_output" in violated
