"""What a number of schedules is worth (Burckhardt and others, 2010)."""

import pytest

from faults.scheduling.bound import probability, runs_for, seen_with


def test_one_run_shows_a_bug_of_depth_one_with_the_share_of_one_actor() -> None:
    assert probability(3, 40, 1) == pytest.approx(1 / 3)


def test_each_further_event_costs_a_factor_of_all_places() -> None:
    assert probability(3, 40, 2) == pytest.approx(1 / 120)
    assert probability(3, 40, 3) == pytest.approx(1 / 4800)


def test_551_runs_show_a_bug_of_depth_two_among_three_actors_and_forty_places() -> None:
    assert runs_for(3, 40, 2, 0.99) == 551
    assert seen_with(3, 40, 2, 551) >= 0.99
    assert seen_with(3, 40, 2, 550) < 0.99


def test_one_actor_alone_needs_one_run() -> None:
    assert runs_for(1, 40, 1, 0.99) == 1


def test_nothing_is_said_of_less_than_one_actor() -> None:
    with pytest.raises(ValueError, match="0 actors, 40 places, depth 2"):
        probability(0, 40, 2)
