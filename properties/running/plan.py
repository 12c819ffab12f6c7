"""What is to be run: the parts of a run, in their order.

A part is a number of workloads with a seed of its own, so that a family is spread over all workers.
The first parts of all families come first, so that a run that is stopped early has tried each. Of a
family what matters most comes first, and what is swept begins with a part of few choices, so that
most mistakes are found by those parts. What is swept without a fault follows at once, and then what
is slow with any target.
"""

import enum
import math
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter

from faults.server.schedules import Schedule
from properties.cases.case import Case
from properties.cases.regressions import KnownCase
from properties.model.role import Family
from properties.model.sweep import (
    DRAWN_SCHEDULES,
    Answers,
    Choice,
    Coverage,
    Drawn,
    Scope,
    coverage,
    within,
)
from properties.model.target_spec import RoleName
from properties.model.verdict import FollowUp
from properties.running.division.costs import cost_of
from properties.running.division.shard import Shard, shard_by_name, shards_by_cost
from properties.running.settings import Settings

EXAMPLES_A_PART = 8
"""Workloads in one part."""

FIRST_CHOICES = 2
"""Choices in the first part of what is swept of a family with a fault."""

WITH_A_FOLLOW_UP = {FollowUp.RESTART: 1, FollowUp.ROUNDS: 1, FollowUp.FLOOD: 1}
"""Workloads that are followed by each follow-up."""

ONCE = frozenset({FollowUp.ROUNDS, FollowUp.FLOOD})
"""The follow-ups that show the same after any workload: made for the first family only."""

BY_ADDRESS = frozenset({FollowUp.FLOOD})
"""The follow-ups that are possible with a server that we did not start."""


MORE_TRAFFIC, SLOW, LEARNING = 0.2, 0.4, 0.6
"""Of rounds that are counted from 0: the places of what comes between the first and the second."""


class PartKind(enum.Enum):
    """What a part does; the value is the name of the suite's test for it."""

    KNOWN = "test_known"
    SWEEP = "test_sweep"
    REHEARSAL = "test_rehearsal"
    WORKLOADS = "test_workloads"
    FOLLOW_UP = "test_sequel"


@dataclass(frozen=True)
class Part:
    """A number of workloads of one family, from a seed.

    `id` is unique in a run. `follow_up` is made after each workload. Instead of generated workloads
    `choices` are tried, or `case` is run, which was read from the file `path`. A rehearsal tries no
    workload of the plan: it learns what there is to be tried.
    """

    kind: PartKind
    id: str
    family: Family
    seed: int
    workloads: int
    follow_up: FollowUp | None = None
    case: Case | None = None
    path: str = ""
    choices: tuple[Choice, ...] = ()

    @property
    def test(self) -> str:
        """The name of the suite's test that runs it."""
        return f"{self.kind.value}[{self.id}]"


def plan(settings: Settings, known: Iterable[KnownCase] = ()) -> tuple[Part, ...]:
    """Return the parts of a run, those of its shard where it has one.

    `known` are cases of earlier runs, which are tried first.
    """
    return divided(whole_plan(settings, known), settings.shard)[0]


def divided(
    parts: tuple[Part, ...], shard: Shard | None
) -> tuple[tuple[Part, ...], tuple[Part, ...]]:
    """Return the parts of a shard, and those of all others, each in their order.

    Cases of earlier runs, which not every machine has, are divided by their names, and change
    nothing in how the others are divided. What is learnt from the target, which not every machine
    need learn alike, is in one shard.
    """
    if shard is None:
        return parts, ()
    names = [named_for_its_shard(part) for part in parts]
    costs = [
        0 if name else cost_of(part.family.name, part.workloads, part.follow_up)
        for part, name in zip(parts, names, strict=True)
    ]
    numbers = [
        shard_by_name(name, shard.of) if name else number
        for name, number in zip(names, shards_by_cost(costs, shard.of), strict=True)
    ]
    own = [number == shard.number for number in numbers]
    return (
        tuple(part for part, mine in zip(parts, own, strict=True) if mine),
        tuple(part for part, mine in zip(parts, own, strict=True) if not mine),
    )


def named_for_its_shard(part: Part) -> str:
    """Return the name by which a part gets its shard, "" for one that is divided by its cost."""
    if part.case is not None:
        return part.id
    return Schedule.name if part.family.fault is Schedule else ""


def whole_plan(settings: Settings, known: Iterable[KnownCase] = ()) -> tuple[Part, ...]:
    """Return the parts of a run as if it had no shard."""
    swept = _sweeps(settings)
    if settings.exhaustive:
        return (*_known(settings, known), *(part for _, part in swept))
    begins = math.ceil(swept[-1][0]) + 1 if swept else 0
    rounds = (*swept, *((begins + number, part) for number, part in _workloads(settings)))
    early = 2 if swept else 1
    # What follows some workloads takes longest: begun early, it keeps no worker waiting at the end.
    return (
        *_known(settings, known),
        *(part for number, part in rounds if number < early),
        *_follow_ups(settings),
        *(part for number, part in rounds if number >= early),
    )


def covered(
    parts: Iterable[Part], answers: Mapping[str, Answers], elsewhere: Iterable[Part] = ()
) -> list[tuple[str, str, Coverage]]:
    """Return family, group and coverage of each group of choices in the plan.

    `answers` are those of each family, by its name; `elsewhere` are the parts of other shards.
    """
    planned: dict[str, list[Choice]] = {}
    others: dict[str, list[Choice]] = {}
    for found, of_these in ((planned, parts), (others, elsewhere)):
        for part in of_these:
            found.setdefault(part.family.name, []).extend(part.choices)
    families = dict.fromkeys((*planned, *others))
    return [
        (family, group, one)
        for family in families
        for group, one in coverage(
            planned.get(family, ()), answers.get(family, {}), others.get(family, ())
        ).items()
    ]


def drawn(
    settings: Settings, found: Iterable[tuple[str, str, Coverage]]
) -> list[tuple[Drawn, frozenset[str]]]:
    """Return the scenes of which schedules were drawn, and which of these were not run.

    `found` is what `covered` returns.
    """
    groups = (one for _, group, one in found if group == DRAWN_SCHEDULES)
    missing = frozenset(value for one in groups for value in one.missing)
    return [(one, missing) for family in settings.families for one in family.drawn]


def _known(settings: Settings, known: Iterable[KnownCase]) -> Iterator[Part]:
    for one in known:
        case = one.case
        yield Part(
            kind=PartKind.KNOWN,
            id=one.path.stem,
            family=settings.role.family(case.fault),
            seed=settings.seed,
            workloads=1,
            follow_up=case.invariant.follow_up,
            case=case,
            path=str(one.path),
        )


def _sweeps(settings: Settings) -> list[tuple[float, Part]]:
    """Return the parts that sweep with their rounds: the first of each family, then the second, ...

    Between those comes all other traffic without a fault, then the choices that are slow and matter
    most, and the rehearsal. The schedules come when that is over.
    """
    rounds: list[tuple[float, Part]] = []
    for family in settings.families:
        if settings.rehearses and family.fault is Schedule:
            name = f"{family.name}-rehearsal"
            rehearsal = Part(PartKind.REHEARSAL, name, family, settings.seed, workloads=0)
            rounds.append((LEARNING, rehearsal))
            continue
        chosen = _in_order(within(family.sweep, settings.sweep))
        portions = _portions(chosen, is_plain=_is_plain(family))
        for number, (place, portion) in enumerate(portions):
            rounds.append((place, _sweep(settings, family, number, portion)))
    return sorted(rounds, key=itemgetter(0))


def _portions(
    choices: tuple[Choice, ...], *, is_plain: bool
) -> Iterator[tuple[float, tuple[Choice, ...]]]:
    """Yield the choices of each part of a family, with the round to which the part belongs."""
    most = len(choices) if is_plain else FIRST_CHOICES
    first = [one for one in choices if not one.slow and (one.matters or not is_plain)][:most]
    slow = [one for one in choices if one.slow and one.matters][:most]
    yield from ((0, part) for part in _parted(first))
    yield from ((SLOW, part) for part in _parted(slow))
    left = [one for one in choices if one not in first and one not in slow]
    others = _parted(sorted(left, key=lambda one: one.slow))
    yield from ((MORE_TRAFFIC if is_plain else 1 + n, part) for n, part in enumerate(others))


def _parted(choices: Sequence[Choice]) -> list[tuple[Choice, ...]]:
    begins = range(0, len(choices), EXAMPLES_A_PART)
    return [tuple(choices[begin : begin + EXAMPLES_A_PART]) for begin in begins]


def _sweep(settings: Settings, family: Family, number: int, choices: tuple[Choice, ...]) -> Part:
    name, count = f"{family.name}-sweep-{number}", len(choices)
    return Part(PartKind.SWEEP, name, family, settings.seed, count, choices=choices)


def _in_order(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    return tuple(sorted(choices, key=lambda one: not one.matters))


def schedules_of(settings: Settings) -> tuple[Part, ...]:
    """Return the parts that sweep the schedules that were learnt."""
    return tuple(part for _, part in _sweeps(settings) if part.family.fault is Schedule)


def _is_plain(family: Family) -> bool:
    """Return whether it tries traffic alone: what is wrong there is the commonest mistake."""
    return family.fault is None


def _workloads(settings: Settings) -> Iterator[tuple[int, Part]]:
    parts = [
        (number, family, min(EXAMPLES_A_PART, count - done))
        for family in settings.families
        for count in [wanted(settings, family)]
        for number, done in enumerate(range(0, count, EXAMPLES_A_PART))
    ]
    for number, family, count in sorted(parts, key=lambda part: part[0]):
        seed = _seed(settings, family, number)
        yield number, Part(PartKind.WORKLOADS, f"{family.name}-{number}", family, seed, count)


def wanted(settings: Settings, family: Family) -> int:
    """Return how many workloads are drawn of a family: of one without anything to draw, none."""
    if settings.sweep is Scope.MOST_IMPORTANT:
        return family.few
    is_asked = settings.examples is not None and family.examples > 0
    return settings.examples or 0 if is_asked else family.examples


def _follow_ups(settings: Settings) -> Iterator[Part]:
    target = settings.target
    if target.role is not RoleName.SERVER:
        return
    families = [
        one
        for one in settings.families
        if one.examples and not (one.fault and one.fault.ends_target)
    ]
    for follow_up, count in WITH_A_FOLLOW_UP.items():
        if target.command is None and follow_up not in BY_ADDRESS:
            continue
        for family in families[: 1 if follow_up in ONCE else None]:
            name = f"{family.name}-{follow_up.name.lower()}"
            seed = _seed(settings, family, -1)
            yield Part(PartKind.FOLLOW_UP, name, family, seed, count, follow_up)


def _seed(settings: Settings, family: Family, number: int) -> int:
    return zlib.crc32(f"{settings.seed} {family.name} {number}".encode())
