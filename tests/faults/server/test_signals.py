"""signals: a signal arrives while a process is blocked in accept, read or write."""

import sys

import pytest

from faults.conditions import TOO_MUCH, is_blocked_in_write, is_idle
from faults.fault import Status
from faults.harmless_signals import SignalName, harmless_signal
from faults.server.signals import SignalSlowCall, SlowCall
from faults.server_context import NO_PROCESS, NO_WORKER
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.server.events import Received, Sent
from properties.server.execute import execute
from properties.server.steps import Close, Open
from target.command import REFERENCE, Command
from tests.faults.contexts import around, context_with, marks, served, stopped
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

HARMLESS = (
    SignalName.CHLD,
    SignalName.URG,
    SignalName.WINCH,
    SignalName.CONT,
    SignalName.PIPE,  # Python ignores it.
)
DEADLY = (SignalName.HUP, SignalName.USR1)


def chld(call: SlowCall, count: int = 1, *, volley: bool = False) -> SignalSlowCall:
    return SignalSlowCall(1, call, SignalName.CHLD, count, volley)


def test_the_listener_is_hit_in_the_call_in_which_it_waits_for_clients() -> None:
    with serving() as server:
        history = execute(around(chld(SlowCall.ACCEPT), 1), server, Rules())
        assert server.handle is not None
        listener = server.handle.listener.pid
    assert marks(history) == [("SIGCHLD", listener)]
    event = only_injected(history)
    assert event.status is Status.FIRED
    # The reference sleeps in ppoll and then calls accept (see target.echo_server).
    assert event.detail == f"SIGCHLD x 1 to {listener} in ppoll"


@pytest.mark.parametrize(("call", "name"), [(SlowCall.READ, "read"), (SlowCall.WRITE, "write")])
def test_the_worker_is_hit_in_its_call(call: SlowCall, name: str) -> None:
    with serving() as server:
        history = execute(around(chld(call), 1), server, Rules())
        assert server.handle is not None
        listener = server.handle.listener.pid
    ((what, worker),) = marks(history)
    assert what == "SIGCHLD"
    assert worker != listener
    assert only_injected(history).detail == f"SIGCHLD x 1 to {worker} in {name}"


@pytest.mark.parametrize("signal", HARMLESS)
@pytest.mark.parametrize("call", SlowCall)
def test_the_reference_goes_on_after_every_harmless_signal(
    call: SlowCall, signal: SignalName
) -> None:
    with serving() as server:
        fault = SignalSlowCall(1, call, signal, 2, volley=False)
        history = execute(around(fault, 1, 2), server, Rules())
        assert stopped(server.handle) == []
    assert only_injected(history).status is Status.FIRED
    assert only_injected(history).disturbed == frozenset()
    assert in_doubt(history) == {}


@pytest.mark.parametrize("call", SlowCall)
@pytest.mark.parametrize("signal", DEADLY)
def test_a_signal_that_would_kill_is_not_sent(signal: SignalName, call: SlowCall) -> None:
    history = run(around(SignalSlowCall(1, call, signal, 1, volley=False), 1), REFERENCE)
    event = only_injected(history)
    assert event.status is Status.IMPOSSIBLE
    assert event.detail.startswith(f"SIG{signal.value} is not harmless to ")
    assert marks(history) == []
    assert in_doubt(history) == {}


def test_the_signal_that_the_listener_catches_is_found() -> None:
    fault = SignalSlowCall(1, SlowCall.ACCEPT, SignalName.CAUGHT, 2, volley=False)
    history = run(around(fault, 1))
    assert [what for what, _ in marks(history)] == ["SIGCHLD", "SIGCHLD"]
    assert in_doubt(history) == {}


def test_a_worker_that_catches_nothing_cannot_be_sent_what_it_catches() -> None:
    fault = SignalSlowCall(1, SlowCall.READ, SignalName.CAUGHT, 1, volley=False)
    event = only_injected(run(around(fault, 1)))
    assert event.status is Status.IMPOSSIBLE
    assert event.detail.endswith("catches no signal, so that none interrupts it")


@pytest.mark.parametrize("volley", [True, False])
@pytest.mark.parametrize("count", [1, 2, 20])
def test_it_is_sent_as_often_as_asked_for(count: int, volley: bool) -> None:
    history = run(around(chld(SlowCall.READ, count, volley=volley), 1))
    assert len(marks(history)) == count
    assert f"SIGCHLD x {count} to " in only_injected(history).detail


def test_a_write_that_was_blocked_gets_all_its_bytes_through_in_the_end() -> None:
    history = run(around(chld(SlowCall.WRITE), 1))
    owed = [event.owed for event in history.of(Sent) if event.client == 1][-1]
    got = [event.total for event in history.of(Received) if event.client == 1][-1]
    assert owed == got
    assert owed > 1 << 20


def test_of_what_blocked_the_write_no_more_is_sent_than_was_needed() -> None:
    history = run(around(chld(SlowCall.WRITE), 1))
    assert [event.owed for event in history.of(Sent) if event.client == 1][-1] < TOO_MUCH.length


def test_undo_lets_the_client_read_again() -> None:
    fault = chld(SlowCall.WRITE)
    with serving() as server, context_with(server, 1) as (context, _):
        assert fault.apply(context).status is Status.FIRED
        assert is_blocked_in_write(context, 1)
        fault.undo(context)
        assert context.wait(lambda: is_idle(context, 1))


@pytest.mark.parametrize("call", [SlowCall.READ, SlowCall.WRITE])
def test_it_misses_when_its_client_is_not_open(call: SlowCall) -> None:
    for workload in [(Inject(chld(call)),), (*served(1), Close(1), Inject(chld(call)))]:
        event = only_injected(run(workload))
        assert (event.status, event.detail) == (Status.MISSED, "c1 was not connected")


@pytest.mark.parametrize("name", [SignalName.USR1, SignalName.WINCH, SignalName.HUP])
def test_a_caught_signal_that_may_be_an_order_is_not_sent(name: SignalName) -> None:
    program = (
        "import signal, socket, sys\n"
        f"signal.signal(signal.SIG{name.value}, lambda *_: sys.exit(0))\n"
        "listener = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
    )
    with serving(Command((sys.executable, "-c", program + "signal.pause()", "{port}"))) as server:
        assert server.handle is not None
        (process,) = server.handle.tree()
        assert harmless_signal(process, name) is None
        assert harmless_signal(process, SignalName.CAUGHT) is None


def test_to_the_listener_it_needs_no_client() -> None:
    assert only_injected(run((Inject(chld(SlowCall.ACCEPT)),))).status is Status.FIRED


@pytest.mark.parametrize("call", [SlowCall.READ, SlowCall.WRITE])
@pytest.mark.parametrize("command", [THREADED, SELECTORS], ids=["threads", "selectors"])
def test_it_is_impossible_where_no_process_serves_one_client(
    command: Command, call: SlowCall
) -> None:
    event = only_injected(run(around(chld(call), 1), command))
    assert (event.status, event.detail) == (Status.IMPOSSIBLE, NO_WORKER.detail)


@pytest.mark.parametrize(
    ("command", "name"), [(THREADED, "accept4"), (SELECTORS, "epoll_wait")], ids=["threads", "loop"]
)
def test_a_server_without_workers_is_hit_where_it_waits(command: Command, name: str) -> None:
    history = run(around(chld(SlowCall.ACCEPT), 1), command)
    event = only_injected(history)
    assert event.status is Status.FIRED
    assert name in event.detail
    assert in_doubt(history) == {}


@pytest.mark.parametrize("call", SlowCall)
def test_by_address_it_is_impossible(call: SlowCall) -> None:
    with serving() as server:
        event = only_injected(execute(around(chld(call), 1), known_by_address(server), Rules()))
    assert (event.status, event.detail) == (Status.IMPOSSIBLE, NO_PROCESS.detail)


def test_one_signal_in_accept_shows_the_mistake_of_tcpserv02() -> None:
    # A SIGCHLD without a child: the handler only interrupts.
    history = run((Open(1), Inject(chld(SlowCall.ACCEPT))), rung("tcpserv02"))
    assert violated(history) == ["listener_survives"]
    assert "accept error: Interrupted system call" in verdicts(history)["listener_survives"].reason
