"""disconnect_burst: many connections end at once, with the listener frozen or running."""

import pytest

from faults import conditions
from faults.fault import Status
from faults.server.disconnect_burst import DisconnectBurst, Manner
from faults.server_context import NO_PROCESS, NO_WORKER
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.server.events import Census, Closed
from properties.server.execute import execute
from properties.server.process_events import Serving
from properties.server.steps import Close, Open, Silence
from target.command import REFERENCE, Command
from tests.faults.contexts import around, marks, served, stopped
from tests.properties.server_runs import (
    SELECTORS,
    THREADED,
    in_doubt,
    known_by_address,
    only_injected,
    run,
    rung,
    serving,
    verdicts,
    violated,
)

FIVE = (1, 2, 3, 4, 5)
FROZEN = DisconnectBurst(FIVE, Manner.FIN, frozen=True)
RUNNING = DisconnectBurst(FIVE, Manner.FIN, frozen=False)


def test_frozen_all_workers_end_before_the_listener_goes_on() -> None:
    with serving() as server:
        history = execute(around(FROZEN, *FIVE), server, Rules())
        assert server.handle is not None
        listener = server.handle.listener.pid
        assert stopped(server.handle) == []
    event = only_injected(history)
    assert event.status is Status.FIRED
    assert event.detail == "5 workers ended while the listener was frozen"
    first, *ended, last = marks(history)
    assert (first, last) == (("SIGSTOP", listener), ("SIGCONT", listener))
    workers = {event.pid for event in history.of(Serving)}
    assert sorted(ended) == [(conditions.ENDED, pid) for pid in sorted(workers)]
    assert len(workers) == 5


def test_it_waits_for_clients_that_were_just_opened_to_be_accepted() -> None:
    opened = tuple(Open(client) for client in FIVE)
    event = only_injected(run((*opened, Inject(FROZEN))))
    assert event.detail == "5 workers ended while the listener was frozen"


def test_the_first_worker_is_killed_before_the_others_end() -> None:
    history = run(around(DisconnectBurst(FIVE, Manner.KILLED_FIRST, frozen=True), *FIVE))
    assert only_injected(history).detail == "5 workers ended while the listener was frozen"
    first = min(history.of(Serving), key=lambda event: event.client)
    assert [pid for what, pid in marks(history) if what == "SIGKILL"] == [first.pid]
    assert in_doubt(history) == {}


def test_without_processes_there_is_no_worker_to_kill_first() -> None:
    event = only_injected(
        run(around(DisconnectBurst((1, 2), Manner.KILLED_FIRST, False), 1, 2), THREADED)
    )
    assert (event.status, event.detail) == (Status.IMPOSSIBLE, NO_WORKER.detail)


@pytest.mark.parametrize("frozen", [True, False])
@pytest.mark.parametrize("manner", Manner)
def test_the_reference_reaps_them_all(manner: Manner, frozen: bool) -> None:
    history = run(around(DisconnectBurst(FIVE, manner, frozen), *FIVE, 6), REFERENCE)
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}
    assert all(census.zombies == () for census in history.of(Census))


@pytest.mark.parametrize(
    ("manner", "resets"),
    [
        (Manner.FIN, []),
        (Manner.RST, [1, 2, 3, 4, 5]),
        (Manner.MIXED, [2, 4]),
    ],
)
def test_each_client_ends_in_the_manner_asked_for(manner: Manner, resets: list[int]) -> None:
    history = run(around(DisconnectBurst(FIVE, manner, frozen=True), *FIVE))
    closes = [event for event in history.of(Closed) if event.client in FIVE]
    assert [event.client for event in closes] == list(FIVE)
    assert [event.client for event in closes if event.by_reset] == resets


def test_those_who_left_are_disturbed_and_nobody_else() -> None:
    history = run(around(DisconnectBurst((1, 3), Manner.FIN, frozen=True), 1, 2, 3))
    assert only_injected(history).disturbed == {1, 3}


def test_clients_that_are_not_open_are_left_out() -> None:
    history = run((*served(1, 2), Close(1), Inject(FROZEN)))
    event = only_injected(history)
    assert event.disturbed == {2}
    assert event.detail == "1 worker ended while the listener was frozen"


def test_it_misses_when_none_of_its_clients_is_open() -> None:
    event = only_injected(run((*served(1), Close(1), Inject(FROZEN))))
    assert event.status is Status.MISSED
    assert event.detail == "none of the clients was connected"


def test_running_it_leaves_the_listener_alone() -> None:
    history = run(around(RUNNING, *FIVE))
    event = only_injected(history)
    assert (event.status, event.detail) == (Status.FIRED, "5 connections ended")
    assert marks(history) == []


@pytest.mark.parametrize("command", [THREADED, SELECTORS], ids=["threads", "selectors"])
def test_servers_without_workers_are_frozen_all_the_same(command: Command) -> None:
    history = run(around(FROZEN, *FIVE), command)
    event = only_injected(history)
    assert event.status is Status.FIRED
    assert event.detail == "5 connections ended while the listener was frozen"
    assert in_doubt(history) == {}


def test_by_address_it_can_disconnect_but_not_freeze() -> None:
    with serving() as server:
        seen_from_far = known_by_address(server)
        running = only_injected(execute(around(RUNNING, *FIVE), seen_from_far, Rules()))
        frozen = only_injected(execute(around(FROZEN, *FIVE), seen_from_far, Rules()))
    assert running.status is Status.FIRED
    assert (frozen.status, frozen.detail) == (Status.IMPOSSIBLE, NO_PROCESS.detail)


def test_two_at_once_show_the_mistake_of_tcpserv03() -> None:
    burst = DisconnectBurst((1, 2), Manner.FIN, frozen=True)
    history = run((Open(1), Open(2), Inject(burst)), rung("tcpserv03"))
    assert violated(history) == ["no_zombies"]
    assert verdicts(history)["no_zombies"].reason.startswith("1 zombie (")


def test_five_at_once_leave_tcpserv03_four_zombies() -> None:
    history = run(around(FROZEN, *FIVE), rung("tcpserv03"))
    assert violated(history) == ["no_zombies"]
    assert verdicts(history)["no_zombies"].reason.startswith("4 zombies (")


def test_one_alone_does_not_show_the_mistake_of_tcpserv03() -> None:
    burst = DisconnectBurst((1,), Manner.FIN, frozen=True)
    # The silence lasts until the worker of the exchange before has ended: that would make two.
    assert violated(run((Open(1), Silence(), Inject(burst)), rung("tcpserv03"))) == []
