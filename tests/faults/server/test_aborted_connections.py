"""aborted_connections: resets in the accept queue, with good connections around them."""

import pytest

from faults.fault import Status
from faults.server.aborted_connections import AbortPending, Order
from faults.server_context import NO_PROCESS
from properties.model.settings import Limits, Rules
from properties.model.steps import Inject
from properties.server.events import Closed, Opened, Received
from properties.server.execute import execute
from target.command import Command
from tests.faults.contexts import around, end_of, marks, stopped
from tests.properties.server_runs import (
    SELECTORS,
    THREADED,
    in_doubt,
    known_by_address,
    only_injected,
    run,
    script,
    serving,
)

BAD, GOOD = (2, 3), (4, 5)
FAULT = AbortPending(BAD, GOOD, Order.AMONG, with_data=True)


@pytest.mark.parametrize("with_data", [True, False])
@pytest.mark.parametrize("order", Order)
def test_the_aborted_are_reset_and_the_good_are_served(order: Order, with_data: bool) -> None:
    with serving() as server:
        history = execute(around(AbortPending(BAD, GOOD, order, with_data), 1), server, Rules())
        assert stopped(server.handle) == []
    event = only_injected(history)
    assert (event.status, event.detail) == (Status.FIRED, "2 reset in the accept queue")
    assert event.disturbed == set(BAD)
    assert [e.client for e in history.of(Closed) if e.by_reset] == list(BAD)
    assert {e.client: e.total for e in history.of(Received) if e.client in GOOD} == {4: 16, 5: 16}
    assert all(end_of(history, client) is not None for client in GOOD)
    assert in_doubt(history) == {}


@pytest.mark.parametrize(
    ("order", "queue"),
    [
        (Order.BEFORE, [2, 3, 4, 5]),
        (Order.AFTER, [4, 5, 2, 3]),
        (Order.AMONG, [4, 2, 3, 5]),
    ],
)
def test_they_stand_in_the_queue_in_the_order_asked_for(order: Order, queue: list[int]) -> None:
    history = run((Inject(AbortPending(BAD, GOOD, order, with_data=False)),))
    assert [e.client for e in history.of(Opened) if e.client > 0] == queue


def test_all_of_it_happens_while_the_listener_is_frozen() -> None:
    history = run(around(FAULT, 1))
    assert [what for what, _ in marks(history)] == ["SIGSTOP", "SIGCONT"]
    kinds = [type(e).__name__ for e in history.events]
    first, last = (i for i, kind in enumerate(kinds) if kind == "Marked")
    resets = [i for i, e in enumerate(history.events) if isinstance(e, Closed) and e.by_reset]
    assert all(first < reset < last for reset in resets)


@pytest.mark.parametrize(
    "command", [THREADED, SELECTORS, script("forking.py")], ids=["threads", "selectors", "forks"]
)
def test_it_needs_no_worker(command: Command) -> None:
    history = run(around(FAULT, 1), command)
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


def test_it_misses_when_its_clients_have_been_used_already() -> None:
    event = only_injected(run(around(FAULT, *BAD, *GOOD)))
    assert event.status is Status.MISSED
    assert event.detail == "no connection could be reset in the accept queue"
    assert event.disturbed == frozenset()


def test_it_misses_where_the_limit_leaves_no_room() -> None:
    with serving() as server:
        rules = Rules(Limits(connections=1))
        history = execute(around(FAULT, 1), server, rules)
    assert only_injected(history).status is Status.MISSED
    assert [e.client for e in history.of(Opened) if e.client > 0] == [1]


def test_by_address_it_is_impossible() -> None:
    with serving() as server:
        event = only_injected(execute(around(FAULT, 1), known_by_address(server), Rules()))
    assert (event.status, event.detail) == (Status.IMPOSSIBLE, NO_PROCESS.detail)
