"""A racy workload as schedules: what its clients do, in orders that may show its mistake each time.

Two processes race in a case that fails now and then. The same deeds are tried with the server's
calls in order, and then with each call once behind all others. Which calls there are is learnt from
the run before.
"""

from collections.abc import Callable, Iterator

from faults.scheduling.deeds import Deed, What
from faults.scheduling.priorities import SERVER, WORKERS
from faults.scheduling.trace import Place
from faults.server.disconnect_burst import DisconnectBurst, Manner
from faults.server.killed_children import KillWorker
from faults.server.schedules import Schedule
from properties.model.steps import Inject, Step, Workload
from properties.model.trial import Trial
from properties.server.schedules.events import Scheduled
from properties.server.steps import AT_ONCE, Close, HalfClose, Open, Receive, Reset, Send

MOST_DEEDS = 24
"""More take so long that few orders could be tried."""

STEPS: dict[type[Step], What] = {
    Open: What.CONNECT,
    Send: What.SEND,
    HalfClose: What.HALF_CLOSE,
    Close: What.CLOSE,
    Reset: What.RESET,
}


def in_schedules(workload: Workload, latest: Callable[[], Trial | None]) -> Iterator[Workload]:
    """Return the workload's deeds in several schedules; nothing where they say not all of it.

    `latest` returns the trial that was made last, of what was returned last.
    """
    deeds = tuple(_deeds_of(workload))
    if not deeds or len(deeds) > MOST_DEEDS or deeds[0].what is not What.CONNECT:
        return
    places: dict[Place, None] = {}
    for order in ((SERVER,), (), (WORKERS,)):
        yield (Inject(Schedule(deeds, order=order)),)
        places |= dict.fromkeys(_places_of(latest()))
    ours = {deed.actor for deed in deeds}
    for order in ((SERVER,), ()):
        for place in places:
            if place.actor not in ours:
                yield (Inject(Schedule(deeds, order=order, changes=(place,))),)


def _places_of(trial: Trial | None) -> Iterator[Place]:
    for event in trial.history.of(Scheduled) if trial is not None else ():
        yield from event.turns


def _deeds_of(workload: Workload) -> list[Deed]:
    """Return what the clients of a workload do, nothing where a step says something else."""
    found: list[Deed] = []
    for step in workload:
        deeds = _deeds_in(step)
        if deeds is None:
            return []
        found += deeds
    return found


def _deeds_in(step: Step) -> list[Deed] | None:
    if isinstance(step, Inject):
        return _deeds_of_a_fault(step)
    if type(step) in STEPS and isinstance(step, AT_ONCE):
        return [Deed(step.client, STEPS[type(step)])]
    return [] if isinstance(step, Receive) else None


def _deeds_of_a_fault(step: Inject) -> list[Deed] | None:
    match step.fault:
        case DisconnectBurst(clients, manner):
            what = What.RESET if manner is Manner.RST else What.CLOSE
            first = What.KILL if manner is Manner.KILLED_FIRST else what
            return [Deed(client, what if place else first) for place, client in enumerate(clients)]
        case KillWorker(client):
            return [Deed(client, What.KILL)]
        case _:
            return None
