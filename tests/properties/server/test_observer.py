"""What is recorded of the server's processes: who came, whom they serve, how they ended."""

import json
import signal

from faults.payloads import Content, Payload
from faults.server.disconnect_burst import DisconnectBurst, Manner
from faults.server.killed_children import KillMoment, KillSignal, KillWorker
from properties.cases import codec
from properties.model.events import Event, StepBegan
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.server.events import Received, SeenProcess, Stalled
from properties.server.execute import execute
from properties.server.observer import ProcessObserver
from properties.server.process_events import (
    ProcessAppeared,
    ProcessEnded,
    ServerFound,
    Serving,
    Waiting,
    ZombieReaped,
)
from properties.server.role import SERVER
from properties.server.steps import Close, Open, Receive, Send
from target.processes import Identity, Process
from target.settled import Look
from tests.faults.contexts import A_WORD, around, served
from tests.properties.server_runs import (
    SELECTORS,
    THREADED,
    known_by_address,
    run,
    rung,
    script,
    serving,
    variant,
    verdicts,
    violated,
)

SIGHTINGS = (ProcessAppeared, ProcessEnded, ServerFound, Serving, Waiting, ZombieReaped)
BURST = DisconnectBurst((1, 2), Manner.FIN, frozen=True)


def worker_of(history: History, client: int) -> int:
    """Return the only process that was seen to serve a client."""
    (pid,) = [event.pid for event in history.of(Serving) if event.client == client]
    return pid


def test_a_history_begins_with_the_process_that_listens() -> None:
    with serving() as server:
        history = execute((), server, Rules())
        assert server.handle is not None
        assert history.events[0] == ServerFound(history.events[0].at, server.handle.listener.pid)


def test_each_client_that_got_its_echo_has_a_worker_that_the_listener_made() -> None:
    history = run(served(1, 2))
    appeared = {event.pid: event.parent for event in history.of(ProcessAppeared)}
    (found,) = history.of(ServerFound)
    workers = [worker_of(history, client) for client in (1, 2)]
    assert workers[0] != workers[1]
    assert {appeared[pid] for pid in workers} == {found.listener}


def test_a_worker_is_known_when_its_echo_has_been_waited_for() -> None:
    history = run((*served(1), Close(1)))
    kinds = [type(event) for event in history.events if not isinstance(event, ProcessAppeared)]
    place = kinds.index(Serving)
    assert Received in kinds[:place]
    assert StepBegan in kinds[place:]


def test_a_worker_that_is_no_child_of_the_listener_is_known_by_then_as_well() -> None:
    history = run((*served(1), Close(1)), variant("double_fork"))
    kinds = [type(event) for event in history.events]
    assert StepBegan in kinds[kinds.index(Serving) :]
    (found,) = history.of(ServerFound)
    assert worker_of(history, 1) != found.listener


def test_a_server_of_one_process_serves_all_of_its_clients_itself() -> None:
    for command in (SELECTORS, THREADED):
        history = run(served(1, 2), command)
        (found,) = history.of(ServerFound)
        assert [(event.client, event.pid) for event in history.of(Serving)] == [
            (1, found.listener),
            (2, found.listener),
        ]


def test_workers_that_nobody_has_asked_for_are_found_at_the_end() -> None:
    history = run((Open(1), Open(2), Send(1, A_WORD), Send(2, A_WORD)))
    assert worker_of(history, 1) != worker_of(history, 2)


def test_a_worker_that_was_killed_is_said_to_have_been() -> None:
    with serving(rung("tcpserv01")) as server:
        fault = KillWorker(1, KillSignal.KILL, KillMoment.IDLE)
        history = execute(around(fault, 1), server, Rules())
    ended = {event.pid: event for event in history.of(ProcessEnded)}[worker_of(history, 1)]
    assert (ended.ending, ended.is_zombie) == ("killed by SIGKILL", True)


def test_a_zombie_is_told_from_a_process_that_was_reaped() -> None:
    history = run((Open(1), Open(2), Inject(BURST)), rung("tcpserv03"))
    workers = {worker_of(history, client) for client in (1, 2)}
    ended = {event.pid: event.is_zombie for event in history.of(ProcessEnded)}
    assert workers <= ended.keys()
    assert any(ended[pid] for pid in workers)


def test_a_wait_in_vain_says_what_every_process_was_in() -> None:
    history = run((Open(1), Close(1)), rung("tcpserv01"))
    waiting = next(history.of(Waiting))
    (found,) = history.of(ServerFound)
    assert {p.pid: p.calls for p in waiting.processes}[found.listener] == ("ppoll",)
    assert [p.state for p in waiting.processes].count("Z") == 2


def test_what_everybody_was_in_is_recorded_before_each_stall() -> None:
    lost = Payload(Content.LETTERS, 200)
    history = run((Open(1), Send(1, lost), Receive(1)), script("threaded.py", "swallow"))
    kinds = [type(event) for event in history.events]
    assert kinds[kinds.index(Stalled) - 1] is Waiting


def test_nothing_is_seen_of_a_server_known_by_its_address() -> None:
    with serving() as server:
        history = execute(served(1), known_by_address(server), Rules())
    assert not any(isinstance(event, SIGHTINGS) for event in history.events)


def test_no_verdict_follows_from_what_was_seen_of_the_processes() -> None:
    history = run((Open(1), Open(2), Inject(BURST)), rung("tcpserv03"))
    without = History(began=history.began)
    without.events = [event for event in history.events if not isinstance(event, SIGHTINGS)]
    assert len(without.events) < len(history.events)
    assert verdicts(without) == verdicts(history)
    assert violated(history) == ["no_zombies"]


def test_what_was_seen_comes_back_from_json_as_it_was() -> None:
    seen: list[Event] = [
        ServerFound(0.0, 4711, (4710,)),
        ProcessAppeared(0.1, 4712, 4711, "server"),
        Serving(0.1, 1, 4712),
        ProcessEnded(0.2, 4712, "killed by SIGKILL", is_zombie=True),
        Waiting(0.3, (SeenProcess(4711, 1, "server", "S", ("accept",)),)),
        ZombieReaped(0.4, 4712),
    ]
    assert {type(event) for event in seen} == set(SIGHTINGS)
    assert (
        codec.events_from_data(json.loads(json.dumps(codec.events_as_data(seen))), SERVER.words)
        == seen
    )


# Looks written by hand.


def process(pid: int, state: str = "S", wait_status: int = 0) -> Process:
    return Process(Identity(pid, pid), 1, "server", state, 1, wait_status)


def told(*looks: tuple[Process, ...]) -> list[str]:
    """Return the kinds of what is recorded when these looks are taken of a living server."""
    with serving() as server:
        history = History()
        watch = ProcessObserver(server, history)
        watch.begin()
        assert server.handle is not None
        listener = server.handle.tree()
        for seen in looks:
            watch.notice(Look((*listener, *seen), ()))
    return [type(event).__name__ for event in history.events[1:]]


GONE = 2**22 + 1
"""No process has a pid that is larger than the largest of Linux (proc(5), pid_max)."""


def test_a_process_is_told_of_once() -> None:
    assert told((process(GONE),), (process(GONE),)) == ["ProcessAppeared"]


def test_a_process_that_comes_and_ends_between_two_looks_is_told_of() -> None:
    assert told((process(GONE, "Z", signal.SIGKILL),)) == ["ProcessAppeared", "ProcessEnded"]


def test_a_process_that_is_no_longer_there_has_ended() -> None:
    assert told((process(GONE),), ()) == ["ProcessAppeared", "ProcessEnded"]


def test_a_zombie_that_is_no_longer_there_was_reaped() -> None:
    seen = told((process(GONE, "Z"),), (process(GONE, "Z"),), (), ())
    assert seen == ["ProcessAppeared", "ProcessEnded", "ZombieReaped"]


def test_a_connection_that_the_listener_still_holds_too_is_its_worker_s() -> None:
    with serving() as server:
        history = History()
        watch = ProcessObserver(server, history)
        watch.begin()
        assert server.handle is not None
        watch.serves(1, (*server.handle.tree(), process(GONE)))
        watch.serves(2, server.handle.tree())
        listener = server.handle.listener.pid
    assert [(e.client, e.pid) for e in history.of(Serving)] == [(1, GONE), (2, listener)]


def test_a_process_that_one_look_has_missed_lives() -> None:
    with serving() as server:
        history = History()
        watch = ProcessObserver(server, history)
        watch.begin()
        watch.notice(Look((), ()))
    assert [type(event) for event in history.events] == [ServerFound]
