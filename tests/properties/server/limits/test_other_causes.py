"""Violations that blame other connections, beside what happens without those."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest

from faults.fault import Fault, FaultOutcome, Reading
from faults.payloads import A_LINE, A_WORD, Content, Payload
from faults.server.aborted_connections import AbortPending, Order
from faults.server_context import ServerContext
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Inject, Step, Workload
from properties.model.target_spec import Target
from properties.model.trial import Trial, judged
from properties.model.verdict import Outcome
from properties.server.connection_records import ConnectionRecord
from properties.server.events import LostWithoutFaults
from properties.server.harness import ServerHarness
from properties.server.invariants import isolation, prompt_service
from properties.server.limits.other_causes import MOST_ALONE, OtherCauses
from properties.server.steps import Close, HalfClose, Open, Receive, Reset, Send
from tests.properties.server.histories import (
    closed,
    history,
    injected,
    opened,
    received,
    sent,
    stalled,
)
from tests.properties.server_runs import HOST, PATIENCE, script

BOTH = (isolation.INVARIANT, prompt_service.INVARIANT)
A_FAULT = Inject(AbortPending((2,), (1,), Order.BEFORE, with_data=False))
LOST: Workload = (Open(1), A_FAULT, Send(1, A_LINE), Receive(1))
HELD_UP: Workload = (Open(2), Open(1), Send(1, A_LINE), Receive(1))


def a_loss() -> History:
    """Client 1 loses a byte after a fault on client 2."""
    return history(
        opened(1), opened(2), injected(2), sent(1, 10), received(1, 9), stalled(1, missing=1)
    )


def a_wait(*clients: int) -> History:
    """Clients are served after another one has left."""
    asked = [
        [opened(one), sent(one, 10), stalled(one, missing=10, others=(99,))] for one in clients
    ]
    return history(
        opened(99), *asked, closed(99, final=True), [received(one, 10) for one in clients]
    )


class Servers:
    """Fresh servers, on each of which this client loses bytes, None for none.

    `races`: it does on the first of them alone.
    """

    def __init__(self, loser: int | None, *, races: bool = False) -> None:
        self.loser = None if loser is None else ConnectionRecord(loser)
        self.looks = 0
        self._races = races

    def look(self, _: Callable[[Any], Any]) -> Any:
        """Look at none of them, but count."""
        self.looks += 1
        return None if self._races and self.looks > 1 else self.loser


def seen(workload: Workload, events: History, servers: Servers) -> Trial:
    """Return a trial that was judged, and judged once more."""
    return OtherCauses(Rules(), BOTH).judged(judged(workload, events, BOTH), servers.look)


def test_what_is_lost_without_the_fault_as_well_is_not_blamed_on_it() -> None:
    trial = seen(LOST, a_loss(), Servers(loser=1))
    assert trial.verdicts["isolation"].outcome is Outcome.NOT_APPLICABLE
    assert [one.loser for one in trial.history.of(LostWithoutFaults)] == [1]


def test_what_is_lost_with_the_fault_alone_is_blamed_on_it() -> None:
    trial = seen(LOST, a_loss(), Servers(loser=None))
    assert trial.violated == {"isolation"}
    assert not any(trial.history.of(LostWithoutFaults))


def test_what_is_lost_without_the_fault_by_luck_is_blamed_on_it() -> None:
    assert seen(LOST, a_loss(), Servers(loser=1, races=True)).violated == {"isolation"}


def test_a_client_that_waits_alone_as_well_was_held_up_by_none() -> None:
    trial = seen(HELD_UP, a_wait(1), Servers(loser=1))
    assert trial.verdicts["prompt_service"].outcome is Outcome.NOT_APPLICABLE


def test_a_client_that_waits_beside_others_only_was_held_up() -> None:
    assert seen(HELD_UP, a_wait(1), Servers(loser=None)).violated == {"prompt_service"}


def test_the_same_steps_are_tried_by_themselves_once() -> None:
    causes, servers = OtherCauses(Rules(), BOTH), Servers(loser=None)
    for _ in range(3):
        causes.judged(judged(LOST, a_loss(), BOTH), servers.look)
    assert servers.looks == 1


def test_of_many_clients_that_were_served_late_a_few_are_tried_alone() -> None:
    late = range(1, 9)
    crowd = tuple(step for client in late for step in (Open(client), Send(client, A_LINE)))
    servers = Servers(loser=None)
    seen(crowd, a_wait(*late), servers)
    assert servers.looks == MOST_ALONE


def test_what_violates_nothing_of_the_kind_costs_no_server() -> None:
    servers = Servers(loser=1)
    seen(LOST, history(opened(1)), servers)
    assert servers.looks == 0


def tried(server: str, workload: Workload, *arguments: str) -> Trial:
    """Run a workload on one of the servers of these tests."""
    command = script(server, *arguments)
    harness = ServerHarness(Target(HOST, command), Rules(patience=PATIENCE))
    try:
        return harness.run_trial(workload)
    finally:
        harness.close()


WORD = (Open(1, Reading.EAGER), Send(1, A_WORD), Receive(1))


@pytest.mark.parametrize(
    "workload",
    [
        pytest.param((A_FAULT,), id="a fault that sends words"),
        pytest.param(
            (*WORD, Open(2), Send(2, A_WORD), HalfClose(2), Receive(2)), id="one after the other"
        ),
    ],
)
def test_a_server_of_whole_lines_is_accused_of_no_more_than_that(workload: Workload) -> None:
    assert tried("whole_lines.py", workload).violated == {"exact_echo"}


def test_a_client_that_gets_its_echo_for_what_it_sends_later_was_held_up_by_none() -> None:
    trial = tried("whole_lines.py", (Open(2), *WORD, Close(2), Send(1, A_LINE)))
    assert trial.verdicts["prompt_service"].outcome is Outcome.NOT_APPLICABLE


@pytest.mark.parametrize("fault", [Reset(2), A_FAULT], ids=str)
def test_a_client_whose_own_bytes_end_it_was_ended_by_no_other(fault: Step) -> None:
    of_its_own = Payload(Content.HIGH, 300)
    beside = () if fault is A_FAULT else (Open(2),)
    workload = (Open(1), *beside, fault, Send(1, of_its_own), Receive(1))
    assert tried("ends_at_ff.py", workload).violated == {"exact_echo"}


@dataclass(frozen=True)
class LastsUntilOneIsEnded(Fault[ServerContext]):
    """Reset a client, and go on until the server has ended another one."""

    name: ClassVar[str] = "lasts"
    section: ClassVar[str] = "a test"
    summary: ClassVar[str] = "lasts until a client is ended"

    client: int
    other: int

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Reset it, and wait."""
        context.reset(self.client)
        while context.is_open(self.other):
            context.wait(lambda: not context.is_open(self.other))
        return FaultOutcome.fired("reset", frozenset({self.client}))

    def __str__(self) -> str:
        return f"reset c{self.client}, until c{self.other} is ended"


@pytest.mark.parametrize("seconds", ["2", "0.2"])
def test_a_client_that_is_ended_for_its_silence_was_ended_by_no_other(seconds: str) -> None:
    workload = (*WORD, Open(2), Inject(LastsUntilOneIsEnded(2, 1)), HalfClose(1))
    assert tried("ends_silent.py", workload, seconds).violated == {"exact_echo"}
