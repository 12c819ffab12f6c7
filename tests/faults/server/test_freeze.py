"""freeze: the listener is stopped and continued, and nothing else happens."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from faults import conditions
from faults.fault import Status
from faults.freezing import frozen_listener
from faults.server.freeze import Freeze
from faults.server_context import NO_PROCESS, ServerContext
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.server.execute import execute
from properties.server.steps import Open
from target.command import REFERENCE
from target.handle import Handle
from tests.faults.contexts import around, marks, stopped
from tests.properties.server_runs import (
    SELECTORS,
    in_doubt,
    known_by_address,
    only_injected,
    run,
    script,
    serving,
)


def test_it_stops_and_continues_exactly_the_listener() -> None:
    with serving() as server:
        history = execute(around(Freeze(), 1), server, Rules())
        assert server.handle is not None
        listener = server.handle.listener.pid
        assert stopped(server.handle) == []
    assert only_injected(history).status is Status.FIRED
    assert marks(history) == [("SIGSTOP", listener), ("SIGCONT", listener)]


def test_it_hurts_no_client() -> None:
    assert only_injected(run(around(Freeze(), 1), REFERENCE)).disturbed == frozenset()


def test_the_reference_does_not_mind() -> None:
    assert in_doubt(run(around(Freeze(), 1, 2), REFERENCE)) == {}


def test_the_listener_is_stopped_in_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    slept = []

    @contextmanager
    def noting(context: ServerContext, handle: Handle) -> Iterator[bool]:
        slept.append(conditions.all_asleep(context.listeners()))
        with frozen_listener(context, handle) as is_stopped:
            yield is_stopped

    monkeypatch.setattr("faults.server.freeze.frozen_listener", noting)
    run((Open(1), Inject(Freeze())), script("computing.py"))
    assert slept == [True]


def test_it_needs_no_client() -> None:
    assert only_injected(run(around(Freeze()))).status is Status.FIRED


def test_it_fires_on_a_server_of_one_process() -> None:
    assert only_injected(run(around(Freeze(), 1), SELECTORS)).status is Status.FIRED


def test_by_address_it_is_impossible() -> None:
    with serving() as server:
        history = execute(around(Freeze(), 1), known_by_address(server), Rules())
    assert only_injected(history).status is Status.IMPOSSIBLE
    assert only_injected(history).detail == NO_PROCESS.detail
    assert marks(history) == []
