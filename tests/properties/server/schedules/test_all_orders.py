"""Every order of two ends and a new client: which events are free, how many orders there are."""

from faults.scheduling.trace import Place
from faults.server.schedules import Schedule
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.model.target_spec import Target
from properties.server.harness import ServerHarness
from properties.server.schedules.all_orders import (
    Events,
    choices,
    events_of,
    known_from,
    orders_of,
)
from tests.properties.server_runs import variant

A, B, C = (Place(actor, "close") for actor in ("c1", "c2", "c3"))


def test_events_that_came_in_both_orders_are_free() -> None:
    assert known_from([(A, B), (B, A)]).before == frozenset()


def test_events_that_always_came_in_one_order_keep_it() -> None:
    assert known_from([(A, B, C), (B, A, C)]).before == {(A, C), (B, C)}


def test_an_event_that_a_run_did_not_have_says_nothing_about_those_after_it() -> None:
    assert (A, B) in known_from([(A, B), (A,)]).before
    assert (A, B) not in known_from([(A, B), (B,)]).before


def test_all_orders_of_three_free_events_are_six() -> None:
    assert len(list(orders_of(Events((A, B, C), frozenset())))) == 6


def test_what_is_known_is_kept() -> None:
    orders = list(orders_of(Events((A, B, C), frozenset({(A, C)}))))
    assert sorted(orders) == sorted([(A, B, C), (A, C, B), (B, A, C)])


def test_each_order_is_a_choice_with_a_name_of_its_own() -> None:
    made = choices(Events((A, B, C), frozenset()))
    assert len({choice.value for choice in made}) == 6
    (schedule,) = [s.fault for s in made[0].workload if isinstance(s, Inject)]
    assert isinstance(schedule, Schedule)
    assert schedule.sequence == (A, B, C)


def test_a_forking_server_has_the_ends_of_its_workers_as_events_of_their_own() -> None:
    harness = ServerHarness(Target("127.0.0.1", variant("sa_restart")), Rules())
    try:
        events = events_of(harness)
    finally:
        harness.close()
    assert {Place("c1", "close"), Place("c2", "close"), Place("c3", "connect")} < set(events.places)
    exits = [place for place in events.places if place.call == "exit"]
    assert len(exits) == 2
    assert (Place("c1", "close"), Place("c2", "close")) not in events.before
    assert any((Place("c1", "close"), one) in events.before for one in exits)
