"""The ledger: bytes that come are compared with those that are due."""

import pytest

from properties.comparing import EXCERPT
from properties.history import History
from properties.peer.events import Altered, Place
from properties.peer.ledger import Due


def due(promised: bytes) -> tuple[Due, History]:
    history = History()
    stream = Due(Place.PRINTED, history)
    stream.promise(promised)
    return stream, history


def only_altered(history: History) -> Altered:
    (event,) = history.events
    assert isinstance(event, Altered)
    return event


def test_what_comes_as_promised_is_not_recorded() -> None:
    stream, history = due(b"a line\n")
    stream.take(b"a li")
    stream.take(b"ne\n")
    assert history.events == []
    assert (stream.promised, stream.come, stream.missing, stream.altered) == (7, 7, 0, False)


def test_what_has_not_come_is_missing() -> None:
    stream, _ = due(b"a line\n")
    stream.take(b"a ")
    assert stream.missing == 5
    stream.promise(b"more")
    assert stream.missing == 9


@pytest.mark.parametrize("pieces", [(b"a lime\n",), (b"a l", b"im", b"e\n"), (b"a li", b"me\n")])
def test_the_first_byte_that_differs_is_recorded_with_its_place(pieces: tuple[bytes, ...]) -> None:
    stream, history = due(b"a line\n")
    for piece in pieces:
        stream.take(piece)
    event = only_altered(history)
    assert (event.place, event.offset) == (Place.PRINTED, 4)
    assert event.expected.startswith(b"n")
    assert event.actual.startswith(b"m")


def test_after_the_first_difference_nothing_more_is_compared() -> None:
    stream, history = due(b"abcdef")
    stream.take(b"xb")
    stream.take(b"yyyy")
    assert only_altered(history).offset == 0
    assert stream.altered
    assert (stream.come, stream.missing) == (6, 0)


@pytest.mark.parametrize(("promised", "offset"), [(b"", 0), (b"abc", 3)])
def test_what_comes_beyond_what_is_due_differs_from_nothing(promised: bytes, offset: int) -> None:
    stream, history = due(promised)
    stream.take(promised + b"too much")
    event = only_altered(history)
    assert (event.offset, event.expected, event.actual) == (offset, b"", b"too much")


def test_what_comes_beyond_what_is_due_leaves_nothing_missing() -> None:
    stream, _ = due(b"abc")
    stream.take(b"abcdef")
    assert stream.missing == 0


def test_of_both_sides_an_excerpt_is_kept() -> None:
    stream, history = due(b"a" * 1000)
    stream.take(b"a" * 10 + b"b" * 900)
    event = only_altered(history)
    assert (event.offset, event.expected, event.actual) == (10, b"a" * EXCERPT, b"b" * EXCERPT)


def test_what_was_compared_is_counted_in_the_next_offset() -> None:
    stream, history = due(b"a" * 100)
    stream.take(b"a" * 60)
    stream.promise(b"z")
    stream.take(b"a" * 40 + b"y")
    event = only_altered(history)
    assert (event.offset, event.expected, event.actual) == (100, b"z", b"y")
