"""fork_errors: no process or thread can be made for a client."""

from pathlib import Path

import pytest

from faults.fault import Status
from faults.server.fork_errors import ForkErrno, ForkError
from properties.server.events import Ended
from tests.faults.contexts import around, marks
from tests.properties.server_runs import (
    SELECTORS,
    THREADED,
    compiled,
    in_doubt,
    only_injected,
    run,
    script,
    violated,
)


@pytest.mark.parametrize("error", ForkErrno)
def test_the_reference_turns_away_those_clients_and_nobody_else(error: ForkErrno) -> None:
    history = run(around(ForkError((2, 3), error), 1))
    event = only_injected(history)
    assert (event.status, event.detail) == (Status.FIRED, f"fork failed with {error.value} x 2")
    assert event.disturbed == {2, 3}
    assert {pid for _, pid in marks(history)} == {marks(history)[0][1]}
    assert {2, 3} <= {event.client for event in history.of(Ended)}
    assert in_doubt(history) == {}


def test_a_thread_that_cannot_be_made_is_the_same() -> None:
    history = run(around(ForkError((2,), ForkErrno.EAGAIN), 1), THREADED)
    assert only_injected(history).status is Status.FIRED
    # It does not expect that a thread may not start, and ends.
    assert violated(history) == ["listener_survives"]


def test_a_listener_that_keeps_the_connection_is_caught(tmp_path: Path) -> None:
    history = run(around(ForkError((2,), ForkErrno.EAGAIN), 1), compiled("fork_leak"))
    assert violated(history) == ["clean_eof", "no_fd_leak"]


def test_a_server_of_one_process_makes_none() -> None:
    event = only_injected(run(around(ForkError((2,), ForkErrno.EAGAIN), 1), SELECTORS))
    assert event.status is Status.IMPOSSIBLE
    assert event.detail == "it makes no process or thread when a client comes"


def test_a_client_that_was_not_accepted_says_nothing_about_processes() -> None:
    full = script("most_children.py", "1")
    event = only_injected(run(around(ForkError((2,), ForkErrno.EAGAIN), 1), full))
    assert event.status is Status.MISSED
    assert event.detail == "the listener did not accept the client"
