"""killed_children: a worker dies while it serves, at each of the moments."""

import sys

import pytest

from faults.fault import Status
from faults.server.killed_children import OF_A_POOL, KillMoment, KillSignal, KillWorker
from faults.server_context import NO_PROCESS, NO_WORKER
from properties.model.events import Injected
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.model.target_spec import RoleName
from properties.server.events import Census, End, Received
from properties.server.execute import execute
from properties.server.generation.sweep import of_fault
from properties.server.steps import Close, Open, Receive, Send
from properties.services.registry import service_called
from target.command import REFERENCE, Command
from tests.faults.contexts import A_WORD, around, end_of, is_gone, marks, served, stopped
from tests.properties.server_runs import (
    SELECTORS,
    THREADED,
    in_doubt,
    known_by_address,
    only_injected,
    run,
    script,
    serving,
    verdicts,
    violated,
)

IDLE = KillWorker(1, KillSignal.KILL, KillMoment.IDLE)
UNREAD = KillWorker(1, KillSignal.KILL, KillMoment.UNREAD_INPUT)
MID_ECHO = KillWorker(1, KillSignal.KILL, KillMoment.MID_ECHO)


@pytest.mark.parametrize("moment", [one for one in KillMoment if one not in OF_A_POOL])
@pytest.mark.parametrize("signal", KillSignal)
def test_the_worker_dies_and_the_reference_does_not_mind(
    signal: KillSignal, moment: KillMoment
) -> None:
    with serving() as server:
        history = execute(around(KillWorker(1, signal, moment), 1, 2), server, Rules())
        assert server.handle is not None
        listener = server.handle.listener.pid
        ((what, pid),) = marks(history)
        assert is_gone(pid)
        assert stopped(server.handle) == []
    event = only_injected(history)
    assert event.status is Status.FIRED
    assert event.detail == f"worker {pid} of c1 killed"
    assert event.disturbed == {1}
    assert what == f"SIG{signal.value}"
    assert pid != listener
    assert in_doubt(history) == {}
    assert all(census.zombies == () for census in history.of(Census))


def test_a_worker_that_serves_others_too_is_spared() -> None:
    workload = (*served(1, 2), Inject(IDLE))
    history = run(workload, script("shared_worker.py"))
    event = only_injected(history)
    assert (event.status, event.detail) == (Status.IMPOSSIBLE, NO_WORKER.detail)
    assert in_doubt(history) == {}


def test_a_worker_that_has_read_everything_leaves_a_fin() -> None:
    ended = end_of(run(around(IDLE, 1)), 1)
    assert ended is not None
    assert (ended.end, ended.missing) == (End.EOF, 0)


def test_a_worker_with_unread_input_leaves_a_reset() -> None:
    ended = end_of(run(around(UNREAD, 1)), 1)
    assert ended is not None
    assert (ended.end, ended.missing) == (End.RESET, 64)


def test_a_worker_in_mid_echo_leaves_bytes_that_never_come() -> None:
    ended = end_of(run(around(MID_ECHO, 1)), 1)
    assert ended is not None
    assert ended.end is End.RESET
    assert ended.missing > 1 << 20


def test_the_other_clients_are_served_on() -> None:
    after = (Send(2, A_WORD), Receive(2))
    history = run((*around(IDLE, 1, 2), *after))
    assert [e.total for e in history.of(Received) if e.client == 2][-1] == 2 * A_WORD.length
    assert verdicts(history)["isolation"].outcome.value == "pass"


def test_a_client_that_was_just_opened_gets_its_worker_first() -> None:
    assert only_injected(run((Open(1), Inject(IDLE)))).status is Status.FIRED


@pytest.mark.parametrize("fault", [IDLE, UNREAD, MID_ECHO], ids=str)
def test_it_misses_when_its_client_is_not_open(fault: KillWorker) -> None:
    for workload in [(Inject(fault),), (*served(1), Close(1), Inject(fault))]:
        event = only_injected(run(workload, REFERENCE))
        assert (event.status, event.detail) == (Status.MISSED, "c1 was not connected")


@pytest.mark.parametrize("fault", [IDLE, UNREAD, MID_ECHO], ids=str)
@pytest.mark.parametrize("command", [THREADED, SELECTORS], ids=["threads", "selectors"])
def test_it_is_impossible_where_no_process_serves_one_client(
    fault: KillWorker, command: Command
) -> None:
    history = run(around(fault, 1), command)
    event = only_injected(history)
    assert (event.status, event.detail) == (Status.IMPOSSIBLE, NO_WORKER.detail)
    assert marks(history) == []
    assert in_doubt(history) == {}


def test_by_address_it_is_impossible() -> None:
    with serving() as server:
        event = only_injected(execute(around(IDLE, 1), known_by_address(server), Rules()))
    assert (event.status, event.detail) == (Status.IMPOSSIBLE, NO_PROCESS.detail)


@pytest.mark.parametrize("moment", [KillMoment.IDLE, KillMoment.UNREAD_INPUT])
def test_a_worker_that_does_not_die_of_it_is_a_miss_and_goes_on(moment: KillMoment) -> None:
    polite = KillWorker(1, KillSignal.TERM, moment)
    with serving(script("forking.py", "ignores-term")) as server:
        history = execute(around(polite, 1), server, Rules(patience=1.0))
        assert stopped(server.handle) == []
    event = only_injected(history)
    assert (event.status, event.detail) == (Status.MISSED, "SIGTERM did not end the worker")


def test_a_listener_that_dies_with_its_worker_is_caught() -> None:
    history = run(around(IDLE, 1), script("forking.py", "dies-with-child"))
    verdict = verdicts(history)["listener_survives"]
    assert verdict.outcome.value == "fail"
    assert "exited with status 7" in verdict.reason


def test_a_pool_that_is_not_refilled_keeps_a_process_for_the_next_client() -> None:
    (choice,) = (one for one in of_fault(KillWorker) if "sixteen" in one.value)
    history = run(choice.workload, script("pool.py", "8", "reaps", "in-turn"))
    killed = [event.status for event in history.of(Injected)]
    assert killed == [Status.FIRED] * 6 + [Status.MISSED] * 10
    assert violated(history) == []


FORKING_CHARGEN = """
import itertools, socketserver, sys

RING = bytes(range(0x20, 0x7F)) * 2

class Chargen(socketserver.BaseRequestHandler):
    def handle(self):
        for first in itertools.cycle(range(95)):
            self.request.sendall(RING[first : first + 72] + b"\\r\\n")

socketserver.ForkingTCPServer.allow_reuse_address = True
socketserver.ForkingTCPServer(("127.0.0.1", int(sys.argv[1])), Chargen).serve_forever(0.01)
"""


def test_a_worker_that_sends_without_end_is_killed_while_its_client_reads_no_more() -> None:
    command = Command((sys.executable, "-c", FORKING_CHARGEN, "{port}"))
    rules = Rules(service=service_called("chargen", RoleName.SERVER))
    history = run(around(IDLE, 1), command, rules)
    assert only_injected(history).status is Status.FIRED
