"""When a thread spins, and when a target has rested, on looks written by hand."""

from dataclasses import replace
from typing import Any

import pytest

from properties.engine import spinning
from properties.engine.spinning import (
    ENOUGH_LOOKS,
    REST,
    SPINNING,
    SPINNING_STILL,
    RestDetector,
    SpinDetector,
)
from target.pace import RESTS, TRIALS, Haste, Pace
from target.processes import Thread
from target.sockets import Endpoint, TcpState
from tests.properties.engine.test_conclusions import FakeHandle
from tests.properties.engine.test_stillness import FIRST, HELPER, PID, Clock, looks, woken

RUNNING = replace(FIRST, state="R", wait=None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(spinning, "time", made)
    return made


def computing(clock: Clock, *threads: Thread) -> FakeHandle:
    return FakeHandle(looks(*threads), clock, used=1.0)


def followed(clock: Clock, detector: SpinDetector, handle: FakeHandle, seconds: float) -> str:
    """Look often for so long; return what the last look finds."""
    found = detector.spinning(handle.seen)
    for _ in range(round(seconds * 100)):
        clock.now += 0.01
        found = detector.spinning(handle.seen)
    return found


def test_a_thread_spins_that_used_a_second_and_never_slept(clock: Clock) -> None:
    handle = computing(clock, RUNNING)
    detector = SpinDetector(handle)  # type: ignore[arg-type]
    assert (SPINNING, SPINNING_STILL, REST, ENOUGH_LOOKS) == (1.0, 0.25, 0.25, 8)
    assert detector.spinning(handle.seen) == ""
    clock.now += 1.0
    assert detector.spinning(handle.seen) == ""
    assert not handle.pace.spinning
    clock.now += 0.1
    assert detector.spinning(handle.seen) == f"{PID} used 1.1 s of processor time, never asleep"
    assert handle.pace.spinning == {PID}


def test_a_thread_works_while_the_target_reads_or_writes_and_is_timed_from_then(
    clock: Clock,
) -> None:
    handle = computing(clock, RUNNING)
    detector = SpinDetector(handle)  # type: ignore[arg-type]
    handle.unread = 5000
    assert followed(clock, detector, handle, 0.9) == ""
    handle.unread = 904
    assert followed(clock, detector, handle, 0.9) == ""
    # What it has read is seen when it has used a second, and it may use another from there.
    assert not handle.pace.spinning
    assert followed(clock, detector, handle, 0.3)


@pytest.mark.parametrize(
    "after",
    [
        {"local": Endpoint("127.0.0.1", 8)},
        {"remote": Endpoint("127.0.0.1", 40001)},
        {"state": TcpState.CLOSE_WAIT},
        {"receive_queue": 7},
        {"send_queue": 7},
        {"inode": 2},
    ],
    ids=lambda after: next(iter(after)),
)
def test_a_thread_does_not_spin_while_any_connection_of_the_target_changes(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, after: dict[str, Any]
) -> None:
    handle = computing(clock, RUNNING)
    (before,) = handle.connections()
    detector = SpinDetector(handle)  # type: ignore[arg-type]
    assert followed(clock, detector, handle, 0.9) == ""
    monkeypatch.setattr(handle, "connections", lambda: (replace(before, **after),))
    assert followed(clock, detector, handle, 0.9) == ""
    assert not handle.pace.spinning


def test_a_thread_spins_also_beside_one_that_is_awake_and_gets_no_processor(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    handle = computing(clock, RUNNING, replace(RUNNING, tid=PID + 1))
    times = handle.processor_times
    monkeypatch.setattr(handle, "processor_times", lambda: {**times(), PID + 1: (0, 0)})
    detector = SpinDetector(handle)  # type: ignore[arg-type]
    assert followed(clock, detector, handle, 1.1)
    assert handle.pace.spinning == {PID}


def test_a_thread_that_is_first_looked_at_late_is_looked_at_once_more(clock: Clock) -> None:
    handle = computing(clock, RUNNING)
    detector = SpinDetector(handle)  # type: ignore[arg-type]
    detector.spinning(handle.seen)
    clock.now += 2.0
    assert detector.spinning(handle.seen) == ""
    assert detector.spinning(handle.seen)


def test_a_thread_of_a_target_that_has_spun_is_given_less(clock: Clock) -> None:
    handle = computing(clock, RUNNING)
    handle.pace.spinning.add(PID + 1)
    detector = SpinDetector(handle)  # type: ignore[arg-type]
    assert followed(clock, detector, handle, 0.3)


def test_that_a_thread_which_was_itself_seen_to_spin_does_not_rest_is_soon_known(
    clock: Clock,
) -> None:
    handle = computing(clock, RUNNING)
    handle.pace.spinning.add(RUNNING.tid)
    rest = RestDetector(handle)  # type: ignore[arg-type]
    assert not rest.is_over()
    clock.now += 0.03
    assert not rest.is_over()
    clock.now += 0.01
    assert not rest.is_over()
    clock.now += 0.02
    assert rest.is_over()


def test_a_wait_gives_it_more_for_it_may_be_for_what_this_thread_does(clock: Clock) -> None:
    handle = computing(clock, RUNNING)
    handle.pace.spinning.add(RUNNING.tid)
    detector = SpinDetector(handle)  # type: ignore[arg-type]
    detector.spinning(handle.seen)
    clock.now += 0.06
    assert detector.spinning(handle.seen) == ""


def test_a_target_that_has_spun_in_some_trials_is_given_less_in_others_and_confirmed(
    clock: Clock,
) -> None:
    handle = computing(clock, RUNNING)
    for trial in range(1, TRIALS + 2):
        handle.pace.begin_trial()
        detector = SpinDetector(handle)  # type: ignore[arg-type]
        is_short = bool(followed(clock, detector, handle, 0.3))
        assert is_short == (trial > TRIALS)
        assert followed(clock, detector, handle, 0.8)
    assert handle.pace.shortcuts == 1


def test_a_target_that_has_spun_once_is_given_less_in_a_hurry() -> None:
    pace = Pace(spun=1)
    assert not pace.expects_spin
    pace.haste = Haste.HURRIED
    assert pace.expects_spin


def test_a_target_that_has_spun_gets_its_time_where_care_is_taken() -> None:
    pace = Pace(spun=TRIALS)
    assert pace.expects_spin
    pace.haste = Haste.CAREFUL
    assert not pace.expects_spin


@pytest.mark.parametrize("slept", [True, False])
def test_a_thread_that_was_seen_asleep_begins_anew(clock: Clock, *, slept: bool) -> None:
    handle = computing(clock, RUNNING)
    detector = SpinDetector(handle)  # type: ignore[arg-type]
    detector.spinning(handle.seen)
    clock.now += 0.9
    if slept:
        detector.all_slept()
    else:
        assert detector.spinning(looks(FIRST)) == ""
    assert detector.spinning(handle.seen) == ""
    clock.now += 0.9
    assert detector.spinning(handle.seen) == ""


def test_a_target_has_rested_when_all_its_threads_slept_for_a_while(clock: Clock) -> None:
    detector = RestDetector(FakeHandle(looks(FIRST), clock))  # type: ignore[arg-type]
    assert detector.seconds == 0.0
    assert not detector.is_over()
    clock.now += 0.2
    assert not detector.is_over()
    assert detector.seconds == pytest.approx(0.2)
    clock.now += 0.05
    assert detector.is_over()


def test_a_rest_that_was_disturbed_begins_anew(clock: Clock) -> None:
    handle = FakeHandle(looks(FIRST), clock)
    detector = RestDetector(handle)  # type: ignore[arg-type]
    detector.is_over()
    clock.now += 0.2
    handle.seen = looks(RUNNING)
    assert detector.is_over() is False
    assert detector.seconds == 0.0
    handle.seen = looks(FIRST)
    clock.now += 0.2
    assert not detector.is_over()


def test_a_target_that_is_taken_in_look_by_look_is_seen_to_spin(clock: Clock) -> None:
    handle = computing(clock, RUNNING)
    detector = RestDetector(handle)  # type: ignore[arg-type]
    for _ in range(3):
        assert not detector.take_in(handle.seen)
        clock.now += 0.6
    assert detector.spinning


def test_a_target_of_which_a_thread_ran_until_the_next_look_has_not_come_to_rest(
    clock: Clock,
) -> None:
    handle = FakeHandle(looks(FIRST), clock)
    detector = RestDetector(handle)  # type: ignore[arg-type]
    handle.next = looks(woken(FIRST, 1))
    assert not detector.take_in(handle.seen)
    handle.next = None
    assert detector.take_in(handle.seen)


@pytest.mark.parametrize("awake_in_between", [True, False])
def test_a_target_in_which_something_always_moves_rests_once_many_looks_found_all_asleep(
    clock: Clock, *, awake_in_between: bool
) -> None:
    handle = FakeHandle(looks(FIRST), clock)
    detector = RestDetector(handle)  # type: ignore[arg-type]
    handle.next = looks(woken(FIRST, 1))
    for _ in range(ENOUGH_LOOKS - 1):
        assert not detector.take_in(handle.seen)
        assert not (awake_in_between and detector.take_in(looks(RUNNING)))
    assert detector.take_in(handle.seen)


def test_a_target_that_spins_does_not_come_to_rest_and_it_is_over(clock: Clock) -> None:
    detector = RestDetector(computing(clock, RUNNING))  # type: ignore[arg-type]
    assert not detector.is_over()
    clock.now += 0.5
    assert not detector.is_over()
    clock.now += 0.6
    assert detector.is_over()
    assert detector.spinning.startswith(f"{PID} used 1.1 s")


def test_a_rest_in_which_only_helpers_moved_is_learnt_and_then_not_waited_for(
    clock: Clock,
) -> None:
    handle = FakeHandle(looks(FIRST, HELPER), clock)
    for _ in range(RESTS):
        detector = RestDetector(handle)  # type: ignore[arg-type]
        detector.is_over()
        clock.now += REST
        handle.seen = looks(FIRST, woken(HELPER, 1))
        assert detector.is_over()
    assert handle.pace.shortcuts == 0
    detector = RestDetector(handle)  # type: ignore[arg-type]
    detector.is_over()
    assert detector.is_over()
    assert handle.pace.shortcuts == 1


def test_a_rest_without_helpers_teaches_nothing(clock: Clock) -> None:
    handle = FakeHandle(looks(FIRST), clock)
    for _ in range(RESTS + 1):
        detector = RestDetector(handle)  # type: ignore[arg-type]
        detector.is_over()
        clock.now += REST
        assert detector.is_over()
    assert not handle.pace.rests
    assert handle.pace.shortcuts == 0
