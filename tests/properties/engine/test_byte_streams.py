"""Expected bytes: what comes is compared with what is due."""

from dataclasses import dataclass

import pytest

from properties.engine.byte_streams import EXCERPT, ExpectedBytes


@dataclass(frozen=True)
class Difference:
    """What an `ExpectedBytes` says where bytes differ: the offset, and both sides from there."""

    offset: int
    expected: bytes
    actual: bytes


def due(promised: bytes) -> tuple[ExpectedBytes, list[Difference]]:
    differences: list[Difference] = []
    stream = ExpectedBytes(lambda *found: differences.append(Difference(*found)))
    stream.promise(promised)
    return stream, differences


def test_what_comes_as_promised_is_not_recorded() -> None:
    stream, differences = due(b"a line\n")
    assert stream.take(b"a li")
    assert stream.take(b"ne\n")
    assert differences == []
    assert (stream.promised, stream.come, stream.missing, stream.has_differed) == (7, 7, 0, False)


def test_what_has_not_come_is_missing() -> None:
    stream, _ = due(b"a line\n")
    stream.take(b"a ")
    assert stream.missing == 5
    stream.promise(b"more")
    assert stream.missing == 9


@pytest.mark.parametrize("pieces", [(b"a lime\n",), (b"a l", b"im", b"e\n"), (b"a li", b"me\n")])
def test_the_first_byte_that_differs_is_recorded_with_its_place(pieces: tuple[bytes, ...]) -> None:
    stream, differences = due(b"a line\n")
    for piece in pieces:
        stream.take(piece)
    (found,) = differences
    assert found.offset == 4
    assert found.expected.startswith(b"n")
    assert found.actual.startswith(b"m")


def test_after_the_first_difference_nothing_more_is_compared() -> None:
    stream, differences = due(b"abcdef")
    assert not stream.take(b"xb")
    assert not stream.take(b"yyyy")
    assert [found.offset for found in differences] == [0]
    assert stream.has_differed
    assert (stream.come, stream.missing) == (6, 0)


@pytest.mark.parametrize(("promised", "offset"), [(b"", 0), (b"abc", 3)])
def test_what_comes_beyond_what_is_due_differs_from_nothing(promised: bytes, offset: int) -> None:
    stream, differences = due(promised)
    stream.take(promised + b"too much")
    (found,) = differences
    assert found == Difference(offset, b"", b"too much")


def test_what_comes_beyond_what_is_due_leaves_nothing_missing() -> None:
    stream, _ = due(b"abc")
    stream.take(b"abcdef")
    assert stream.missing == 0


def test_of_both_sides_an_excerpt_is_kept() -> None:
    stream, differences = due(b"a" * 1000)
    stream.take(b"a" * 10 + b"b" * 900)
    (found,) = differences
    assert found == Difference(10, b"a" * EXCERPT, b"b" * EXCERPT)


def test_what_was_compared_is_counted_in_the_next_offset() -> None:
    stream, differences = due(b"a" * 100)
    stream.take(b"a" * 60)
    stream.promise(b"z")
    stream.take(b"a" * 40 + b"y")
    (found,) = differences
    assert found == Difference(100, b"z", b"y")


def test_a_byte_that_is_allowed_may_come_in_its_place_or_not() -> None:
    for come in (b"one!two", b"onetwo"):
        stream, differences = due(b"one")
        stream.allow(b"!")
        stream.promise(b"two")
        assert stream.take(come)
        assert (differences, stream.missing, stream.agreed) == ([], 0, 6)


def test_a_byte_that_is_allowed_may_come_before_or_after_its_place() -> None:
    for come in (b"!onetwo", b"onetwo!"):
        stream, differences = due(b"one")
        stream.allow(b"!")
        stream.promise(b"two")
        assert stream.take(come)
        assert differences == []


def test_a_byte_that_is_allowed_comes_no_second_time() -> None:
    stream, differences = due(b"one")
    stream.allow(b"!")
    assert stream.take(b"!o")
    assert not stream.take(b"!ne")
    assert differences == [Difference(1, b"ne", b"!ne")]


def test_a_byte_that_is_due_is_not_taken_for_the_one_that_is_allowed() -> None:
    stream, differences = due(b"!one")
    stream.allow(b"!")
    assert stream.take(b"!!one")
    assert (differences, stream.missing) == ([], 0)


def test_another_byte_than_the_one_that_is_allowed_differs() -> None:
    stream, differences = due(b"one")
    stream.allow(b"!")
    assert not stream.take(b"?one")
    assert differences == [Difference(0, b"one", b"?one")]
