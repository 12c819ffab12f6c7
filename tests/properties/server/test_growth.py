"""What has grown after a workload, and when that is a leak and not a pool."""

import pytest

from properties.server import growth
from properties.server.events import Census, NotRepeated
from properties.server.growth import FILLING, REPETITIONS
from properties.server.resources import InitialResources
from tests.properties.server.histories import census, filled, history

FIRST = InitialResources(frozenset(), descriptors=4, threads=2, names=frozenset())


def counted(descriptors: int = 4, threads: int = 2, strays: int = 0) -> Census:
    pids = range(80, 80 + strays)
    made = history(census("end", descriptors=descriptors, threads=threads, strays=pids))
    return next(made.of(Census))


def test_a_target_with_as_much_as_at_first_or_less_has_not_grown() -> None:
    assert not growth.has_grown(FIRST, counted())
    assert not growth.has_grown(FIRST, counted(descriptors=3, threads=1))


@pytest.mark.parametrize("more", [counted(descriptors=5), counted(threads=3), counted(strays=1)])
def test_one_descriptor_thread_or_process_more_is_growth(more: Census) -> None:
    assert growth.has_grown(FIRST, more)


def test_what_was_left_and_not_repeated_is_recorded_as_what_is_more_than_at_first() -> None:
    more = growth.left_unrepeated(FIRST, counted(7, 3, 2), 1.5, "it was over")
    assert more == NotRepeated(1.5, descriptors=3, threads=1, strays=2, why="it was over")
    less = growth.left_unrepeated(FIRST, counted(3, 1), 1.5, "it was over")
    assert less == NotRepeated(1.5, descriptors=0, threads=0, strays=0, why="it was over")


def test_growth_in_all_repetitions_is_known() -> None:
    whole = list(range(1 + REPETITIONS))
    assert growth.unknown(history(), whole, lambda _: 0) is None
    assert growth.grows_each_time(whole)


def test_a_pool_is_full_after_512_connections() -> None:
    assert FILLING == 512
    assert growth.doubt(history(filled(512))) is None
    assert growth.doubt(history(filled(511))) is not None


def test_the_most_connections_that_were_made_count() -> None:
    assert growth.doubt(history(filled(3), filled(512), filled(4))) is None


def test_without_a_count_none_were_made() -> None:
    assert "but 0 connections are too few" in (growth.doubt(history()) or "")
