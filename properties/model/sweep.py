"""Sweeps: finite choices of which each is tried once, whatever the seed.

Which error a call fails with, which signal is sent, what meets what: a random draw of some dozen
workloads leaves some of them out, and the same server conforms with one seed and fails with the
next. So they are listed, and tried before anything is drawn.
"""

import enum
import math
from collections.abc import Container, Iterable
from dataclasses import dataclass, field
from typing import Any

from faults.scheduling import bound
from properties.model.steps import Workload

ATTEMPTS = 3
"""How often a choice is tried whose fault has missed its moment."""


class Scope(enum.Enum):
    """Which of the finite choices are tried."""

    ALL = "all"
    MOST_IMPORTANT = "those that matter most"
    NONE = "none"


@dataclass(frozen=True)
class Choice:
    """One value of a finite choice, as a workload.

    `group` names what is chosen: "errors of accept". `clients` are connected at once in it.
    `matters` most: tried in a quick run as well. `slow`: time alone brings what it waits for, so
    that it takes about as long with any target.
    """

    group: str
    value: str
    workload: Workload
    clients: int = 2
    matters: bool = False
    slow: bool = False


@dataclass(frozen=True)
class Drawn:
    """What is known of the schedules that are drawn of one scene.

    So many `actors` take part, and there are so many `places` at which one may fall behind.
    `values` are those of its choices, by the depth for which each was drawn.
    """

    scene: str
    actors: int
    places: int
    values: dict[int, tuple[str, ...]]

    def runs(self, missing: Container[str]) -> dict[int, int]:
        """Return by depth how many were run; `missing` are the values that were not."""
        return {
            depth: sum(value not in missing for value in values)
            for depth, values in self.values.items()
        }

    def seen_with(self, missing: Container[str]) -> dict[int, float]:
        """Return by depth how likely they show a mistake at least: PCT's bound, rounded down."""
        return {
            depth: math.floor(1e4 * bound.seen_with(self.actors, self.places, depth, runs)) / 1e4
            for depth, runs in self.runs(missing).items()
        }

    def as_json(self, missing: Container[str]) -> dict[str, Any]:
        """Return what they are worth, as JSON data."""
        return {
            "scene": self.scene,
            "actors": self.actors,
            "places": self.places,
            "runs": {str(depth): runs for depth, runs in self.runs(missing).items()},
            "seen_with": {str(depth): share for depth, share in self.seen_with(missing).items()},
        }


Answers = dict[str, dict[str, str]]
"""By group, each value that had its turn, and why it could not be tried (empty where it was)."""

DRAWN_SCHEDULES = "drawn schedules"
"""The group of all choices that are drawn schedules."""

NOT_REACHED = "the run ended before"
"""Why a value of the plan was not tried that never had its turn."""

IN_ANOTHER_SHARD = "in another shard"
"""Why a value of the plan was not tried here: another machine has its part."""

PLAIN_FAILS = "each fresh target fails without a fault"
"""Why a value was not tried whose fault would show the same as none."""

CANNOT_BE = "not applicable: "
"""What the reason begins with where no fault of a value can happen at this target, or here."""

WITHOUT_A_TURN = (NOT_REACHED, IN_ANOTHER_SHARD, PLAIN_FAILS)
"""The reasons that say nothing of the value: they are the same for many."""


@dataclass
class Coverage:
    """How many values of a group there are, how many were tried, and which were not, and why."""

    of: int = 0
    tried: int = 0
    missing: dict[str, str] = field(default_factory=dict)


def within(choices: Iterable[Choice], scope: Scope) -> tuple[Choice, ...]:
    """Return the choices that are tried."""
    if scope is Scope.NONE:
        return ()
    return tuple(choice for choice in choices if scope is Scope.ALL or choice.matters)


def coverage(
    choices: Iterable[Choice], answers: Answers, elsewhere: Iterable[Choice] = ()
) -> dict[str, Coverage]:
    """Return by group how many of the planned choices were tried, also where none had its turn.

    `elsewhere` are choices that others try.
    """
    found: dict[str, Coverage] = {}
    for others, those in ((False, choices), (True, elsewhere)):
        for choice in those:
            group = found.setdefault(choice.group, Coverage())
            why_not = answers.get(choice.group, {}).get(choice.value, NOT_REACHED)
            why_not = IN_ANOTHER_SHARD if others else why_not
            group.of += 1
            group.tried += not why_not
            if why_not:
                group.missing[choice.value] = why_not
    return found


def merge(answers: Answers, other: Answers) -> None:
    """Add what another worker has tried."""
    for group, values in other.items():
        answers.setdefault(group, {}).update(values)
