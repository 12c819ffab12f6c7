"""Whether a target can still change: settled, or with threads that only wake by themselves."""

import sys
from dataclasses import replace
from signal import SIGALRM

import pytest

from properties.engine import stillness
from properties.engine.stillness import (
    Stillness,
    WitnessNeeded,
    question_of,
    wakes_by_itself,
)
from properties.model.events import Conclusion
from properties.model.settings import Rules
from properties.model.target_spec import Target
from properties.model.trial import Trial
from properties.server.events import Census
from properties.server.harness import ServerHarness
from properties.server.steps import Close, Open
from target import settled
from target.command import Command
from target.pace import ENOUGH, TRIALS, Haste, Pace, WakeUps
from target.process_status import Signals
from target.processes import Identity, Process, Thread
from target.settled import Look
from target.waits import UNKNOWN, Wait

PID = 1 << 22
"""No process has this number: files under /proc say nothing about it."""

FIRST = Thread(PID, PID, "S", Wait("accept", timed=False, descriptor=3), 1, awaits_signal=False)
HELPER = Thread(PID, PID + 1, "S", UNKNOWN, 1, awaits_signal=False)


class FakeHandle:
    """What stillness needs to know of a target."""

    def __init__(self, pace: Pace, *, may_be_witnessed: bool) -> None:
        self.pace = pace
        self.may_be_witnessed = may_be_witnessed


class FakeCondition:
    """What may be asked in several ways."""

    def __call__(self) -> bool:
        """Answer."""
        return True

    def holds(self) -> bool:
        """Answer in a method."""
        return True

    def fails(self) -> bool:
        """Answer in another one."""
        return False


class Clock:
    """Stands for the module `time`."""

    def __init__(self) -> None:
        self.now = 100.0

    def monotonic(self) -> float:
        """Return the time of this clock."""
        return self.now


@pytest.fixture
def pace(monkeypatch: pytest.MonkeyPatch) -> Pace:
    monkeypatch.setitem(ENOUGH, Haste.NONE, WakeUps(3, 0.0))
    monkeypatch.setitem(ENOUGH, Haste.HURRIED, WakeUps(3, 0.0))
    monkeypatch.setitem(ENOUGH, Haste.CAREFUL, WakeUps(3, 0.0))
    return Pace()


def looks(*threads: Thread) -> Look:
    return Look((Process(Identity(PID, 1), 1, "server", "S", len(threads)),), threads)


def woken(thread: Thread, times: int) -> Thread:
    return replace(thread, switches=thread.switches + times)


def stillness_of(
    pace: Pace, question: str = "what is asked", *, may_be_witnessed: bool = False
) -> Stillness:
    handle = FakeHandle(pace, may_be_witnessed=may_be_witnessed)
    return Stillness(handle, question)  # type: ignore[arg-type]


def looks_until_still(still: Stillness, helper: Thread = HELPER, first: Thread = FIRST) -> int:
    """Look while the helper wakes once between two looks; return how many looks it took."""
    for times in range(10):
        if still.is_still(looks(first, woken(helper, times))):
            return times
    return -1


def test_a_helper_that_wakes_and_does_nothing_is_waited_for_a_few_times(pace: Pace) -> None:
    still = stillness_of(pace)
    assert looks_until_still(still) == 4
    assert still.only_wakes_up


def test_a_thread_that_sleeps_with_a_timeout_and_does_not_wake_is_waited_for(pace: Pace) -> None:
    still = stillness_of(pace)
    assert not any(still.is_still(looks(FIRST, HELPER)) for _ in range(20))


def test_the_first_thread_of_a_process_is_always_waited_for(pace: Pace) -> None:
    still = stillness_of(pace)
    server = replace(FIRST, wait=UNKNOWN)
    assert not any(still.is_still(looks(woken(server, times))) for times in range(20))


def test_wake_ups_count_anew_when_something_else_moves(pace: Pace) -> None:
    still = stillness_of(pace)
    for times in range(4):
        assert not still.is_still(looks(FIRST, woken(HELPER, times)))
    assert not still.is_still(looks(woken(FIRST, 1), woken(HELPER, 4)))
    assert not still.is_still(looks(woken(FIRST, 1), woken(HELPER, 5)))


def test_a_helper_that_is_awake_for_a_moment_does_not_count_anew(pace: Pace) -> None:
    still = stillness_of(pace)
    awake = replace(HELPER, state="R", wait=None)
    found = [
        still.is_still(looks(FIRST, one))
        for times in range(5)
        for one in (woken(HELPER, times), woken(awake, times))
    ]
    assert found.index(True) == 2 * 4


def test_in_a_hurry_what_was_learnt_is_not_waited_for_again(pace: Pace) -> None:
    looks_until_still(stillness_of(pace))
    pace.begin_trial()
    pace.haste = Haste.HURRIED
    assert looks_until_still(stillness_of(pace)) == 1


def test_without_a_hurry_it_is_learnt_anew_in_the_first_trials(pace: Pace) -> None:
    for _ in range(TRIALS):
        pace.begin_trial()
        assert looks_until_still(stillness_of(pace)) == 4
        assert looks_until_still(stillness_of(pace)) == 1
    pace.begin_trial()
    assert looks_until_still(stillness_of(pace)) == 1


def test_with_care_it_is_learnt_anew_in_each_trial(pace: Pace) -> None:
    for _ in range(TRIALS):
        pace.begin_trial()
        looks_until_still(stillness_of(pace))
    pace.begin_trial()
    pace.haste = Haste.CAREFUL
    assert looks_until_still(stillness_of(pace)) == 4


def test_where_timers_matter_they_are_always_waited_for(pace: Pace) -> None:
    pace.timers_matter = True
    assert looks_until_still(stillness_of(pace)) == -1


def test_a_condition_of_one_place_always_asks_the_same() -> None:
    def ask(number: int) -> str:
        return question_of(lambda: number > 1)

    assert ask(1) == ask(2) != question_of(lambda: True)


def test_a_bound_method_asks_the_same_of_each_object() -> None:
    one, other = FakeCondition(), FakeCondition()
    assert question_of(one.holds) == question_of(other.holds) != question_of(one.fails)


def test_a_condition_that_is_an_object_asks_what_its_class_does() -> None:
    assert question_of(FakeCondition()) == question_of(FakeCondition()) == "FakeCondition"


def test_the_first_look_never_shows_stillness_and_the_second_does_of_a_settled_target(
    pace: Pace,
) -> None:
    still = stillness_of(pace)
    assert (still.has_looked, still.wakes) == (False, "")
    assert still.is_still(looks(FIRST)) is False
    assert still.has_looked
    assert still.is_still(looks(FIRST)) is True
    assert still.wakes == ""
    assert pace.shortcuts == 0


@pytest.mark.parametrize("may_be_witnessed", [True, False])
def test_a_timer_that_no_file_shows_needs_a_witness_where_there_may_be_one(
    pace: Pace, monkeypatch: pytest.MonkeyPatch, *, may_be_witnessed: bool
) -> None:
    catches = Signals(frozenset({SIGALRM}), frozenset(), frozenset(), frozenset())
    monkeypatch.setattr(settled, "signals_of", lambda _: catches)
    still = stillness_of(pace, may_be_witnessed=may_be_witnessed)
    still.is_still(looks(FIRST))
    if not may_be_witnessed:
        assert not still.is_still(looks(FIRST))
        return
    with pytest.raises(WitnessNeeded, match="catches SIGALRM"):
        still.is_still(looks(FIRST))


def test_what_moves_needs_no_witness(pace: Pace) -> None:
    still = stillness_of(pace, may_be_witnessed=True)
    running = replace(FIRST, state="R", wait=None)
    assert not any(still.is_still(looks(running)) for _ in range(3))


def test_the_wake_ups_must_last_for_a_while(pace: Pace, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr(stillness, "time", clock)
    monkeypatch.setitem(ENOUGH, Haste.NONE, WakeUps(3, 0.5))
    still = stillness_of(pace)
    assert looks_until_still(still) == -1
    clock.now += 0.25
    assert not still.is_still(looks(FIRST, woken(HELPER, 10)))
    clock.now += 0.25
    assert still.is_still(looks(FIRST, woken(HELPER, 11)))


def test_they_are_timed_from_when_something_else_has_moved(
    pace: Pace, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = Clock()
    monkeypatch.setattr(stillness, "time", clock)
    monkeypatch.setitem(ENOUGH, Haste.NONE, WakeUps(3, 0.5))
    still = stillness_of(pace)
    assert looks_until_still(still) == -1
    clock.now += 0.5
    still.begin_anew()
    moved = woken(FIRST, 1)
    assert looks_until_still(still, first=moved) == -1
    clock.now += 0.5
    assert still.is_still(looks(moved, woken(HELPER, 10)))


def test_each_helper_must_have_woken(pace: Pace) -> None:
    still = stillness_of(pace)
    sleeper = replace(HELPER, tid=PID + 2)
    found = [still.is_still(looks(FIRST, woken(HELPER, times), sleeper)) for times in range(10)]
    assert not any(found)


def test_what_was_learnt_of_one_question_is_not_known_of_another(pace: Pace) -> None:
    assert looks_until_still(stillness_of(pace)) == 4
    assert looks_until_still(stillness_of(pace, "what else is asked")) == 4
    assert looks_until_still(stillness_of(pace)) == 1


def test_what_was_learnt_of_one_call_is_not_known_of_another(pace: Pace) -> None:
    assert looks_until_still(stillness_of(pace)) == 4
    polls = replace(HELPER, wait=Wait("poll", timed=True))
    assert looks_until_still(stillness_of(pace), polls) == 4


def test_each_wait_that_ends_for_helpers_alone_is_counted_as_a_shorter_one(pace: Pace) -> None:
    for times in (1, 2):
        looks_until_still(stillness_of(pace))
        assert pace.shortcuts == times


@pytest.mark.parametrize(
    ("thread", "wakes"),
    [
        (HELPER, True),
        (replace(HELPER, wait=Wait("pause", timed=False)), False),
        (replace(HELPER, state="T"), False),
        (replace(HELPER, state="R", wait=None), False),
        (replace(FIRST, wait=UNKNOWN), False),
    ],
    ids=["a helper with a timeout", "without one", "stopped", "awake", "the first thread"],
)
def test_only_a_helper_that_sleeps_with_a_timeout_wakes_by_itself(
    thread: Thread, *, wakes: bool
) -> None:
    assert wakes_by_itself(thread) is wakes


# Real servers.

SERVER = """
import os, signal, socket, sys, threading, time
{}
s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    c, _ = s.accept()
    if os.fork() == 0:
        while data := c.recv(65536):
            c.sendall(data)
        os._exit(0)
    c.close()
"""
CATCHES = "signal.signal(signal.SIGALRM, lambda *_: None)"
REAPS = """
def reap(*_):
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        pass
"""
BY_TIMER = REAPS + "signal.signal(signal.SIGALRM, reap)\nsignal.setitimer(0, 0.7, 0.7)"
THREAD = """
def wake_up(act):
    while True:
        time.sleep(0.3)
        act()
threading.Thread(target=wake_up, args=({},), daemon=True).start()
"""


def tried(beginning: str) -> tuple[Trial, Conclusion]:
    """Open and close a client of a server that begins so; how the last census ended."""
    words = (sys.executable, "-c", SERVER.format(beginning), "{port}")
    harness = ServerHarness(Target("127.0.0.1", Command(words)), Rules(patience=30.0))
    try:
        trial = harness.run_trial((Open(1), Close(1)))
    finally:
        harness.close()
    return trial, list(trial.history.of(Census))[-1].conclusion


def test_a_server_that_catches_sigalrm_and_sets_no_timer_can_be_settled() -> None:
    trial, conclusion = tried(CATCHES)
    assert trial.violated == {"no_zombies"}
    assert conclusion is Conclusion.SETTLED


def test_a_server_that_reaps_whenever_its_timer_runs_out_is_waited_for() -> None:
    trial, conclusion = tried(BY_TIMER)
    assert trial.violated == set()
    assert conclusion is Conclusion.MET


def test_a_server_with_a_thread_that_wakes_for_nothing_is_convicted() -> None:
    trial, conclusion = tried(THREAD.format("lambda: None"))
    assert trial.violated == {"no_zombies"}
    assert conclusion is Conclusion.IDLE
    assert stillness.WAKES in trial.verdicts["no_zombies"].reason


def test_a_server_with_a_thread_that_wakes_to_reap_is_waited_for() -> None:
    trial, conclusion = tried(REAPS + THREAD.format("reap"))
    assert trial.violated == set()
    assert conclusion is Conclusion.MET
