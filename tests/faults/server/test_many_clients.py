"""many_clients: more clients at once than a server was tried with."""

import pytest

from faults.fault import Status
from faults.server.many_clients import ManyClients
from properties.model.settings import Limits, Rules
from properties.server.generation.sweep import of_fault
from properties.server.steps import Open
from target.command import REFERENCE, Command
from tests.faults.contexts import around
from tests.properties.server_runs import (
    PATIENCE,
    compiled,
    in_doubt,
    mutant,
    only_injected,
    run,
    script,
    variant,
    violated,
)

(CHOICE,) = of_fault(ManyClients)


def test_as_many_as_a_small_table_has_are_enough_where_each_has_a_process() -> None:
    history = run(CHOICE.workload)
    event = only_injected(history)
    assert event.detail == "130 clients at once, each with a process of its own"
    assert in_doubt(history) == {}


@pytest.mark.parametrize("name", ["epoll_loop", "threads"])
def test_a_server_without_a_limit_serves_all(name: str) -> None:
    history = run(CHOICE.workload, variant(name))
    assert only_injected(history).detail == "1100 clients at once"
    assert in_doubt(history) == {}


@pytest.mark.parametrize("name", ["poll_loop", "select_loop"])
def test_a_server_that_lets_clients_wait_for_a_place_is_right(name: str) -> None:
    history = run(CHOICE.workload, variant(name))
    event = only_injected(history)
    assert event.status is Status.FIRED
    assert event.detail.endswith("of the next ones one was not served")
    assert violated(history) == []


def test_the_history_does_not_grow_with_the_clients() -> None:
    history = run(CHOICE.workload, variant("epoll_loop"))
    assert len(history.events) < 100


def test_no_more_come_than_the_user_allows() -> None:
    rules = Rules(patience=PATIENCE, limits=Limits(connections=20))
    event = only_injected(run(CHOICE.workload, rules=rules))
    assert event.status is Status.IMPOSSIBLE
    assert "--max-connections" in event.detail


def test_the_first_client_must_be_connected() -> None:
    history = run((Open(3), *around(ManyClients(1, 2))))
    assert only_injected(history).status is Status.MISSED


@pytest.mark.parametrize(
    "command",
    [
        compiled("limit_fd_setsize"),
        compiled("limit_listens_no_more"),
        mutant("limit_python_select.py"),
    ],
    ids=["overruns its sets", "looks at its listening socket no more", "select() of Python"],
)
def test_a_server_that_cannot_stand_so_many_is_caught(command: Command) -> None:
    assert "listener_survives" in violated(run(CHOICE.workload, command))


def test_the_limit_of_descriptors_is_no_reason_to_refuse_them() -> None:
    assert ManyClients(1, 2).starts_with.open_limit > 1100
    assert only_injected(run(CHOICE.workload, REFERENCE)).status is Status.FIRED


@pytest.mark.parametrize("how", ["fin", "reset"])
def test_a_server_with_room_for_fewer_than_the_first_hundred_is_tried(how: str) -> None:
    history = run(CHOICE.workload, script("turns_away.py", "50", how))
    event = only_injected(history)
    assert event.status is Status.FIRED
    assert event.detail == "fewer than 100 clients at once: one was not served"
    assert violated(history) == []


def test_a_client_that_is_turned_away_only_after_a_while_is_excused() -> None:
    history = run(CHOICE.workload, script("turns_away.py", "50", "fin", "late"))
    assert only_injected(history).status is Status.FIRED
    assert violated(history) == []


def test_what_the_user_allows_may_be_reached_later() -> None:
    rules = Rules(patience=PATIENCE, limits=Limits(connections=150))
    event = only_injected(run(CHOICE.workload, variant("epoll_loop"), rules))
    assert event.detail == "100 clients at once; no more may connect"
