"""Sentences between the rows of a timeline."""

import pytest

from properties.server.timeline.wording import crowd


@pytest.mark.parametrize(
    ("clients", "words"),
    [
        ([], ""),
        ([3], "c3"),
        ([1, 2], "c1, c2"),
        ([1, 2, 3], "c1 to c3"),
        ([1, 3, 4, 5, 9], "c1, c3 to c5, c9"),
    ],
)
def test_neighbours_in_a_crowd_are_drawn_together(clients: list[int], words: str) -> None:
    assert crowd(clients) == words
