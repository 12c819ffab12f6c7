"""held_listener: something happens while the listener is about to make a call."""

from dataclasses import replace

import pytest

from faults import conditions
from faults.fault import Status
from faults.server.held_listener import CALLS, HeldListener, ListenerCall, ListenerEvent
from faults.server_context import NO_WORKER, ServerContext
from properties.model.history import History
from properties.model.steps import Inject
from properties.server.steps import Receive, Send
from target.command import REFERENCE, Command
from target.processes import Process
from tests.faults.contexts import A_WORD, is_gone, marks
from tests.properties.server_runs import (
    SELECTORS,
    beside_a_thread,
    compiled,
    in_doubt,
    mutant,
    only_injected,
    run,
    variant,
    violated,
)

EVERY = [(call, event) for event, calls in CALLS.items() for call in calls]
BEFORE = "accept: made after the handler has run"


def held(call: ListenerCall, event: ListenerEvent, command: Command = REFERENCE) -> History:
    """Run a workload of this fault alone, after which both clients send a word."""
    lines = (step for client in (1, 2) for step in (Send(client, A_WORD), Receive(client)))
    return run((Inject(HeldListener(1, 2, call, event)), *lines), command)


@pytest.mark.parametrize(("call", "event"), EVERY)
def test_the_reference_does_not_mind(call: ListenerCall, event: ListenerEvent) -> None:
    assert in_doubt(held(call, event)) == {}


def test_a_worker_ends_while_the_listener_is_about_to_accept() -> None:
    history = held(ListenerCall.ACCEPT, ListenerEvent.CHILD_ENDS)
    event = only_injected(history)
    assert (event.status, event.disturbed) == (Status.FIRED, frozenset({2}))
    (before, listener), (ended, worker), (after, same) = marks(history)
    assert (before, ended, after) == ("accept: held", "has ended", "accept: goes on")
    assert listener == same
    assert is_gone(worker)


def test_a_handler_runs_just_before_the_call() -> None:
    history = held(ListenerCall.ACCEPT, ListenerEvent.CHILD_ENDS, variant("sa_restart"))
    assert marks(history)[-1][0] == BEFORE
    assert in_doubt(history) == {}


def test_a_signal_that_the_call_itself_lets_in_is_left_to_it() -> None:
    history = held(ListenerCall.WAIT, ListenerEvent.SIGNAL, variant("reap_by_pselect"))
    assert [what for what, _ in marks(history)] == [
        "pselect6: held",
        "SIGCHLD",
        "pselect6: goes on",
    ]
    assert in_doubt(history) == {}


@pytest.mark.parametrize(
    ("call", "command", "expected"),
    [
        (ListenerCall.ACCEPT, variant("sa_restart"), []),
        (ListenerCall.WAIT, compiled("reap_lost_wakeup"), ["no_zombies"]),
        (ListenerCall.ACCEPT, mutant("reap_python_lost_wakeup.py"), ["no_zombies"]),
    ],
    ids=["correct", "C", "Python"],
)
def test_a_second_thread_that_blocks_all_signals_changes_nothing(
    call: ListenerCall, command: Command, expected: list[str]
) -> None:
    history = held(call, ListenerEvent.CHILD_ENDS, beside_a_thread(command))
    assert marks(history)[-1][0].endswith(": made after the handler has run")
    assert violated(history) == expected


def test_where_a_second_thread_may_have_taken_the_signal_the_call_goes_on_as_usual() -> None:
    history = held(ListenerCall.ACCEPT, ListenerEvent.CHILD_ENDS, variant("thread_reaper"))
    assert only_injected(history).status is Status.FIRED
    assert BEFORE not in [what for what, _ in marks(history)]
    assert in_doubt(history) == {}


def test_a_call_that_the_listener_never_makes_is_not_held() -> None:
    event = only_injected(held(ListenerCall.WRITE, ListenerEvent.SIGNAL))
    expected = "its listener makes no call write when a client comes"
    assert (event.status, event.detail) == (Status.IMPOSSIBLE, expected)


def test_an_echo_is_no_write_of_the_listener() -> None:
    event = only_injected(held(ListenerCall.WRITE, ListenerEvent.SIGNAL, SELECTORS))
    assert event.status is Status.IMPOSSIBLE


def test_a_server_of_one_process_has_no_worker_that_could_end() -> None:
    event = only_injected(held(ListenerCall.ACCEPT, ListenerEvent.CHILD_ENDS, SELECTORS))
    assert (event.status, event.detail) == (Status.IMPOSSIBLE, NO_WORKER.detail)


def test_another_process_of_a_pool_takes_the_connection() -> None:
    history = held(ListenerCall.ACCEPT, ListenerEvent.TAKEN, variant("prefork"))
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


def test_the_one_that_serves_is_known_though_its_state_has_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = conditions.of_a_pool

    def as_it_ran(context: ServerContext, client: int) -> tuple[Process, ...]:
        return tuple(replace(process, state="R") for process in seen(context, client))

    monkeypatch.setattr(conditions, "of_a_pool", as_it_ran)
    history = held(ListenerCall.ACCEPT, ListenerEvent.TAKEN, variant("prefork"))
    assert only_injected(history).status is Status.FIRED


@pytest.mark.parametrize(
    ("call", "event", "command", "invariant"),
    [
        (ListenerCall.WAIT, ListenerEvent.CHILD_ENDS, "reap_lost_wakeup", "no_zombies"),
        (ListenerCall.WRITE, ListenerEvent.CHILD_ENDS, "reap_handler_mutex", "listener_survives"),
        (ListenerCall.WRITE, ListenerEvent.CLIENT_COMES, "serves_fork_copies_lock", "isolation"),
        (ListenerCall.ACCEPT, ListenerEvent.TAKEN, "serves_pool_accept_blocks", "exact_echo"),
    ],
)
def test_a_server_that_does_not_expect_it_is_caught(
    call: ListenerCall, event: ListenerEvent, command: str, invariant: str
) -> None:
    assert invariant in violated(held(call, event, compiled(command)))


@pytest.mark.parametrize(
    ("call", "command", "invariant"),
    [
        (ListenerCall.ACCEPT, "reap_python_lost_wakeup.py", "no_zombies"),
        (ListenerCall.WRITE, "reap_handler_lock.py", "listener_survives"),
    ],
)
def test_a_server_in_python_that_does_not_expect_it_is_caught(
    call: ListenerCall, command: str, invariant: str
) -> None:
    assert invariant in violated(held(call, ListenerEvent.CHILD_ENDS, mutant(command)))
