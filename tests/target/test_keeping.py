"""The tester's end of the keeper."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from target.errors import TargetError
from target.keeping import NO_ANSWER, Kept, Nursery

SLEEPING = ("sleep", "1000")


def dropping(times: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let so many requests get lost, as by a nursery that is killed before it has read them."""
    request = Nursery.request
    left = [times]

    def lose(nursery: Nursery, message: Mapping[str, Any], descriptors: Sequence[int]) -> None:
        left[0] -= 1
        if left[0] < 0:
            request(nursery, message, descriptors)

    monkeypatch.setattr(Nursery, "request", lose)


def test_a_nursery_that_ended_before_it_answered_is_asked_once_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dropping(1, monkeypatch)
    kept = Kept(SLEEPING, os.environ, "/")
    assert kept.is_kept()
    kept.stop()


def test_what_is_ended_each_time_is_said_and_not_held_against_the_command(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dropping(2, monkeypatch)
    with pytest.raises(TargetError, match=NO_ANSWER):
        Kept(SLEEPING, os.environ, "/")
