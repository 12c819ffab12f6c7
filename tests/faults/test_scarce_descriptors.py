"""scarce_descriptors: the listener runs out of descriptors for a while."""

from pathlib import Path

from faults.fault import Status
from faults.scarce_descriptors import ScarceDescriptors
from properties.events import Idled, Received
from tests.faults.scenes import around, marks
from tests.properties.running import (
    SELECTORS,
    compiled,
    in_doubt,
    only_injected,
    run,
    violated,
)


def test_those_who_wait_are_served_when_it_is_over() -> None:
    history = run(around(ScarceDescriptors((2, 3), 0), 1))
    event = only_injected(history)
    assert event.status is Status.FIRED
    assert event.detail == "c2 and c3 waited, no client turned away"
    assert [what for what, _ in marks(history)] == [
        "at most 0 more descriptors",
        "descriptors again",
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
    history = run(around(ScarceDescriptors((2,), 0), 1), compiled("spin_emfile", tmp_path))
    assert violated(history) == ["no_spin"]


def test_a_listener_that_stops_listening_for_good_is_caught(tmp_path: Path) -> None:
    history = run(around(ScarceDescriptors((2,), 0), 1), compiled("accept_emfile_deaf", tmp_path))
    assert "listener_survives" in violated(history)


def test_with_room_enough_nothing_has_happened() -> None:
    assert only_injected(run(around(ScarceDescriptors((2,), 1), 1))).status is Status.MISSED


def test_it_needs_no_gate() -> None:
    assert ScarceDescriptors.calls == frozenset()
    history = run(around(ScarceDescriptors((2,), 0), 1), SELECTORS)
    assert only_injected(history).status is Status.FIRED
