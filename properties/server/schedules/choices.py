"""Which schedules are tried: each place once behind all others, and some that are drawn.

A mistake of depth 2 needs two events in the wrong order. Where one actor at one place falls behind
all others, everything else comes first: each place once, from two orders, is finite. What needs
more is drawn as PCT draws it (`faults.scheduling.priorities`), from a seed.
"""

import random
import zlib
from collections.abc import Iterator
from dataclasses import replace

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

CHANGED = ("server first", "clients first")
"""The orders from which each place is tried."""


def with_schedules(family: Family, found: Learnt, seed: int, examples: int | None) -> Family:
    """Return the family with the schedules of what was learnt of a server."""
    scenes = found.scenes
    each = DRAWN if examples is None else -(-examples // max(1, len(scenes)))
    sweep = tuple(choice for one in scenes for choice in (*_orders(one), *_changes(one)))
    drawn = tuple(choice for one in scenes for choice in _drawn(one, seed, each))
    bounds = tuple(
        Drawn(one.scene.name, len(one.actors), len(one.places), _values(one, each))
        for one in scenes
    )
    every = all_orders.choices(found.events) if found.events.places else ()
    return replace(family, sweep=(*sweep, *every, *drawn), drawn=bounds)


def _orders(found: Rehearsed) -> Iterator[Choice]:
    for name, order in found.orders():
        yield _choice(found, "orders of calls", name, order, ())


def _changes(found: Rehearsed) -> Iterator[Choice]:
    for name, order in found.orders():
        for place in found.places if name in CHANGED else ():
            if place.actor not in found.ours:
                value = f"{place} last, {name}"
                yield _choice(found, "calls that wait for all others", value, order, (place,))


def _choice(
    found: Rehearsed, group: str, value: str, order: tuple[str, ...], changes: tuple[Place, ...]
) -> Choice:
    scene = found.scene
    workload = scene.workload(Schedule(scene.deeds, scene.signs, order, changes))
    return Choice(group, f"{scene.name}: {value}", workload, 2, scene.matters)


def _values(found: Rehearsed, count: int) -> dict[int, tuple[str, ...]]:
    """Return the values of the choices that are drawn, by depth, with the name of the scene."""
    values = {
        depth: tuple(
            f"{found.scene.name}: {_value(number)}"
            for number in range(count)
            if _depth(number) == depth
        )
        for depth in sorted(set(DEPTHS))
    }
    return {depth: named for depth, named in values.items() if named}


def _depth(number: int) -> int:
    return DEPTHS[number % len(DEPTHS)]


def _value(number: int) -> str:
    return f"number {number + 1}, for depth {_depth(number)}"


def _drawn(found: Rehearsed, seed: int, count: int) -> Iterator[Choice]:
    draw = random.Random(zlib.crc32(f"{seed} {found.scene.name}".encode()))
    for number in range(count):
        order = tuple(draw.sample(found.actors, len(found.actors)))
        changes = min(_depth(number) - 1, len(found.places))
        points = tuple(draw.sample(found.places, changes))
        choice = _choice(found, DRAWN_SCHEDULES, _value(number), order, points)
        yield replace(choice, matters=False)
