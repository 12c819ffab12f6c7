"""Which schedules are tried: each place once behind all others, and some that are drawn.

A mistake of depth 2 needs two events in the wrong order. Where one actor at one place falls behind
all others, everything else comes first: each place once, from two orders, is finite. What needs
more is drawn as PCT draws it (`faults.scheduling.priorities`), from a seed.
"""

import random
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import cycle, islice
from operator import itemgetter

from faults.scheduling.trace import Place
from faults.server.schedules import Schedule
from properties.model.role import Family
from properties.model.sweep import DRAWN_SCHEDULES, Choice, Drawn
from properties.server.schedules import all_orders
from properties.server.schedules.rehearsal import Learnt, Rehearsed

DRAWN = 4
"""Schedules that are drawn of each scene, unless the user says how many workloads are."""

DEPTHS = (2, 1, 2, 3)
"""A schedule is drawn for each depth in turn: it has one change point less than that."""

FEW = 3
"""Of the calls of one kind that an actor makes, so many are each put last: a program that loads
others opens and reads dozens of files, of which none meets another process."""

CHANGED = ("server first", "clients first")
"""The orders from which each place is tried."""

MANY = 256
"""Schedules of places of one server. Where there would be more (a program that starts another for
each client), the first call of each kind is put last, and from one order if these are too many."""

RANGES = ((FEW, CHANGED), (1, CHANGED), (1, CHANGED[:1]))
"""How many calls of a kind, and from which orders, the most first."""


def with_schedules(family: Family, found: Learnt, seed: int, examples: int | None) -> Family:
    """Return the family with the schedules of what was learnt of a server."""
    scenes = found.scenes
    each = DRAWN if examples is None else -(-examples // max(1, len(scenes)))
    changes = _changes(scenes)
    sweep = (choice for one in scenes for choice in (*_orders(one), *changes[one.scene.name]))
    drawn = [_drawn(one, seed, each) for one in scenes]
    bounds = tuple(
        Drawn(one.scene.name, len(one.actors), len(one.places), _names(by_depth))
        for one, by_depth in zip(scenes, drawn, strict=True)
    )
    every = all_orders.choices(found.events) if found.events.places else ()
    of_all = tuple(choice for by_depth in drawn for _, choice in by_depth)
    return replace(family, sweep=(*sweep, *every, *of_all), drawn=bounds)


def _orders(found: Rehearsed) -> Iterator[Choice]:
    for name, order in found.orders():
        yield _choice(found, "orders of calls", name, order, ())


def _changes(scenes: tuple[Rehearsed, ...]) -> dict[str, list[Choice]]:
    """Return by scene the schedules in which one place falls behind all others."""
    found: dict[str, list[Choice]] = {}
    for calls, orders in RANGES:
        found = {one.scene.name: [*_changes_of(one, calls, orders)] for one in scenes}
        if sum(map(len, found.values())) <= MANY:
            break
    return found


def _changes_of(found: Rehearsed, calls: int, orders: tuple[str, ...]) -> Iterator[Choice]:
    for name, order in found.orders():
        for place in found.places if name in orders else ():
            if place.actor not in found.ours and place.nth <= calls:
                value = f"{place} last, {name}"
                one = _choice(found, "calls that wait for all others", value, order, (place,))
                yield replace(one, matters=one.matters and place.nth == 1)


def _choice(
    found: Rehearsed, group: str, value: str, order: tuple[str, ...], changes: tuple[Place, ...]
) -> Choice:
    scene = found.scene
    workload = scene.workload(Schedule(scene.deeds, scene.signs, order, changes))
    return Choice(group, f"{scene.name}: {value}", workload, 2, scene.matters)


def _names(drawn: Iterable[tuple[int, Choice]]) -> dict[int, tuple[str, ...]]:
    """Return the names of the choices that were drawn for each depth."""
    found: dict[int, tuple[str, ...]] = {}
    for depth, choice in sorted(drawn, key=itemgetter(0)):
        found[depth] = (*found.get(depth, ()), choice.value)
    return found


def _drawn(found: Rehearsed, seed: int, count: int) -> list[tuple[int, Choice]]:
    """Draw so many schedules; each comes with the depth that it is for."""
    draw = random.Random(zlib.crc32(f"{seed} {found.scene.name}".encode()))
    drawn = []
    for number, depth in enumerate(islice(cycle(DEPTHS), count), 1):
        order = tuple(draw.sample(found.actors, len(found.actors)))
        points = tuple(draw.sample(found.places, min(depth - 1, len(found.places))))
        value = f"number {number}, for depth {depth}"
        choice = _choice(found, DRAWN_SCHEDULES, value, order, points)
        drawn.append((depth, replace(choice, matters=False)))
    return drawn
