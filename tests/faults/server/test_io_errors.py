"""io_errors: read, write or poll fails while a client sends lines."""

from pathlib import Path

import pytest

from faults.fault import Status
from faults.server.io_errors import IoError, IoFailure
from tests.faults.contexts import around, marks
from tests.properties.server_runs import (
    SELECTORS,
    compiled,
    in_doubt,
    only_injected,
    run,
    script,
    violated,
)

BROKEN = [IoFailure.READ_RESET, IoFailure.WRITE_RESET, IoFailure.WRITE_PIPE]


@pytest.mark.parametrize("failure", BROKEN)
def test_the_reference_loses_that_connection_and_nothing_else(failure: IoFailure) -> None:
    history = run(around(IoError(1, failure, 1, 1, 3), 1, 2))
    event = only_injected(history)
    assert (event.status, event.detail) == (Status.FIRED, f"{failure.value} x 1")
    assert event.disturbed == {1}
    assert in_doubt(history) == {}


def test_it_is_the_nth_call_that_fails() -> None:
    history = run(around(IoError(1, IoFailure.READ_RESET, 3, 1, 3), 1))
    assert only_injected(history).status is Status.FIRED
    assert [what for what, _ in marks(history)] == ["read: ECONNRESET"]


def test_an_interrupted_poll_hurts_nobody() -> None:
    history = run(around(IoError(1, IoFailure.POLL_INTERRUPTED, 1, 2, 3), 1))
    event = only_injected(history)
    assert (event.status, event.disturbed) == (Status.FIRED, frozenset())
    assert in_doubt(history) == {}


def test_a_worker_without_a_handler_is_never_interrupted() -> None:
    event = only_injected(run(around(IoError(1, IoFailure.READ_INTERRUPTED, 1, 1, 3), 1)))
    assert event.status is Status.IMPOSSIBLE
    assert "no signal interrupts its read" in event.detail


@pytest.mark.parametrize(
    ("failure", "name"),
    [(IoFailure.READ_INTERRUPTED, "eintr_read"), (IoFailure.WRITE_INTERRUPTED, "eintr_write")],
)
def test_one_that_inherits_a_handler_is(failure: IoFailure, name: str, tmp_path: Path) -> None:
    history = run(around(IoError(1, failure, 1, 1, 3), 1), compiled(name))
    assert only_injected(history).status is Status.FIRED
    assert "exact_echo" in violated(history)


def test_a_loop_that_dies_of_an_interrupted_poll_is_caught(tmp_path: Path) -> None:
    fault = IoError(1, IoFailure.POLL_INTERRUPTED, 1, 1, 3)
    history = run(around(fault, 1), compiled("eintr_poll"))
    assert "listener_survives" in violated(history)


def test_calls_of_one_process_that_serves_all_are_told_apart_by_the_connection() -> None:
    history = run(around(IoError(1, IoFailure.READ_RESET, 1, 1, 3), 1, 2), SELECTORS)
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


def test_each_of_several_interruptions_is_counted_and_marked() -> None:
    fault = IoError(1, IoFailure.READ_INTERRUPTED, 1, 3, 3)
    history = run(around(fault, 1), script("interruptible.py"))
    assert only_injected(history).detail == "read fails with EINTR x 3"
    assert [what for what, _ in marks(history)] == ["recvfrom: EINTR"] * 3
    assert in_doubt(history) == {}
