"""Segments in a history, and what follows where they were not carried."""

import pytest

from faults.wire.segments import Direction, Fate, Segment
from properties.engine.carried import KEPT, NOT_CARRIED, add_segments, doubt_if_lost
from properties.model.events import Carried, Doubted, Marked
from properties.model.history import History


def segment(at: float, length: int = 0, fate: Fate = Fate.PASSED) -> Segment:
    return Segment(at, Direction.TO_TARGET, 4000, 16, 1, 2, 512, length, fate)


def test_each_stands_at_its_time() -> None:
    history = History(began=100.0)
    history.add(Marked(1.0, "first", 0))
    history.add(Marked(3.0, "last", 0))
    add_segments(history, [segment(102.0, 24)])
    before, carried, after = history.events
    assert isinstance(carried, Carried)
    assert (carried.at, carried.length, carried.flags) == (2.0, 24, "ACK")
    assert (before.at, after.at) == (1.0, 3.0)


def test_what_passed_before_the_history_began_is_none_of_it() -> None:
    history = History(began=100.0)
    add_segments(history, [segment(99.0)])
    assert history.events == []


def test_the_first_ones_are_kept() -> None:
    history = History(began=0.0)
    add_segments(history, [segment(float(at)) for at in range(KEPT + 10)])
    assert [event.at for event in history.events] == [float(at) for at in range(KEPT)]


@pytest.mark.parametrize(
    ("reasons", "doubts"), [((), []), (("EOF", "ETIMEDOUT"), [NOT_CARRIED]), (("ECONNRESET",), [])]
)
def test_a_connection_of_ours_that_times_out_proves_nothing(
    reasons: tuple[str, ...], doubts: list[str]
) -> None:
    history = History()
    doubt_if_lost(history, reasons)
    assert [doubt.reason for doubt in history.of(Doubted)] == doubts


def test_of_later_segments_those_are_kept_to_which_something_was_done() -> None:
    history = History(began=0.0)
    passed = [segment(float(at)) for at in range(KEPT + 10)]
    lost = segment(float(KEPT + 10), fate=Fate.LOST)
    add_segments(history, [*passed, lost, segment(float(KEPT + 11))])
    assert [one.fate for one in history.of(Carried)][KEPT:] == [Fate.LOST]
