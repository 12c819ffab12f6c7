"""What a server calls in each scene: its actors, and the places at which others may go first.

Learnt from a few schedules of each, on one server. A place that no run has shown is not tried.
Where a schedule does not come to its end, as with a server that spins, others do not either: that
scene alone is tried then, and shows why. Of a server that one client shows to be wrong less is
learnt: each of its schedules would take as long as a violation does, and be no news.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from faults.fault import Status
from faults.payloads import A_LINE
from faults.scheduling.priorities import SERVER, WORKER, WORKERS
from faults.scheduling.trace import Place
from faults.server.schedules import Schedule
from properties.model.settings import Rules
from properties.model.steps import Workload
from properties.model.target_spec import Target
from properties.server.harness import ServerHarness
from properties.server.invariants import no_spin
from properties.server.schedules.all_orders import NO_EVENTS, Events, events_of
from properties.server.schedules.events import Scheduled
from properties.server.schedules.scenes import SCENES, Scene
from properties.server.steps import Close, Open, Receive, Send

ONE_CLIENT: Workload = (Open(1), Send(1, A_LINE), Receive(1), Close(1))
"""What a server does without end after it, it does in each schedule."""

PATIENCE = 1.0
"""Seconds of patience at the most: nothing that is seen here is told, and the user waits."""


@dataclass(frozen=True)
class Rehearsed:
    """One scene of one server: who takes part, and what it does, our clients' deeds included.

    `ended`: each of its schedules came to its end.
    """

    scene: Scene
    actors: tuple[str, ...]
    places: tuple[Place, ...]
    ended: bool = True

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
    harness = ServerHarness(target, replace(rules, patience=min(rules.patience, PATIENCE)))
    try:
        return _learnt(harness)
    finally:
        harness.close()


def _learnt(harness: ServerHarness) -> Learnt:
    violated = harness.run_trial(ONE_CLIENT).violated
    if no_spin.INVARIANT.id in violated:
        return Learnt((), NO_EVENTS)
    scenes: list[Rehearsed] = []
    for scene in SCENES:
        found = _rehearsed(scene, harness, once=bool(violated))
        if found is not None and not found.ended:
            return Learnt((found,), NO_EVENTS)
        scenes += [found] if found else []
    return Learnt(tuple(scenes), events_of(harness) if scenes and not violated else NO_EVENTS)


def _rehearsed(scene: Scene, harness: ServerHarness, *, once: bool) -> Rehearsed | None:
    plain = found = _with(Rehearsed(scene, (), ()), (), harness)
    if once:
        return plain
    for _, order in reversed(list(plain.orders()) if plain else []):
        if order and found is not None and found.ended:
            found = _with(found, order, harness)
    return found


def _with(known: Rehearsed, order: tuple[str, ...], harness: ServerHarness) -> Rehearsed | None:
    """Return what is known, and what one more schedule shows; None where there can be none."""
    scene = known.scene
    trial = harness.run_trial(scene.workload(Schedule(scene.deeds, scene.signs, order)))
    status, _ = trial.fault_status()
    if status is Status.IMPOSSIBLE:
        return None
    actors, places = dict.fromkeys(known.actors), dict.fromkeys(known.places)
    for event in trial.history.of(Scheduled):
        actors |= dict.fromkeys(event.actors)
        places |= dict.fromkeys(event.turns)
    return Rehearsed(scene, tuple(actors), tuple(places), status is Status.FIRED)
