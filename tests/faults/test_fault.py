"""What every fault promises: it leaves nothing stopped, and undo is always safe."""

import signal

import pytest

from faults.fault import Fault, Status, names
from faults.server_context import ServerContext
from target.handle import Handle
from tests.faults.contexts import EXAMPLES, context_with, stopped
from tests.properties.server_runs import serving, wait_until


def kill_all(handle: Handle) -> None:
    """Kill the target as it might die by itself, a worker that is just being made included."""

    def killed() -> bool:
        for process in handle.tree():
            handle.signal(process.identity, signal.SIGKILL)
        return handle.is_gone()

    wait_until(killed)


each_fault = pytest.mark.parametrize("fault", EXAMPLES, ids=str)


@each_fault
def test_undo_twice_is_harmless_and_nothing_is_left_stopped(fault: Fault[ServerContext]) -> None:
    with (
        serving(kinds=fault.calls, inherited=fault.starts_with) as server,
        context_with(server, 1, 2) as (context, _),
    ):
        outcome = fault.apply(context)
        fault.undo(context)
        fault.undo(context)
        # Where the clients are on the server's own host, there is no wire.
        assert outcome.status is (Status.IMPOSSIBLE if fault.over_wire else Status.FIRED)
        assert stopped(server.handle) == []
        assert server.handle is not None
        assert server.handle.listener_lives() is not fault.ends_target


@each_fault
def test_undo_works_without_apply(fault: Fault[ServerContext]) -> None:
    with (
        serving(kinds=fault.calls, inherited=fault.starts_with) as server,
        context_with(server, 1, 2) as (context, _),
    ):
        fault.undo(context)
        assert context.is_open(1)
        assert context.is_open(2)


@each_fault
def test_undo_works_on_a_target_that_died_after_the_fault(fault: Fault[ServerContext]) -> None:
    with (
        serving(kinds=fault.calls, inherited=fault.starts_with) as server,
        context_with(server, 1, 2) as (context, _),
    ):
        fault.apply(context)
        server.stop()
        fault.undo(context)
        fault.undo(context)


@each_fault
def test_a_dead_target_is_no_reason_to_raise(fault: Fault[ServerContext]) -> None:
    with (
        serving(kinds=fault.calls, inherited=fault.starts_with) as server,
        context_with(server, 1, 2, patience=1.0) as (context, _),
    ):
        assert server.handle is not None
        kill_all(server.handle)
        fault.apply(context)
        fault.undo(context)
        assert not server.handle.listener_lives()


@each_fault
def test_what_it_does_is_said_in_one_line(fault: Fault[ServerContext]) -> None:
    assert str(fault)
    assert "\n" not in str(fault)
    assert str(fault) != repr(fault)


@pytest.mark.parametrize(
    ("clients", "words"),
    [
        ((), "no client"),
        ((1,), "c1"),
        ((1, 2), "c1 and c2"),
        ((1, 2, 3), "c1, c2 and c3"),
        ((4, 5, 6, 7), "c4 to c7"),
        ((1, 2, 3, 5), "c1, c2, c3 and c5"),
        ((4, 3, 2, 1), "c4, c3, c2 and c1"),
    ],
)
def test_clients_are_named_for_a_person(clients: tuple[int, ...], words: str) -> None:
    assert names(clients) == words
