"""accept_errors: accept fails for a passing reason while clients connect."""

import pytest

from faults.fault import Status
from faults.server.accept_errors import AcceptErrno, AcceptError
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.server.events import Received
from properties.server.execute import execute
from target.command import REFERENCE
from tests.faults.contexts import around, marks
from tests.properties.server_runs import (
    SELECTORS,
    in_doubt,
    known_by_address,
    only_injected,
    run,
    script,
    serving,
)

INTERRUPTED = AcceptErrno.EINTR


@pytest.mark.parametrize("error", [one for one in AcceptErrno if one is not INTERRUPTED])
def test_the_reference_goes_on_and_serves_whoever_waited(error: AcceptErrno) -> None:
    history = run(around(AcceptError((2, 3), error, 2), 1))
    event = only_injected(history)
    assert (event.status, event.detail) == (Status.FIRED, f"accept failed with {error.value} x 2")
    assert event.disturbed == frozenset()
    assert [what for what, _ in marks(history)] == [f"accept: {error.value}"] * 2
    assert in_doubt(history) == {}


def test_a_server_that_polls_is_not_interrupted_in_accept() -> None:
    event = only_injected(run(around(AcceptError((2,), INTERRUPTED, 1), 1)))
    assert event.status is Status.IMPOSSIBLE
    assert "no signal interrupts its accept" in event.detail


def test_a_server_that_blocks_in_accept_and_catches_a_signal_is() -> None:
    history = run((Inject(AcceptError((1,), INTERRUPTED, 2)),), script("interruptible.py"))
    event = only_injected(history)
    assert (event.status, event.detail) == (Status.FIRED, "accept failed with EINTR x 2")
    assert in_doubt(history) == {}


def test_it_fires_on_a_server_of_one_process() -> None:
    history = run(around(AcceptError((2,), AcceptErrno.ECONNABORTED, 1), 1), SELECTORS)
    assert only_injected(history).status is Status.FIRED


def test_by_address_it_is_impossible() -> None:
    fault = AcceptError((2,), AcceptErrno.EMFILE, 1)
    with serving(REFERENCE) as server:
        history = execute(around(fault, 1), known_by_address(server), Rules())
    event = only_injected(history)
    assert event.status is Status.IMPOSSIBLE
    assert "only by its address" in event.detail
    assert not any(one.client == 2 for one in history.of(Received))
