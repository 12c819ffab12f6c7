"""accept_errors: accept fails for a passing reason while clients connect."""

from collections.abc import Callable
from pathlib import Path

import pytest

from faults.fault import Status
from faults.gate.calls import Kind
from faults.server.accept_errors import OF_A_CONNECTION, SCARCE, AcceptErrno, AcceptError
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.server.events import End, Received
from properties.server.execute import execute
from target.command import REFERENCE, Command
from tests.faults.contexts import around, end_of, marks
from tests.properties.server_runs import (
    PATIENCE,
    SELECTORS,
    in_doubt,
    known_by_address,
    of_c,
    only_injected,
    run,
    script,
    serving,
    variant,
)

INTERRUPTED = AcceptErrno.EINTR
EOF, RESET = End.EOF, End.RESET


@pytest.mark.parametrize("error", sorted(SCARCE, key=str))
def test_in_a_shortage_the_reference_goes_on_and_serves_those_who_waited(
    error: AcceptErrno,
) -> None:
    history = run(around(AcceptError((2, 3), error, 2), 1))
    event = only_injected(history)
    assert (event.status, event.detail) == (Status.FIRED, f"accept failed with {error.value} x 2")
    assert event.disturbed == frozenset()
    assert [what for what, _ in marks(history)] == [f"accept: {error.value}"] * 2
    assert in_doubt(history) == {}


@pytest.mark.parametrize("error", sorted(OF_A_CONNECTION, key=str))
def test_an_error_of_a_connection_ends_that_connection_and_no_other(error: AcceptErrno) -> None:
    history = run(around(AcceptError((2, 3, 4), error, 2), 1))
    event = only_injected(history)
    assert event.status is Status.FIRED
    assert event.detail == (
        f"accept failed with {error.value} x 2, which ended the connection of c2 and c3"
    )
    assert event.disturbed == frozenset({2, 3})
    assert [_end(history, client) for client in (1, 2, 3, 4)] == [EOF, RESET, RESET, EOF]
    assert in_doubt(history) == {}


# The end of a worker lets the call that the listener sleeps in be made anew, through the gate: one
# of a client that came before must have ended when the errors begin.
@pytest.mark.parametrize(
    ("compiled", "name"), [(variant, "sa_restart"), (of_c, "ends_late")], ids=["ends", "computes"]
)
def test_a_listener_that_sleeps_in_accept_first_takes_the_client_it_has_asked_for(
    compiled: Callable[[str], Command], name: str
) -> None:
    fault = AcceptError((1, 2, 3), AcceptErrno.ECONNABORTED, 1)
    history = run((Inject(fault),), compiled(name))
    assert only_injected(history).disturbed == frozenset({2})
    assert [_end(history, client) for client in (1, 2, 3)] == [EOF, RESET, EOF]
    assert in_doubt(history) == {}


def test_a_listener_whose_accept_has_a_timeout_meets_the_error_and_is_not_made_to_spin(
    tmp_path: Path,
) -> None:
    fault = AcceptError((1, 2, 3), AcceptErrno.ECONNABORTED, 1)
    with serving(variant("reap_by_rcvtimeo"), AcceptError.calls) as server:
        history = execute((Inject(fault),), server, Rules(patience=PATIENCE))
        assert server.gate is not None
        # One every 20 ms and one for each client; a loop through the gate makes thousands.
        assert server.gate.counts[Kind.ACCEPT] < 1000
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


def test_a_listener_that_sleeps_in_accept_is_not_judged_by_one_client_alone() -> None:
    fault = AcceptError((1,), AcceptErrno.ECONNABORTED, 1)
    event = only_injected(run((Inject(fault),), variant("sa_restart")))
    assert event.status is Status.MISSED
    assert "only one client connected" in event.detail


def test_an_edge_triggered_server_that_waits_for_the_next_connection_is_right(
    tmp_path: Path,
) -> None:
    fault = AcceptError((1, 2), AcceptErrno.ECONNABORTED, 1)
    history = run((Inject(fault),), variant("epoll_edges"))
    assert only_injected(history).disturbed == frozenset({1})
    assert in_doubt(history) == {}


def _end(history: History, client: int) -> End | None:
    ended = end_of(history, client)
    return ended.end if ended else None


def test_a_server_that_polls_is_not_interrupted_in_accept() -> None:
    event = only_injected(run(around(AcceptError((2,), INTERRUPTED, 1), 1)))
    assert event.status is Status.IMPOSSIBLE
    assert "no signal interrupts its accept" in event.detail


def test_a_server_that_blocks_in_accept_and_catches_a_signal_is_interrupted() -> None:
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
