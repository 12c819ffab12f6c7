"""What a server calls in each scene: its actors, and the places at which others may go first.

Learnt from a few schedules of each, on one server. A place that no run has shown is not tried.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from faults.fault import Status
from faults.scheduling.priorities import SERVER, WORKER, WORKERS
from faults.scheduling.trace import Place
from faults.server.schedules import Schedule
from properties.model.settings import Rules
from properties.model.target_spec import Target
from properties.server.harness import ServerHarness
from properties.server.schedules.all_orders import NO_EVENTS, Events, events_of
from properties.server.schedules.events import Scheduled
from properties.server.schedules.scenes import SCENES, Scene


@dataclass(frozen=True)
class Rehearsed:
    """One scene of one server: who takes part, and what it does, our clients' deeds included."""

    scene: Scene
    actors: tuple[str, ...]
    places: tuple[Place, ...]

    @property
    def ours(self) -> tuple[str, ...]:
        """The actors that are ours."""
        return self.scene.plain.our_actors

    def orders(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Return the orders that are tried, each with a name: who goes on first."""
        yield "server first", (SERVER,)
        yield "clients first", ()
        if any(actor.startswith(WORKER) for actor in self.actors):
            yield "workers first", (WORKERS,)


@dataclass(frozen=True)
class Learnt:
    """All that was learnt of a server for its schedules; nothing where it has none."""

    scenes: tuple[Rehearsed, ...]
    events: Events


def rehearsed(target: Target, rules: Rules) -> Learnt:
    """Try each scene out, as far as the server's calls can be scheduled.

    Raises TargetError when the server does not start.
    """
    harness = ServerHarness(target, rules)
    try:
        scenes = tuple(found for scene in SCENES if (found := _rehearsed(scene, harness)))
        return Learnt(scenes, events_of(harness) if scenes else NO_EVENTS)
    finally:
        harness.close()


def _rehearsed(scene: Scene, harness: ServerHarness) -> Rehearsed | None:
    plain = found = _with(Rehearsed(scene, (), ()), (), harness)
    for _, order in reversed(list(plain.orders()) if plain else []):
        if order and found is not None:
            found = _with(found, order, harness)
    return found


def _with(known: Rehearsed, order: tuple[str, ...], harness: ServerHarness) -> Rehearsed | None:
    """Return what is known, and what one more schedule shows; None where there can be none."""
    scene = known.scene
    trial = harness.run_trial(scene.workload(Schedule(scene.deeds, scene.signs, order)))
    if trial.fault_status()[0] is Status.IMPOSSIBLE:
        return None
    actors, places = dict.fromkeys(known.actors), dict.fromkeys(known.places)
    for event in trial.history.of(Scheduled):
        actors |= dict.fromkeys(event.actors)
        places |= dict.fromkeys(event.turns)
    return Rehearsed(scene, tuple(actors), tuple(places))
