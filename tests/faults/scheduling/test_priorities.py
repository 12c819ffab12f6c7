"""The scheduler's choice: priorities, change points, and places that go on in a given order."""

from faults.scheduling.priorities import SERVER, WORKERS, Priorities
from faults.scheduling.trace import Place

ACCEPT = Place("listener", "accept")
CLOSE = Place("worker 1", "close")
COMES = Place("c1", "connect")
ALL = {"listener": ACCEPT, "worker 1": CLOSE, "c1": COMES}


def picked(priorities: Priorities, candidates: dict[str, Place]) -> list[str]:
    """Return in which order these go on, where nothing else comes."""
    left, found = dict(candidates), []
    while left:
        found.append(priorities.pick(left))
        del left[found[-1]]
    return found


def test_our_clients_come_first_where_nothing_is_said() -> None:
    assert picked(Priorities(ours=("c1",)), ALL) == ["c1", "listener", "worker 1"]


def test_the_order_says_who_comes_first() -> None:
    order = ("worker 1", "listener")
    assert picked(Priorities(order, ("c1",)), ALL) == ["worker 1", "listener", "c1"]


def test_a_group_stands_for_all_of_its_actors() -> None:
    assert picked(Priorities((SERVER,), ("c1",)), ALL) == ["listener", "worker 1", "c1"]
    assert picked(Priorities((WORKERS,), ("c1",)), ALL) == ["worker 1", "c1", "listener"]


def test_at_a_change_point_an_actor_falls_behind_all_others() -> None:
    priorities = Priorities((SERVER,), ("c1",), (ACCEPT,))
    assert picked(priorities, ALL) == ["worker 1", "c1", "listener"]
    assert priorities.unmet == ()


def test_the_first_change_point_still_comes_before_the_second() -> None:
    priorities = Priorities((SERVER,), ("c1",), (CLOSE, ACCEPT))
    assert picked(priorities, ALL) == ["c1", "worker 1", "listener"]


def test_a_change_point_counts_once() -> None:
    priorities = Priorities(("listener",), ("c1",), (ACCEPT,))
    assert priorities.pick(ALL) == "c1"
    assert picked(priorities, {"listener": Place("listener", "accept", 2)}) == ["listener"]


def test_a_change_point_that_is_not_met_is_told() -> None:
    elsewhere = Place("worker 7", "close")
    priorities = Priorities((), ("c1",), (elsewhere,))
    picked(priorities, ALL)
    assert priorities.unmet == (elsewhere,)


def test_one_that_asks_again_and_again_lets_all_others_go_first() -> None:
    priorities = Priorities((SERVER,), ("c1",), (CLOSE,))
    priorities.yield_to_others("listener")
    assert picked(priorities, ALL) == ["c1", "worker 1", "listener"]


def test_what_is_in_the_sequence_goes_on_in_that_order() -> None:
    priorities = Priorities((), ("c1",), sequence=(CLOSE, COMES, ACCEPT))
    assert picked(priorities, ALL) == ["worker 1", "c1", "listener"]
    assert priorities.unmet == ()


def test_what_is_not_in_the_sequence_comes_before_it() -> None:
    priorities = Priorities((), ("c1",), sequence=(CLOSE, COMES))
    assert picked(priorities, ALL) == ["listener", "worker 1", "c1"]


def test_a_sequence_that_cannot_be_kept_is_told() -> None:
    priorities = Priorities((), ("c1",), sequence=(CLOSE, COMES))
    assert picked(priorities, {"c1": COMES}) == ["c1"]
    assert priorities.unmet == (CLOSE, COMES)
