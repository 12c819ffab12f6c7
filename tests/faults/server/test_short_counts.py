"""short_counts: a read or a write moves fewer bytes than it was asked to."""

from pathlib import Path

import pytest

from faults.fault import Status
from faults.payloads import Content, Payload
from faults.server.short_counts import ShortCall, ShortCount
from tests.faults.contexts import around, marks
from tests.properties.server_runs import (
    SELECTORS,
    THREADED,
    compiled,
    in_doubt,
    only_injected,
    run,
    script,
    variant,
    violated,
)

A_PAGE = Payload(Content.RANDOM, 4096)


@pytest.mark.parametrize("call", ShortCall)
def test_the_reference_goes_on_with_the_rest(call: ShortCall) -> None:
    history = run(around(ShortCount(1, call, 7, 20, A_PAGE), 1, 2))
    event = only_injected(history)
    assert (event.status, event.disturbed) == (Status.FIRED, frozenset())
    assert event.detail == f"{call.value} of 7 B at most x 20"
    assert {what for what, _ in marks(history)} == {f"{call.value}: 7 B at most"}
    assert in_doubt(history) == {}


@pytest.mark.parametrize("call", ShortCall)
@pytest.mark.parametrize("server", [THREADED, SELECTORS], ids=["threads", "selectors"])
def test_it_needs_no_process_for_each_connection(call: ShortCall, server: object) -> None:
    history = run(around(ShortCount(1, call, 1, 3, A_PAGE), 1), server)  # type: ignore[arg-type]
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


@pytest.mark.parametrize("call", ShortCall)
def test_it_needs_no_first_thread(call: ShortCall) -> None:
    history = run(around(ShortCount(1, call, 1, 3, A_PAGE), 1), variant("first_thread_gone"))
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


def test_a_server_that_takes_a_write_for_all_of_it_loses_bytes(tmp_path: Path) -> None:
    fault = ShortCount(1, ShortCall.WRITE, 1, 1, Payload(Content.RANDOM, 1000))
    history = run(around(fault, 1), compiled("short_write_small"))
    assert "exact_echo" in violated(history)


def test_what_is_no_longer_than_that_is_not_cut() -> None:
    fault = ShortCount(1, ShortCall.WRITE, 100, 1, Payload(Content.LETTERS, 10))
    event = only_injected(run(around(fault, 1)))
    assert event.status is Status.MISSED
    assert event.detail == "no write was longer than 100 B"


@pytest.mark.parametrize("call", ShortCall)
def test_a_loop_that_is_told_of_edges_takes_it_for_more_and_is_spared(call: ShortCall) -> None:
    history = run(around(ShortCount(1, call, 3, 5, A_PAGE), 1), script("edge_triggered.py"))
    event = only_injected(history)
    assert (event.status, event.disturbed) == (Status.IMPOSSIBLE, frozenset())
    assert event.detail == "it is edge-triggered: a short count means more (epoll(7))"
    assert in_doubt(history) == {}
