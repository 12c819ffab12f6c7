"""scarce_descriptors: the listener runs out of descriptors for a while."""

import resource
from pathlib import Path

import pytest

from faults.fault import Status
from faults.server.scarce_descriptors import ScarceDescriptors
from properties.model.settings import Limits, Rules
from properties.model.steps import Inject
from properties.server.events import Idled, Received
from properties.server.execute import execute
from properties.server.steps import Close
from target.handle import Handle
from tests.faults.contexts import around, context_with, marks, served
from tests.properties.server_runs import (
    PATIENCE,
    SELECTORS,
    compiled,
    in_doubt,
    only_injected,
    run,
    script,
    serving,
    variant,
    violated,
)


def test_those_who_wait_are_served_when_it_is_over() -> None:
    history = run(around(ScarceDescriptors((2, 3), 0), 1))
    event = only_injected(history)
    assert event.status is Status.FIRED
    assert event.detail == "c2 and c3 waited, no client turned away"
    assert [what for what, _ in marks(history)] == [
        "at most 0 more descriptors",
        "descriptor limit restored",
    ]
    assert in_doubt(history) == {}


def test_it_is_seen_at_rest_meanwhile() -> None:
    history = run(around(ScarceDescriptors((2,), 0), 1))
    during = [
        event
        for event in history.of(Idled)
        if not any(one.client == 2 and one.at < event.at for one in history.of(Received))
    ]
    assert during
    assert not during[0].spinning


def test_a_loop_that_asks_again_and_again_spins(tmp_path: Path) -> None:
    history = run(around(ScarceDescriptors((2,), 0), 1), compiled("spin_emfile"))
    assert violated(history) == ["no_spin"]


def test_a_listener_that_stops_listening_for_good_is_caught(tmp_path: Path) -> None:
    history = run(around(ScarceDescriptors((2,), 0), 1), compiled("accept_emfile_deaf"))
    assert "listener_survives" in violated(history)


def test_an_accept_that_had_its_descriptor_and_the_next_that_failed_is_a_shortage() -> None:
    history = run(around(ScarceDescriptors((2,), 0), 1), script("unguarded.py"))
    event = only_injected(history)
    assert event.status is Status.FIRED
    assert event.detail == "all were accepted, and the next accept had no descriptor"
    assert violated(history) == ["listener_survives"]


def test_a_server_that_waits_before_it_accepts_again_has_met_the_shortage() -> None:
    history = run(around(ScarceDescriptors((2,), 0), 1), script("unguarded.py", "pauses"))
    assert only_injected(history).status is Status.FIRED


def test_a_server_that_calls_accept_again_without_a_pause_has_met_the_shortage() -> None:
    history = run(around(ScarceDescriptors((2,), 0), 1), script("unguarded.py", "spins"))
    assert only_injected(history).status is Status.FIRED
    assert violated(history) == ["no_spin"]


def test_a_server_that_computes_all_the_same_has_met_no_shortage() -> None:
    history = run(around(ScarceDescriptors((2,), 0), 1), script("unguarded.py", "computes"))
    assert only_injected(history).status is Status.MISSED


def test_a_server_of_one_client_at_a_time_meets_no_shortage_while_it_serves_one() -> None:
    history = run((Inject(ScarceDescriptors((1,), 0)),), script("mortal.py", "100", "100000"))
    assert only_injected(history).status is Status.MISSED


def test_with_room_enough_nothing_has_happened() -> None:
    assert only_injected(run(around(ScarceDescriptors((2,), 1), 1))).status is Status.MISSED


def test_it_needs_no_gate() -> None:
    assert ScarceDescriptors.calls == frozenset()
    history = run(around(ScarceDescriptors((2,), 0), 1), SELECTORS)
    assert only_injected(history).status is Status.FIRED


def test_gaps_below_what_a_poll_names_are_filled_before_the_limit_is_lowered(
    tmp_path: Path,
) -> None:
    many_polled = (*served(1, 2, 3, 4, 5, 6), Close(1))
    history = run((*many_polled, Inject(ScarceDescriptors((7,), 0))), variant("poll_loop"))
    event = only_injected(history)
    assert (event.status, event.detail) == (Status.FIRED, "c7 waited, no client turned away")
    assert "1 more clients connect" in marks(history)[0][0]
    assert in_doubt(history) == {}


@pytest.mark.parametrize("room", [0, 1])
def test_the_descriptors_of_a_server_that_polls_a_large_table_are_filled(
    room: int, tmp_path: Path
) -> None:
    history = run(around(ScarceDescriptors((2, 3), room), 1), variant("poll_table"))
    event = only_injected(history)
    assert event.status is Status.FIRED
    assert event.disturbed == frozenset()
    assert in_doubt(history) == {}


def test_where_too_few_clients_may_connect_to_fill_them_the_option_is_named(
    tmp_path: Path,
) -> None:
    few = Rules(limits=Limits(connections=16), patience=PATIENCE)
    history = run(around(ScarceDescriptors((2,), 0), 1), variant("poll_table"), few)
    event = only_injected(history)
    assert event.status is Status.IMPOSSIBLE
    assert "--max-connections" in event.detail


def limits_of(handle: Handle) -> dict[int, tuple[int, int]]:
    """Return the limits of descriptors of all processes, by pid."""
    pids = [process.identity.pid for process in handle.tree()]
    return {pid: resource.prlimit(pid, resource.RLIMIT_NOFILE) for pid in pids}


def test_each_listener_gets_its_own_limit_back_and_its_workers_that_of_their_parent() -> None:
    with serving(script("two_forkers.py")) as server, context_with(server) as (context, _):
        handle = server.handle
        assert handle is not None
        for number, (pid, (_, hard)) in enumerate(limits_of(handle).items()):
            resource.prlimit(pid, resource.RLIMIT_NOFILE, (200 + 100 * number, hard - number))
        before = limits_of(handle)
        ScarceDescriptors((1, 2), 1).apply(context)
        parents = {process.identity.pid: process.parent for process in handle.tree()}
        assert len(before) == 2
        assert len(parents) == 4
        assert limits_of(handle) == {
            pid: before.get(pid) or before[parent] for pid, parent in parents.items()
        }


def test_a_worker_that_was_made_meanwhile_does_not_keep_the_limit() -> None:
    with serving() as server:
        assert server.handle is not None
        listener = server.handle.listener.pid
        before = resource.prlimit(listener, resource.RLIMIT_NOFILE)
        execute((*served(1), Inject(ScarceDescriptors((2, 3), 1))), server, Rules())
        assert resource.prlimit(listener, resource.RLIMIT_NOFILE) == before
