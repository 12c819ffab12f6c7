"""held_calls: something happens between two calls of the server."""

import threading
from pathlib import Path

import pytest

from faults.fault import Status
from faults.gate import kernel
from faults.gate.gate import Gate
from faults.gate.kernel import Call
from faults.gate.rules import ArmedRule
from faults.server.held_calls import HeldCall, Meanwhile, Place
from faults.server_context import NO_WORKER
from properties.model.settings import Limits, Rules
from properties.server.events import Opened
from properties.server.steps import HalfClose
from tests.faults.contexts import around, is_gone, marks
from tests.properties.server_runs import (
    PATIENCE,
    SELECTORS,
    compiled,
    in_doubt,
    only_injected,
    run,
    variant,
    violated,
)

LATE = 0.3
"""Seconds for which the tester does not get to read what a server calls."""

BETWEEN_ALL = [
    (place, meanwhile)
    for place in Place
    for meanwhile in Meanwhile
    if meanwhile not in (Meanwhile.KILL, Meanwhile.SIGNAL) or place is not Place.READ
]


@pytest.mark.parametrize(("place", "meanwhile"), BETWEEN_ALL)
def test_the_reference_does_not_mind(place: Place, meanwhile: Meanwhile) -> None:
    history = run(around(HeldCall(2, 3, place, meanwhile), 1))
    assert in_doubt(history) == {}


def test_the_client_is_gone_before_there_is_a_worker() -> None:
    history = run(around(HeldCall(2, 3, Place.FORK, Meanwhile.RESET), 1))
    event = only_injected(history)
    assert (event.status, event.disturbed) == (Status.FIRED, frozenset({2}))
    (held, listener), (goes_on, same) = marks(history)
    assert held.endswith(": held")
    assert goes_on == "goes on"
    assert listener == same


def test_a_worker_is_killed_between_read_and_write() -> None:
    history = run(around(HeldCall(2, 3, Place.WRITE, Meanwhile.KILL), 1))
    event = only_injected(history)
    assert (event.status, event.disturbed) == (Status.FIRED, frozenset({2}))
    whats = [what for what, _ in marks(history)]
    assert whats == ["write: held", "SIGKILL", "has ended", "goes on"]
    assert is_gone(marks(history)[1][1])


def test_no_worker_ends_before_a_fork_that_was_held_is_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    receive, release = kernel.receive, Gate.release
    was_released = threading.Event()

    def released(gate: Gate, armed: ArmedRule) -> bool:
        was_released.set()
        return release(gate, armed)

    def late(listener: int) -> Call | None:
        """Read the notification of the fork that is begun anew when one more worker may end."""
        if was_released.is_set():
            was_released.clear()
            threading.Event().wait(LATE)
        return receive(listener)

    monkeypatch.setattr(Gate, "release", released)
    monkeypatch.setattr(kernel, "receive", late)
    fault = HeldCall(2, 3, Place.FORK, Meanwhile.CHILD_ENDS)
    history = run((*around(fault, 1), HalfClose(1)), variant("sa_nocldwait"))
    assert in_doubt(history) == {}


def test_a_child_ends_while_its_parent_is_about_to_fork() -> None:
    history = run(around(HeldCall(2, 3, Place.FORK, Meanwhile.CHILD_ENDS), 1))
    event = only_injected(history)
    assert (event.status, event.disturbed) == (Status.FIRED, frozenset({3}))
    assert in_doubt(history) == {}


def test_a_server_of_one_process_is_not_killed_for_one_client() -> None:
    history = run(around(HeldCall(2, 3, Place.WRITE, Meanwhile.KILL), 1), SELECTORS)
    event = only_injected(history)
    assert (event.status, event.detail) == (Status.IMPOSSIBLE, NO_WORKER.detail)
    assert in_doubt(history) == {}


def test_a_listener_that_asks_for_the_name_of_a_client_that_has_gone_is_caught(
    tmp_path: Path,
) -> None:
    fault = HeldCall(2, 3, Place.FORK, Meanwhile.RESET)
    history = run(around(fault, 1), compiled("getpeername_after_fork"))
    assert "listener_survives" in violated(history)


def test_it_brings_no_more_clients_than_the_server_serves_at_once() -> None:
    rules = Rules(patience=PATIENCE, limits=Limits(connections=3))
    history = run(around(HeldCall(3, 4, Place.READ, Meanwhile.SEND), 1, 2), rules=rules)
    assert only_injected(history).status is Status.MISSED
    assert {event.client for event in history.of(Opened) if event.client > 0} <= {1, 2, 4}
