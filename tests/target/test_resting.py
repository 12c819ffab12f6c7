"""When a target rests, judged on looks that are written by hand."""

from dataclasses import replace

import pytest

from target.processes import Identity, Process, Thread
from target.resting import at_rest, rested, slept_at_once
from target.settled import Look
from target.waits import Wait

PID = 1 << 22
"""No process has this number."""

MAIN = Thread(PID, PID, "S", Wait("futex", timed=False), 1, awaits_signal=False)
OTHER = replace(MAIN, tid=PID + 1, wait=Wait("read", timed=False))
TICKING = replace(OTHER, wait=Wait("poll", timed=True))
RUNNING = replace(OTHER, state="R", wait=None)
STOPPED = replace(OTHER, state="T", wait=None)


def look(*threads: Thread, passing: bool = False) -> Look:
    process = Process(Identity(PID, 1), 1, "server", "S", len(threads))
    return Look((process,), threads, passing)


def later(thread: Thread) -> Thread:
    """Return what is seen of it once it has run again, and sleeps in the same call."""
    return replace(thread, switches=thread.switches + 1)


@pytest.mark.parametrize("other", [OTHER, TICKING, STOPPED])
def test_threads_that_have_not_run_between_two_looks_slept_at_one_moment(other: Thread) -> None:
    assert rested(look(MAIN, other), look(MAIN, other))


def test_the_order_of_the_threads_does_not_matter() -> None:
    assert slept_at_once((MAIN, OTHER), (OTHER, MAIN))


@pytest.mark.parametrize("handed", [MAIN, OTHER])
def test_two_threads_of_which_one_has_run_in_between_may_never_have_slept_at_once(
    handed: Thread,
) -> None:
    after = [later(one) if one is handed else one for one in (MAIN, OTHER)]
    assert at_rest(look(*after))
    assert not rested(look(MAIN, OTHER), look(*after))


def test_a_thread_that_was_started_after_the_list_was_read_is_found_by_the_second_look() -> None:
    assert not rested(look(MAIN), look(MAIN, OTHER))


def test_a_thread_that_is_gone_at_the_second_look_was_awake_to_end() -> None:
    assert not rested(look(MAIN, OTHER), look(MAIN))


@pytest.mark.parametrize(
    ("before", "after"), [(RUNNING, OTHER), (OTHER, RUNNING), (RUNNING, RUNNING)]
)
def test_a_thread_that_one_of_the_looks_finds_awake_does_not_sleep(
    before: Thread, after: Thread
) -> None:
    assert not rested(look(MAIN, before), look(MAIN, after))


@pytest.mark.parametrize(("before", "after"), [(True, False), (False, True)])
def test_a_call_that_passes_the_gate_is_no_sleep(*, before: bool, after: bool) -> None:
    assert not rested(look(MAIN, passing=before), look(MAIN, passing=after))


def test_a_thread_that_a_timeout_wakes_may_have_run_in_between() -> None:
    assert rested(look(MAIN, TICKING), look(MAIN, later(TICKING)))


@pytest.mark.parametrize(("before", "after"), [(TICKING, OTHER), (OTHER, TICKING)])
def test_one_that_sleeps_with_a_timeout_only_once_was_not_woken_by_it_alone(
    before: Thread, after: Thread
) -> None:
    assert not rested(look(MAIN, before), look(MAIN, later(after)))


def test_one_that_ran_and_is_stopped_again_may_not_have_been_stopped_meanwhile() -> None:
    assert not rested(look(MAIN, STOPPED), look(MAIN, later(STOPPED)))
