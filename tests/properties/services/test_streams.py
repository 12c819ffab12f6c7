"""Answers known by their form: how far they have come, and where they differ."""

import re

from properties.services.streams import Anything, ExpectedAnswers, shortest_match

NAME = re.compile(rb"hello .*\n", re.DOTALL)


class Differences(list[tuple[int, bytes, bytes]]):
    """Where bytes differed."""

    def __call__(self, offset: int, expected: bytes, actual: bytes) -> None:
        """Keep one."""
        self.append((offset, expected, actual))


def test_an_answer_with_a_pattern_ends_with_its_shortest_match() -> None:
    assert shortest_match(NAME, bytearray(b"hello you\nhello me\n")) == len(b"hello you\n")


def test_a_pattern_that_has_not_come_whole_has_no_match() -> None:
    assert shortest_match(NAME, bytearray(b"hello y")) is None


def test_a_byte_is_missing_until_a_pattern_has_matched() -> None:
    answers = ExpectedAnswers(Differences())
    answers.promise_match(NAME)
    answers.take(b"hello y")
    assert (answers.missing, answers.agreed, answers.promised) == (1, 7, 8)
    answers.take(b"ou\n")
    assert (answers.missing, answers.agreed, answers.promised) == (0, 10, 10)


def test_exact_answers_and_patterns_follow_each_other_in_one_read() -> None:
    differences = Differences()
    answers = ExpectedAnswers(differences)
    answers.promise(b"+OK\n")
    answers.promise_match(NAME)
    answers.promise(b"+BYE\n")
    assert answers.take(b"+OK\nhello you\n+B")
    assert answers.missing == len(b"YE\n")
    assert answers.take(b"YE\n")
    assert differences == []


def test_a_wrong_byte_is_told_with_its_place() -> None:
    differences = Differences()
    answers = ExpectedAnswers(differences)
    answers.promise(b"+OK\n")
    assert not answers.take(b"+NO\n")
    assert differences == [(1, b"OK\n", b"NO\n")]
    assert answers.missing == 0


def test_what_comes_after_the_last_answer_is_more_than_was_owed() -> None:
    differences = Differences()
    answers = ExpectedAnswers(differences)
    answers.promise_match(NAME)
    assert not answers.take(b"hello you\nand me")
    assert differences == [(10, b"", b"and me")]


def test_what_is_forgiven_may_come_and_need_not() -> None:
    differences = Differences()
    answers = ExpectedAnswers(differences)
    answers.promise(b"+OK\n")
    assert answers.forgive()
    assert answers.missing == 0
    assert answers.take(b"+OK\n")
    assert differences == []


def test_after_a_request_that_was_cut_off_anything_may_come() -> None:
    differences = Differences()
    answers = ExpectedAnswers(differences)
    answers.promise(b"+OK\n")
    answers.lose_track()
    assert answers.take(b"+OK\n-ERR what?\n")
    assert differences == []


def test_whatever_comes_is_taken_and_counted() -> None:
    anything = Anything(Differences(), least=1)
    assert anything.missing == 1
    assert anything.take(b"what")
    assert (anything.missing, anything.agreed, anything.promised) == (0, 4, 4)


def test_what_came_of_an_answer_that_does_not_match_is_told_with_its_pattern() -> None:
    answers = ExpectedAnswers(Differences())
    answers.promise(b"+OK\n")
    answers.promise_match(NAME)
    told = [answers.unmatched]
    for data in (b"+OK\nhell", b"x" * 200):
        answers.take(data)
        told.append(answers.unmatched)
    pattern = NAME.pattern.decode()
    assert told == [None, (pattern, b"hell"), (pattern, b"hell" + b"x" * 76)]


def test_an_answer_that_matched_is_told_no_more() -> None:
    answers = ExpectedAnswers(Differences())
    answers.promise_match(NAME)
    answers.take(b"hello you\n")
    assert answers.unmatched is None
