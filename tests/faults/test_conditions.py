"""Conditions are read from the kernel: idle, unread input, blocked in write, ended."""

import os
import signal
from dataclasses import replace

import pytest

from faults import conditions
from faults.fault import Reading, Status
from faults.freezing import is_stopped
from faults.payloads import A_LINE
from faults.server.flooding_client import FloodingClient
from faults.server.urgent_data import Neighbours, UrgentData
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.server.steps import Open, Receive, Send, Standstill
from properties.services.table import table_of
from target import processes
from target.command import Command
from target.processes import Thread
from target.waits import Wait
from tests.faults.contexts import A_WORD, context_with
from tests.properties.server_runs import (
    SELECTORS,
    THREADED,
    known_by_address,
    only_injected,
    run,
    serving,
    variant,
)

ASLEEP = Thread(7, 7, "S", Wait("accept", timed=False), 1, awaits_signal=False)

each_server = pytest.mark.parametrize(
    "command", [THREADED, SELECTORS], ids=["threads", "selectors"]
)


def test_a_worker_is_idle_once_it_waits_for_more() -> None:
    with serving() as server, context_with(server, 1) as (context, _):
        context.send(1, A_WORD)
        assert context.wait(lambda: conditions.is_idle(context, 1))


def test_threads_that_hand_work_on_were_never_all_asleep(monkeypatch: pytest.MonkeyPatch) -> None:
    here = processes.look_at(os.getpid())
    assert here is not None
    ran = [replace(ASLEEP, switches=switches) for switches in (1, 2, 2, 2)]
    monkeypatch.setattr(processes, "threads_of", lambda _: (ran.pop(0),))
    assert not conditions.all_asleep((here,))
    assert conditions.all_asleep((here,))


def test_a_worker_with_unread_input_is_not_idle() -> None:
    with serving() as server, context_with(server, 1) as (context, _):
        assert server.handle is not None
        assert conditions.wait_until_served(context, 1)
        (worker,) = context.workers(1)
        server.handle.signal(worker.identity, signal.SIGSTOP)
        assert context.wait(lambda: is_stopped(worker.identity))
        assert not conditions.has_unread_input(context, 1)
        context.send(1, A_WORD)
        assert context.wait(lambda: conditions.has_unread_input(context, 1))
        assert not conditions.is_idle(context, 1)


def test_a_worker_of_an_eager_reader_is_not_blocked_in_write() -> None:
    with serving() as server, context_with(server, 1) as (context, _):
        context.send(1, A_WORD)
        assert context.wait(lambda: conditions.is_idle(context, 1))
        assert not conditions.is_blocked_in_write(context, 1)


def test_a_worker_of_a_client_that_does_not_read_blocks_in_write() -> None:
    with serving() as server, context_with(server, 1) as (context, _):
        assert conditions.block_in_write(context, 1, conditions.TOO_MUCH)
        (worker,) = context.workers(1)
        assert conditions.calls_of(worker) == {"write"}
        assert not conditions.is_idle(context, 1)


@each_server
def test_servers_without_workers_block_as_well(command: Command) -> None:
    with serving(command) as server, context_with(server, 1) as (context, _):
        assert conditions.block_in_write(context, 1, conditions.TOO_MUCH)


def test_by_address_a_blocked_write_is_seen_from_our_side() -> None:
    with serving() as server, context_with(known_by_address(server), 1) as (context, _):
        assert conditions.block_in_write(context, 1, conditions.TOO_MUCH)


def test_a_word_blocks_nobody() -> None:
    with serving() as server, context_with(server, 1) as (context, _):
        assert not conditions.block_in_write(context, 1, A_WORD)


def test_a_reader_that_goes_on_frees_the_write() -> None:
    with serving() as server, context_with(server, 1) as (context, _):
        assert conditions.block_in_write(context, 1, conditions.TOO_MUCH)
        context.set_reading(1, Reading.EAGER)
        assert context.wait(lambda: not context.is_stuck(1))


def test_a_process_has_ended_when_it_is_killed_and_not_before() -> None:
    with serving() as server, context_with(server, 1) as (context, _):
        assert server.handle is not None
        assert conditions.wait_until_served(context, 1)
        (worker,) = context.workers(1)
        assert not conditions.has_ended(worker.identity)
        server.handle.signal(worker.identity, signal.SIGKILL)
        assert context.wait(lambda: conditions.has_ended(worker.identity))


def test_a_client_whose_accept_is_deferred_is_accepted_when_it_has_sent_something() -> None:
    with serving(variant("defer_accept")) as server, context_with(server, 1) as (context, _):
        assert not conditions.wait_until_served(context, 1)
        outcome = conditions.not_accepted(context, 1)
        assert outcome.status is Status.IMPOSSIBLE
        assert outcome.detail == "c1 is accepted when it has sent something"
        context.send(1, A_LINE)
        assert conditions.wait_until_served(context, 1)


def test_a_client_that_waits_in_the_accept_queue_was_not_accepted() -> None:
    with serving() as server, context_with(server) as (context, _):
        assert server.handle is not None
        (listener,) = context.listeners()
        server.handle.signal(listener.identity, signal.SIGSTOP)
        assert context.open(1, Reading.EAGER)
        assert conditions.not_accepted(context, 1).status is Status.MISSED


ONE_ANSWER = Rules(
    service=table_of(
        {
            "exchange": [
                {
                    "send": "GET / HTTP/1.0\r\n\r\n",
                    "matches": "HTTP/1.0 200 ",
                    "closes": True,
                    "open_ended": True,
                }
            ]
        },
        "a table",
    )
)
HTTP_SERVER = Command(("python3", "-m", "http.server", "--bind", "{host}", "{port}"))


def test_a_fault_is_impossible_once_the_server_has_let_its_client_go() -> None:
    asked = (Open(1), Send(1, A_LINE), Receive(1), Standstill())
    urgent = Inject(UrgentData(1, Neighbours.NONE))
    injected = only_injected(run((*asked, urgent), HTTP_SERVER, ONE_ANSWER))
    assert injected.status is Status.IMPOSSIBLE
    assert injected.detail == "the server ends the connection of c1 by itself"


def test_a_fault_is_impossible_where_the_server_lets_its_own_clients_go() -> None:
    flood = (Inject(FloodingClient(1, 2)),)
    assert only_injected(run(flood, HTTP_SERVER, ONE_ANSWER)).status is Status.IMPOSSIBLE


def test_a_client_that_reads_nothing_is_not_waited_for_to_see_its_end() -> None:
    with serving() as server, context_with(server, 1) as (context, _):
        assert server.handle is not None
        context.set_reading(1, Reading.LATE)
        context.half_close(1)
        assert context.wait(lambda: context.has_arrived(1))
        assert not context.was_let_go(1)
        assert not server.handle.pace.in_vain
