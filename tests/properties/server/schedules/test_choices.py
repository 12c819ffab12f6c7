"""Which schedules are tried of a server: swept places, and orders that are drawn from the seed."""

from faults.scheduling.priorities import SERVER
from faults.scheduling.trace import Place
from faults.server.schedules import Schedule
from properties.model.role import Family
from properties.model.steps import Inject
from properties.model.sweep import Choice, Scope, within
from properties.server.role import SERVER as ROLE
from properties.server.schedules.all_orders import NO_EVENTS
from properties.server.schedules.choices import MANY, with_schedules
from properties.server.schedules.rehearsal import Learnt, Rehearsed
from properties.server.schedules.scenes import SCENES

PLACES = (
    Place("c1", "connect"),
    Place("listener", "accept"),
    Place("listener", "fork"),
    Place("worker 1", "exit"),
)
FOUND = Rehearsed(SCENES[0], ("c1", "c2", "listener", "worker 1"), PLACES)


def made(seed: int = 1, examples: int | None = None) -> Family:
    return with_schedules(ROLE.family("schedules"), Learnt((FOUND,), NO_EVENTS), seed, examples)


def schedule_of(choice: Choice) -> Schedule:
    (schedule,) = [step.fault for step in choice.workload if isinstance(step, Inject)]
    assert isinstance(schedule, Schedule)
    return schedule


def in_group(family: Family, group: str) -> list[Choice]:
    return [choice for choice in family.sweep if choice.group.startswith(group)]


def test_each_call_of_the_server_comes_once_behind_all_others_from_two_orders() -> None:
    tried = [schedule_of(one) for one in in_group(made(), "calls that wait")]
    assert sorted((one.order, one.changes[0]) for one in tried) == sorted(
        (order, place) for order in ((SERVER,), ()) for place in PLACES[1:]
    )


def test_of_many_calls_of_a_kind_the_first_three_are_put_last() -> None:
    reads = tuple(Place("worker 1", "read", number) for number in range(1, 31))
    found = Learnt((Rehearsed(SCENES[0], FOUND.actors, reads),), NO_EVENTS)
    family = with_schedules(ROLE.family("schedules"), found, 1, None)
    tried = {schedule_of(one).changes[0] for one in in_group(family, "calls that wait")}
    assert tried == set(reads[:3])


def calls(kinds: int) -> Learnt:
    """Return what a server shows that makes so many kinds of calls, three of each."""
    places = tuple(
        Place("worker 1", f"call {kind}", nth) for kind in range(kinds) for nth in (1, 2, 3)
    )
    return Learnt((Rehearsed(SCENES[0], FOUND.actors, places),), NO_EVENTS)


def put_last(found: Learnt) -> set[tuple[int, tuple[str, ...]]]:
    """Return which calls of each kind are put last, and from which orders."""
    family = with_schedules(ROLE.family("schedules"), found, 1, None)
    tried = [schedule_of(one) for one in in_group(family, "calls that wait")]
    assert len(tried) <= MANY
    return {(one.changes[0].nth, one.order) for one in tried}


def test_where_a_server_makes_very_many_calls_the_first_of_each_kind_is_put_last() -> None:
    both = ((SERVER,), ())
    assert put_last(calls(42)) == {(nth, order) for nth in (1, 2, 3) for order in both}
    assert put_last(calls(43)) == {(1, order) for order in both}
    assert put_last(calls(129)) == {(1, (SERVER,))}


def test_in_a_quick_run_the_first_call_of_each_kind_is_put_last() -> None:
    family = with_schedules(ROLE.family("schedules"), calls(2), 1, None)
    quick = within(in_group(family, "calls that wait"), Scope.MOST_IMPORTANT)
    assert {schedule_of(one).changes[0].nth for one in quick} == {1}


def test_the_orders_alone_are_tried_as_well() -> None:
    assert len(in_group(made(), "orders of calls")) == 3


def test_what_is_drawn_depends_on_the_seed_alone() -> None:
    first, again = (in_group(made(seed=7), "drawn") for _ in range(2))
    assert first == again
    assert first != in_group(made(seed=8), "drawn")


def test_as_many_are_drawn_as_the_user_asks_for() -> None:
    assert len(in_group(made(examples=90), "drawn")) == 90


def test_drawn_schedules_name_every_actor_and_up_to_two_change_points() -> None:
    for choice in in_group(made(examples=60), "drawn"):
        schedule = schedule_of(choice)
        assert sorted(schedule.order) == sorted(FOUND.actors)
        assert len(schedule.changes) == int(choice.value[-1]) - 1


def test_the_number_of_actors_and_places_is_kept_for_the_bound() -> None:
    (drawn,) = made().drawn
    assert (drawn.actors, drawn.places) == (4, 4)
    values = {value for named in drawn.values.values() for value in named}
    assert values == {choice.value for choice in in_group(made(), "drawn")}


def test_no_value_stands_twice_in_a_group() -> None:
    family = with_schedules(
        ROLE.family("schedules"),
        Learnt((FOUND, Rehearsed(SCENES[1], FOUND.actors, PLACES)), NO_EVENTS),
        1,
        None,
    )
    values = [(one.group, one.value) for one in family.sweep]
    assert len(values) == len(set(values))
