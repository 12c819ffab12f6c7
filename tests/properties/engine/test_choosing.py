"""Strategies for choices are made once, and equal values of two kinds are not confused."""

from hypothesis import given, settings
from hypothesis import strategies as st

from properties.engine.choosing import among, between, one_of


def test_the_same_choice_has_one_strategy() -> None:
    assert among(1, 2) is among(1, 2)
    assert between(1, 9) is between(1, 9)
    assert one_of(among(1), between(2, 3)) is one_of(among(1), between(2, 3))


@settings(max_examples=20, database=None)
@given(st.data())
def test_numbers_are_no_truth_values(data: st.DataObject) -> None:
    numbers, truths = among(0, 1), among(False, True)
    assert type(data.draw(numbers)) is int
    assert type(data.draw(truths)) is bool
