"""Waiting: it ends at once when nothing can come any more, and only else with the patience."""

import gc
import time
import weakref

import pytest

from faults.conditions import TOO_MUCH
from faults.fault import Reading
from faults.payloads import Content, Payload
from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.oracle import Echo
from properties.model.settings import Limits, Rules
from properties.server.clients.connector import Connector
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.events import Stalled
from properties.server.execute import execute
from properties.server.steps import Open, Receive, Send
from tests.properties.server_runs import (
    PATIENCE,
    known_by_address,
    run,
    script,
    serving,
    verdicts,
    violated,
)

SWALLOWING = script("threaded.py", "swallow")
SWALLOWING_AND_POLLING = script("threaded.py", "swallow", "0.05")
LONG = 60.0
LOST = Payload(Content.LETTERS, 200)


def stall_of(history: History, client: int) -> Stalled:
    """Return the first stall of a client."""
    return next(stall for stall in history.of(Stalled) if stall.client == client)


def test_a_byte_that_never_comes_is_judged_without_waiting_the_patience() -> None:
    began = time.monotonic()
    history = run((Open(1), Send(1, LOST), Receive(1)), SWALLOWING, Rules(patience=LONG))
    assert time.monotonic() - began < LONG / 2
    stall = stall_of(history, 1)
    assert (stall.conclusion, stall.missing) == (Conclusion.SETTLED, 1)
    assert "sleeps in" in stall.evidence
    assert violated(history) == ["exact_echo"]


def test_a_server_that_may_wake_by_itself_is_given_the_patience() -> None:
    patience = 1.0
    with serving(SWALLOWING_AND_POLLING) as server:
        began = time.monotonic()
        history = execute((Open(1), Send(1, LOST), Receive(1)), server, Rules(patience=patience))
    assert time.monotonic() - began >= patience
    assert stall_of(history, 1).conclusion is Conclusion.ASLEEP
    assert "with a timeout" in stall_of(history, 1).evidence
    assert violated(history) == ["exact_echo"]


def test_by_address_only_the_patience_tells() -> None:
    patience = 0.5
    with serving(SWALLOWING) as server:
        began = time.monotonic()
        history = execute(
            (Open(1), Send(1, LOST), Receive(1)), known_by_address(server), Rules(patience=patience)
        )
    assert time.monotonic() - began >= patience
    assert stall_of(history, 1).conclusion is Conclusion.SILENT
    assert verdicts(history)["exact_echo"].outcome.value == "fail"


@pytest.mark.parametrize("reading", [Reading.LATE, Reading.SLOW])
def test_a_client_that_hardly_reads_does_not_keep_the_others_waiting(reading: Reading) -> None:
    began = time.monotonic()
    flood = Payload(Content.LETTERS, 300_000)
    history = run(
        (Open(1, reading), Send(1, flood), Open(2), Send(2, LOST), Receive(2)),
        SWALLOWING,
        Rules(patience=LONG),
    )
    assert time.monotonic() - began < LONG / 2
    assert stall_of(history, 2).conclusion is Conclusion.SETTLED


def test_bytes_that_a_blocked_server_holds_are_not_on_their_way_for_ever() -> None:
    began = time.monotonic()
    history = run(
        (Open(1, Reading.LATE), Send(1, TOO_MUCH), Open(2), Send(2, LOST), Receive(2)),
        SWALLOWING,
        Rules(patience=LONG),
    )
    assert time.monotonic() - began < LONG / 2
    assert stall_of(history, 2).conclusion is Conclusion.SETTLED
    assert stall_of(history, 2).others == (1,)


def test_a_stall_says_who_else_was_connected_and_served() -> None:
    history = run(
        (Open(1), Open(2), Open(3), Send(3, LOST), Receive(3)), SWALLOWING, Rules(patience=LONG)
    )
    stall = stall_of(history, 3)
    assert stall.others == (1, 2)
    assert (stall.accepted, stall.served) == (True, 2)


def test_a_condition_that_holds_is_met_at_once() -> None:
    history = run((Open(1), Send(1, Payload(Content.LETTERS, 100)), Receive(1)), SWALLOWING)
    assert list(history.of(Stalled)) == []


def test_what_a_client_is_owed_is_gone_with_it_and_is_no_garbage() -> None:
    with serving() as server:
        io_loop = ClientIoLoop(server.handle, PATIENCE)
        connector = Connector(server, Limits(), Echo(), io_loop, History())
        assert connector.open(1, Reading.LATE)
        client = weakref.ref(io_loop.clients[1])
        gc.disable()
        try:
            io_loop.close()
            assert client() is None
        finally:
            gc.enable()
