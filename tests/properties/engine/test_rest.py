"""When a target rests between two steps: at once where only helpers are timed, as was learnt."""

from dataclasses import replace

import pytest

from properties.engine import spinning
from properties.engine.spinning import RestDetector
from target.pace import RESTS, Haste, Pace
from target.processes import Thread
from target.resting import at_rest
from target.settled import Look
from target.waits import UNKNOWN
from tests.properties.engine.test_stillness import FIRST, HELPER, looks, woken

AWAKE = replace(FIRST, state="R", wait=None)


class FakeHandle:
    """A target that is seen in these looks, one after the other, the last again and again."""

    def __init__(self, pace: Pace, *seen: Look) -> None:
        self.pace = pace
        self._seen = list(seen)

    def look(self) -> Look:
        """Return the next look."""
        return self._seen.pop(0) if len(self._seen) > 1 else self._seen[0]

    def was_at_rest(self, seen: Look) -> bool:
        """Return whether a look found every thread asleep."""
        return at_rest(seen)

    def processor_times(self) -> dict[int, tuple[int, int]]:
        """Return nothing: no thread runs."""
        return {}


@pytest.fixture
def pace() -> Pace:
    return Pace()


def rests(pace: Pace, *seen: Look, most: int = 50) -> bool:
    """Return whether so many looks are enough to be told that it rests."""
    detector = RestDetector(FakeHandle(pace, *seen))  # type: ignore[arg-type]
    return any(detector.is_over() for _ in range(most))


def rest_fully(pace: Pace, monkeypatch: pytest.MonkeyPatch, *seen: Look, times: int = 1) -> None:
    """Rest until REST is over, which is after two looks here."""
    with monkeypatch.context() as patch:
        patch.setattr(spinning, "REST", 0.0)
        for _ in range(times):
            detector = RestDetector(FakeHandle(pace, *seen))  # type: ignore[arg-type]
            detector.take_in(looks(FIRST, HELPER))
            for _ in range(3):
                detector.is_over()


def with_helper(first: Thread = FIRST, wakes: int = 0) -> Look:
    return looks(first, woken(HELPER, wakes))


def test_a_helper_with_a_timeout_is_waited_for_at_first(pace: Pace) -> None:
    assert not rests(pace, with_helper())


def test_once_several_rests_have_shown_nothing_else_move_it_is_not_waited_for(
    pace: Pace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest_fully(pace, monkeypatch, with_helper(), times=RESTS)
    assert rests(pace, with_helper(wakes=7), with_helper(wakes=8), most=2)


def test_with_care_it_is_waited_for_again(pace: Pace, monkeypatch: pytest.MonkeyPatch) -> None:
    rest_fully(pace, monkeypatch, with_helper(), times=RESTS)
    pace.haste = Haste.CAREFUL
    assert not rests(pace, with_helper())


def test_a_helper_that_moves_the_rest_is_waited_for_always(
    pace: Pace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest_fully(pace, monkeypatch, with_helper(), times=RESTS - 1)
    stirred = (with_helper(), with_helper(), with_helper(woken(FIRST, 1), 1))
    rest_fully(pace, monkeypatch, *stirred)
    assert not rests(pace, with_helper(woken(FIRST, 1), 1))


def test_a_helper_that_is_awake_for_a_moment_moves_nothing(
    pace: Pace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest_fully(pace, monkeypatch, with_helper(), times=RESTS)
    awake = looks(FIRST, replace(woken(HELPER, 1), state="R", wait=None))
    rest_fully(pace, monkeypatch, with_helper(), with_helper(), awake, with_helper(wakes=1))
    assert rests(pace, with_helper(wakes=1))


def test_the_first_thread_of_a_process_is_always_waited_for(
    pace: Pace, monkeypatch: pytest.MonkeyPatch
) -> None:
    polling = looks(replace(FIRST, wait=UNKNOWN), HELPER)
    rest_fully(pace, monkeypatch, polling, times=2 * RESTS)
    assert not rests(pace, polling)


def test_a_rest_without_helpers_lets_nothing_be_forgotten(
    pace: Pace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest_fully(pace, monkeypatch, with_helper(), times=RESTS)
    rest_fully(pace, monkeypatch, looks(FIRST))
    assert rests(pace, with_helper(), most=2)


def test_a_first_thread_that_is_awake_before_the_rest_lets_nothing_be_forgotten(
    pace: Pace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest_fully(pace, monkeypatch, with_helper(), times=RESTS)
    assert rests(pace, with_helper(AWAKE), with_helper(), with_helper(), most=3)


def test_a_first_thread_that_wakes_in_a_rest_lets_all_be_forgotten(
    pace: Pace, monkeypatch: pytest.MonkeyPatch
) -> None:
    rest_fully(pace, monkeypatch, with_helper(), times=RESTS)
    rest_fully(pace, monkeypatch, with_helper(), with_helper(), with_helper(AWAKE))
    assert not rests(pace, with_helper(), most=2)
