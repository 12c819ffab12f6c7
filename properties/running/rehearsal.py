"""What a server calls is learnt before its schedules are tried: before a run, or in a part of it.

In a part of the run it keeps one worker busy while the others go on, and the first violation does
not wait for it.
"""

from dataclasses import replace
from typing import Any

from faults.server.schedules import Schedule
from properties.model.sweep import Scope
from properties.roles import rehearsed, with_schedules
from properties.running.division.shard import shard_by_name
from properties.running.plan import Part, PartKind, schedules_of
from properties.running.run import Run
from properties.running.settings import Settings

UNTRIED = "no schedule was tried: the run ended before it was learnt what the server calls"


def has_schedules(settings: Settings) -> bool:
    """Return whether schedules are to be tried, if the target has any."""
    if settings.exhaustive or settings.sweep is Scope.NONE or settings.target.command is None:
        return False
    shard = settings.shard
    if shard is not None and shard_by_name(Schedule.name, shard.of) != shard.number:
        # They are in one shard: machines need not learn the same.
        return False
    return any(family.fault is Schedule for family in settings.families)


def learn(settings: Settings) -> Any:
    """Try out what the target calls. Raises TargetError."""
    return rehearsed(settings.target, settings.rules)


def with_what_was_learnt(settings: Settings, found: Any) -> Settings:
    """Return the settings with the schedules that are to be tried, as far as the target has any.

    One whose calls cannot be held is left as it is.
    """
    families = (
        with_schedules(family, found, settings.seed, settings.examples)
        if family.fault is Schedule and found.scenes
        else family
        for family in settings.families
    )
    return replace(settings, families=tuple(families))


def grow(run: Run, found: Any) -> tuple[Part, ...]:
    """Add to a run the parts of what was learnt meanwhile, and return them."""
    run.settings = replace(with_what_was_learnt(run.settings, found), rehearses=False)
    added = schedules_of(run.settings)
    run.parts += added
    return added


def is_rehearsal(part: Part) -> bool:
    """Return whether a part only learns what is to be tried."""
    return part.kind is PartKind.REHEARSAL
