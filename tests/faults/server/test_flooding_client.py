"""flooding_client: what is served to a client that sends without end while another waits."""

import pytest

from faults.fault import Status
from faults.server.flooding_client import MANY_BYTES, MANY_READS, FloodingClient
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.server.events import Overtaken
from properties.server.execute import execute
from properties.server.steps import Close, Open
from target.command import REFERENCE, Command
from tests.properties.server_runs import (
    SELECTORS,
    THREADED,
    compiled,
    in_doubt,
    known_by_address,
    mutant,
    only_injected,
    run,
    serving,
    variant,
    violated,
)

FLOOD = (Inject(FloodingClient(1, 2)),)


def overtaken(history: History) -> Overtaken:
    (event,) = history.of(Overtaken)
    return event


@pytest.mark.parametrize(
    "command", [REFERENCE, THREADED, variant("prefork")], ids=["forks", "threads", "pool"]
)
def test_another_process_or_thread_serves_the_line_at_once(command: Command) -> None:
    history = run(FLOOD, command)
    assert only_injected(history).status is Status.FIRED
    assert overtaken(history).answered
    assert in_doubt(history) == {}


@pytest.mark.parametrize(
    ("command", "most"),
    [
        (SELECTORS, 2),
        (variant("poll_loop"), 2),
        (variant("drains_with_budget"), 16),
        (variant("epoll_edges"), 16),
    ],
    ids=["selectors", "poll", "budget", "edges"],
)
def test_a_loop_serves_the_line_when_its_turn_has_come(command: Command, most: int) -> None:
    history = run(FLOOD, command)
    assert overtaken(history).answered
    assert overtaken(history).reads <= most
    assert in_doubt(history) == {}


@pytest.mark.parametrize(
    "command",
    [compiled("starves_drain"), mutant("starves_first.py")],
    ids=["reads until EAGAIN", "serves the first"],
)
def test_a_loop_that_never_comes_to_the_line_is_found(command: Command) -> None:
    history = run(FLOOD, command)
    event = overtaken(history)
    assert (event.client, event.by, event.answered) == (2, 1, False)
    assert event.reads >= MANY_READS
    assert event.count >= MANY_BYTES
    assert violated(history) == ["prompt_service"]


def test_it_brings_its_own_clients() -> None:
    history = run((Open(1), Close(1), *FLOOD))
    assert only_injected(history).status is Status.MISSED


def test_by_address_it_is_impossible() -> None:
    with serving() as server:
        history = execute(FLOOD, known_by_address(server), Rules(patience=1.0))
    assert only_injected(history).status is Status.IMPOSSIBLE
