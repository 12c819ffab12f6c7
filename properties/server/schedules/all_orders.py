"""Every order of a small case: two clients end and a third one comes, enumerated and counted.

Held are only accept and exit, so that few events are left: the ends and the new client, the exits
of those that served, and the accept. Which event cannot come before which other is learnt from a
few runs with opposite priorities: two events that have come in both orders are free.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from faults.gate.calls import Kind
from faults.payloads import A_LINE
from faults.scheduling.deeds import Deed, What
from faults.scheduling.trace import Place
from faults.server.schedules import Schedule
from properties.model.steps import Inject, Workload
from properties.model.sweep import Choice
from properties.server.generation.shapes import served
from properties.server.harness import ServerHarness
from properties.server.schedules.events import Scheduled
from properties.server.steps import Receive, Send

GROUP = "orders of two ends and a new client"

MOST = 240
"""Orders that are tried; a server of which there are more is told so by the count."""

DEEDS = (Deed(1, What.CLOSE), Deed(2, What.CLOSE), Deed(3, What.CONNECT))
HELD = (Kind.ACCEPT, Kind.EXIT)


@dataclass(frozen=True)
class Events:
    """The events of the case, and of which of them is known that one comes before another."""

    places: tuple[Place, ...]
    before: frozenset[tuple[Place, Place]]


NO_EVENTS = Events((), frozenset())


def workload(schedule: Schedule) -> Workload:
    """Return the case with this schedule of it."""
    return (*served(1, 2), Inject(schedule), Send(3, A_LINE), Receive(3))


def events_of(harness: ServerHarness) -> Events:
    """Run the case with opposite priorities, and return its events."""
    first = _turns(harness, ())
    actors = tuple(dict.fromkeys(place.actor for place in first))
    orders = (actors, actors[::-1], (*actors[1:], *actors[:1]), (*actors[::-1][1:], actors[-1]))
    return known_from((first, *(_turns(harness, order) for order in orders)))


def _turns(harness: ServerHarness, order: tuple[str, ...]) -> tuple[Place, ...]:
    trial = harness.run_trial(workload(Schedule(DEEDS, order=order, held=HELD)))
    return next((event.turns for event in trial.history.of(Scheduled)), ())


def known_from(runs: Iterable[tuple[Place, ...]]) -> Events:
    """Return the events of these runs; those that each time came in one order keep it."""
    made = [run for run in runs if run]
    places = tuple(dict.fromkeys(place for run in made for place in run))
    before = {
        (one, other)
        for one in places
        for other in places
        if one != other and all(_comes_before(one, other, run) for run in made)
    }
    return Events(places, frozenset(before))


def _comes_before(one: Place, other: Place, run: tuple[Place, ...]) -> bool:
    """Return whether a run does not show that `other` may come first."""
    if other not in run:
        return True
    return one in run and run.index(one) < run.index(other)


def orders_of(events: Events) -> Iterator[tuple[Place, ...]]:
    """Return all orders of the events that keep what is known."""
    yield from _continued((), frozenset(events.places), events)


def _continued(
    begun: tuple[Place, ...], left: frozenset[Place], events: Events
) -> Iterator[tuple[Place, ...]]:
    if not left:
        yield begun
    for place in events.places:
        if place in left and not any((other, place) in events.before for other in left):
            yield from _continued((*begun, place), left - {place}, events)


def choices(events: Events) -> tuple[Choice, ...]:
    """Return a choice for each order."""
    return tuple(
        Choice(GROUP, ", ".join(map(_brief, order)), _in_order(order), 3)
        for order in islice(orders_of(events), MOST)
    )


def _in_order(order: tuple[Place, ...]) -> Workload:
    return workload(Schedule(DEEDS, sequence=order, held=HELD))


def _brief(place: Place) -> str:
    return f"{place.actor} {place.call}{f' {place.nth}' if place.nth > 1 else ''}"
