"""Counting what is left: waited for where it may still go, and certain where it stays."""

import socket
import time

from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.settings import Rules
from properties.server import resources
from properties.server.events import Census
from properties.server.execute import execute
from properties.server.steps import Close, Open
from target.pace import Haste, Pace
from tests.faults.contexts import served
from tests.properties.server_runs import (
    THREADED,
    in_doubt,
    mutant,
    run,
    rung,
    script,
    serving,
    verdicts,
    violated,
    wait_until,
)

LONG = 60.0


def test_a_server_that_is_well_is_clean() -> None:
    for counted in run(served(1, 2)).of(Census):
        assert counted.conclusion is Conclusion.MET
        assert (counted.zombies, counted.strays, counted.grown, counted.spinning) == (
            (),
            (),
            (),
            "",
        )


def test_a_zombie_that_stays_is_certain_without_waiting_the_patience() -> None:
    began = time.monotonic()
    history = run((Open(1), Close(1)), rung("tcpserv01"), Rules(patience=LONG))
    assert time.monotonic() - began < LONG / 2
    counted = next(history.of(Census))
    assert counted.conclusion is Conclusion.SETTLED
    assert len(counted.zombies) == 2  # that of the control exchange before is the other
    assert violated(history) == ["no_zombies"]


def test_one_connection_shows_the_mistake_of_tcpserv01() -> None:
    history = run((Open(1), Close(1)), rung("tcpserv01"))
    reason = verdicts(history)["no_zombies"].reason
    assert "zombies (" in reason
    assert "sleeps in ppoll" in reason


def test_a_server_that_reaps_by_timer_is_waited_for() -> None:
    history = run(served(1, 2), script("forking.py", "reaps-by-timer"))
    assert [counted.zombies for counted in history.of(Census)] == [(), ()]
    assert in_doubt(history) == {}


def test_a_timer_that_is_slower_than_the_patience_is_not_waited_for() -> None:
    with serving(script("forking.py", "reaps-by-timer")) as server:
        history = execute(served(1, 2, 3), server, Rules(patience=0.05))
    zombies = [len(counted.zombies) for counted in history.of(Census)]
    assert max(zombies) > 0


def test_a_server_that_spins_from_its_start_is_not_waited_for() -> None:
    with serving(mutant("spin_select_zero.py")) as server:
        assert server.handle is not None
        began = time.monotonic()
        counted = resources.count_initial_resources(server.handle, LONG)
        assert time.monotonic() - began < LONG / 2
    assert len(counted.members) == 1


def test_one_that_is_known_to_spin_from_its_start_is_recognised_sooner() -> None:
    with serving(mutant("spin_select_zero.py")) as server:
        handle = server.handle
        assert handle is not None
        handle.pace = Pace(spun_at_start=True)
        used = max(time for time, _ in handle.processor_times().values())
        assert resources.count_initial_resources(handle, LONG).spins
        again = max(time for time, _ in handle.processor_times().values())
        assert handle.pace.shortcuts == 1
    assert again - used < resources.STARTING * 1e9


def test_but_not_where_there_is_time() -> None:
    with serving(mutant("spin_select_zero.py")) as server:
        handle = server.handle
        assert handle is not None
        handle.pace = Pace(spun_at_start=True, haste=Haste.CAREFUL)
        used = max(time for time, _ in handle.processor_times().values())
        assert resources.count_initial_resources(handle, LONG).spins
        again = max(time for time, _ in handle.processor_times().values())
        assert handle.pace.shortcuts == 0
    assert again - used > resources.STARTING * 1e9


def test_a_server_that_spins_is_seen() -> None:
    history = run((), script("forking.py", "spins"))
    counted = next(history.of(Census))
    assert counted.conclusion is Conclusion.BUSY
    assert "of processor time, never asleep" in counted.spinning
    assert violated(history) == ["no_spin"]


def test_what_is_there_from_the_start_is_no_stray() -> None:
    with serving() as server:
        assert server.handle is not None
        assert server.baseline is not None
        assert {p.identity for p in server.handle.tree()} == server.baseline.members


def test_a_worker_whose_client_stays_is_counted_and_named() -> None:
    with serving() as server:
        assert server.handle is not None
        assert server.baseline is not None
        with socket.create_connection((server.endpoint.host, server.endpoint.port)):
            handle = server.handle
            wait_until(lambda: len(handle.tree()) == 2)
            counted = resources.take(handle, History(), server.baseline, "after", LONG)
    (stray,) = counted.strays
    assert stray.parent == handle.listener.pid
    assert stray.calls == ("read",)
    assert counted.conclusion is Conclusion.SETTLED


def test_descriptors_and_threads_that_are_more_are_counted_and_named() -> None:
    with serving(THREADED) as server:
        assert server.handle is not None
        baseline = server.baseline
        assert baseline is not None
        with socket.create_connection((server.endpoint.host, server.endpoint.port)):
            handle = server.handle
            wait_until(lambda: handle.tree()[0].threads == 2)
            counted = resources.take(handle, History(), baseline, "after", LONG)
    assert counted.threads == baseline.threads + 1
    assert counted.descriptors == baseline.descriptors + 1
    (grown,) = counted.grown
    assert grown.startswith(f"{handle.listener.pid}: ")
    assert "socket:[" in grown
