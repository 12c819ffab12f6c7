"""Which segments were sent before."""

import pytest

from faults.wire.segments import SEQUENCE, Direction, Segment
from faults.wire.sent import Sent

IN, OUT = Direction.TO_TARGET, Direction.FROM_TARGET
FIN, SYN, ACK = 1, 2, 16


def segment(
    seq: int, length: int, flags: int = ACK, direction: Direction = IN, port: int = 4000
) -> Segment:
    return Segment(0.0, direction, port, flags, seq % SEQUENCE, 0, 0, length)


def again(*segments: Segment) -> list[bool]:
    sent = Sent()
    return [sent.follow(one).again for one in segments]


@pytest.mark.parametrize("start", [1000, SEQUENCE - 150])
def test_what_is_within_what_was_sent_is_sent_again(start: int) -> None:
    segments = (
        segment(start, 100),
        segment(start + 100, 100),
        segment(start, 100),
        segment(start + 100, 50),
        segment(start + 150, 100),
    )
    assert again(*segments) == [False, False, True, True, False]


def test_each_side_of_each_connection_counts_for_itself() -> None:
    others = (segment(0, 10, direction=OUT), segment(0, 10, port=5000))
    assert again(segment(0, 10), *others, segment(0, 10)) == [False, False, False, True]


def test_an_acknowledgement_alone_is_never_sent_again() -> None:
    assert again(segment(0, 10), segment(10, 0), segment(10, 0), segment(0, 0)) == [False] * 4


def test_a_fin_takes_room() -> None:
    fin = segment(10, 0, FIN | ACK)
    assert again(segment(0, 10), fin, fin) == [False, False, True]


def test_a_port_that_is_used_again_begins_anew() -> None:
    first, second = segment(500, 0, SYN), segment(20, 0, SYN)
    assert again(first, first, second, segment(21, 5)) == [False, True, False, False]


def test_the_window_of_a_side_is_that_of_its_last_segment() -> None:
    sent = Sent()
    assert sent.window(IN, 4000) is None
    for window in (512, 0):
        sent.follow(Segment(0.0, IN, 4000, ACK, 0, 0, window, length=0))
    assert sent.window(IN, 4000) == 0
