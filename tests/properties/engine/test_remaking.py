"""Processes that are made again and again: hand-made looks at a master and what it makes."""

from dataclasses import replace

import pytest

from properties.engine import remaking
from properties.engine.remaking import MADE, PAUSES, USED, Remaking
from target.processes import Identity, Process, Thread
from target.settled import Look
from target.waits import Wait

MASTER = 1 << 22
"""No process has this number: files under /proc say nothing about it."""

HELPER = MASTER + (1 << 10)
"""A thread of the master's."""

WAITING = Wait("wait4", timed=False, descriptor=None)
PAUSING = Wait("clock_nanosleep", timed=True, descriptor=None)


def look(*made: int, wait: Wait = WAITING) -> Look:
    """Return a look at the master, and at processes that it has made."""
    pids = {MASTER: 1, **dict.fromkeys(made, MASTER)}
    found = (Process(Identity(pid, 1), parent, "server", "S", 1) for pid, parent in pids.items())
    return Look(tuple(found), (Thread(MASTER, MASTER, "S", wait, 1, awaits_signal=False),))


@pytest.fixture
def used(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the seconds of processor time that the master is said to have used."""
    seconds = [0.0]
    monkeypatch.setattr(remaking, "seconds_with_children", lambda _: seconds[0])
    return seconds


def said_of(count: int, *, wait: Wait = WAITING, each: float, used: list[float]) -> str:
    """Look at one process after the other; return what is said in the end."""
    followed, said = Remaking(), ""
    assert followed.spinning(look()) == ""
    for number in range(count):
        used[0] += each
        said = followed.spinning(look(MASTER + 1 + number, wait=wait))
    return said


def test_one_process_after_the_other_is_a_spin(used: list[float]) -> None:
    said = said_of(MADE, each=USED / MADE * 1.01, used=used)
    assert said.startswith(f"{MASTER} makes process after process that ends at once: {MADE} were")


def test_a_few_are_none_however_long_they_take(used: list[float]) -> None:
    assert said_of(MADE - 1, each=USED, used=used) == ""


def test_what_costs_next_to_nothing_is_none(used: list[float]) -> None:
    assert said_of(100 * MADE, each=USED / MADE / 200, used=used) == ""


def test_one_that_pauses_in_between_is_none(used: list[float]) -> None:
    assert said_of(MADE, wait=PAUSING, each=USED, used=used) == ""


@pytest.mark.parametrize(("which", "is_spin"), [(MASTER, True), (HELPER, False), (None, False)])
def test_only_the_thread_that_makes_them_can_pause(
    which: int | None, used: list[float], monkeypatch: pytest.MonkeyPatch, *, is_spin: bool
) -> None:
    made = range(MASTER + 1, MASTER + MADE + 1)
    monkeypatch.setattr(
        remaking, "children_of", lambda thread, **_: [*made] if thread == which else []
    )
    helper = Thread(MASTER, HELPER, "S", PAUSING, 1, awaits_signal=False)
    followed, said = Remaking(), ""
    for number in range(MADE + 1):
        seen = look(*made[:number][-1:])
        said = followed.spinning(replace(seen, threads=(*seen.threads, helper)))
        used[0] += USED
    assert bool(said) == is_spin


def test_processes_that_stay_are_counted_once(used: list[float]) -> None:
    followed = Remaking()
    followed.spinning(look())
    for _ in range(3 * MADE):
        used[0] += USED
        assert followed.spinning(look(MASTER + 1)) == ""


def test_it_is_over_when_the_master_was_seen_to_pause(used: list[float]) -> None:
    followed = Remaking()
    followed.spinning(look())
    for number in range(PAUSES):
        assert not followed.is_over
        followed.spinning(look(MASTER + 1 + number, wait=PAUSING))
    assert followed.is_over
