"""Whether a target can still change: settled, or with threads that only wake by themselves."""

import sys
from dataclasses import replace

import pytest

from properties.engine import stillness
from properties.engine.stillness import Stillness, question_of
from properties.model.events import Conclusion
from properties.model.settings import Rules
from properties.model.target_spec import Target
from properties.model.trial import Trial
from properties.server.events import Census
from properties.server.harness import ServerHarness
from properties.server.steps import Close, Open
from target.command import Command
from target.pace import ENOUGH, TRIALS, Haste, Pace, WakeUps
from target.processes import Identity, Process, Thread
from target.settled import Look
from target.waits import UNKNOWN, Wait

PID = 1 << 22
"""No process has this number: files under /proc say nothing about it."""

FIRST = Thread(PID, PID, "S", Wait("accept", timed=False, descriptor=3), 1, awaits_signal=False)
HELPER = Thread(PID, PID + 1, "S", UNKNOWN, 1, awaits_signal=False)


class FakeHandle:
    """What stillness needs to know of a target."""

    def __init__(self, pace: Pace) -> None:
        self.pace = pace
        self.may_be_witnessed = False


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


def stillness_of(pace: Pace) -> Stillness:
    return Stillness(FakeHandle(pace), "what is asked")  # type: ignore[arg-type]


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
