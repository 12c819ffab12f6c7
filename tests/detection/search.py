"""Looking for the mistake of a mutant, as the suite would, until it is found.

Workloads come from the family that the mutant's header names, its finite choices first, then from
the mixed one. The search ends with the first workload that the named invariant fails, so that a
catch costs a second or less.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass

from faults.server.schedules import Schedule
from properties.model.harness import Harness
from properties.model.levels import Level
from properties.model.role import Family
from properties.model.settings import Limits, Rules
from properties.model.sweep import Choice
from properties.model.target_spec import RoleName, Target
from properties.model.verdict import FollowUp
from properties.roles import ROLES, harness_for, rehearsed, with_schedules
from properties.running.plan import EXAMPLES_A_PART, ONCE
from properties.search.exploration import Exploration, Progress
from properties.search.findings import Failure, Findings
from properties.server.families import CONTROL
from target.chamber import Network
from target.command import Command
from tests.mutants.catalogue import FIRST_SEED, Mutant

EXAMPLES = 80
"""Workloads that are tried in each family before a mutant counts as missed."""

PATIENCE = 3.0
PATIENCES = {"no_spin": 1.0}
"""Seconds for what may still come. A thread that spins is convicted by the processor time it has
used: waiting for it to do something else is in vain, and patience proves nothing."""


PATIENCE_WITH_VARIANTS = 5.0
"""Seconds for what may still come, of a server from which all of it must come."""


@dataclass(frozen=True)
class Detection:
    """What a search has come to: the violation, None where there was none, and what it took.

    `others` are the other invariants that failed on the way, `part` is the number of the part that
    was tried last.
    """

    invariant: str
    failure: Failure | None
    workloads: int
    seconds: float
    others: frozenset[str]
    part: int | None


def detect(
    mutant: Mutant,
    words: tuple[str, ...],
    examples: int = EXAMPLES,
    network: Network = Network.HOST,
    first: int | None = None,
) -> Detection:
    """Look for the mistake of a mutant that this command starts.

    Its header may ask for more workloads than `examples` in each family. `network` WIRE: all
    workloads have two hosts, as in the chamber that this is called in. `first` is the part that is
    tried before the others, such as the one that it was found in last time.
    """
    harness = harness_of(mutant, words, network)
    workloads = 0
    others: set[str] = set()
    failure: Failure | None = None
    part: int | None = None
    began = time.monotonic()
    try:
        for number, search in in_turn(searches(mutant, harness, examples, shrink=False), first):
            part, findings = number, search.run()
            workloads += findings.workloads
            others |= {*findings.failed()} - {mutant.invariant}
            if (failure := findings.cells[mutant.invariant].failure) is not None:
                break
    finally:
        harness.close()
    spent = time.monotonic() - began
    return Detection(mutant.invariant, failure, workloads, spent, frozenset(others), part)


def in_turn(parts: Iterator["Search"], first: int | None) -> Iterator[tuple[int, "Search"]]:
    """Return all parts with their numbers, `first` before the others where there is such a one."""
    numbered = enumerate(parts)
    if not first:
        return numbered
    return iter(sorted(numbered, key=lambda one: one[0] != first))


@dataclass(frozen=True)
class Search:
    """One part in which a mutant is looked for: some finite choices of a family, or drawn ones."""

    exploration: Exploration
    choices: tuple[Choice, ...] = ()

    @property
    def family(self) -> Family:
        """The family whose workloads are tried."""
        return self.exploration.family

    def run(self) -> Findings:
        """Try them."""
        return self.exploration.sweep(self.choices) if self.choices else self.exploration.run()


def searches(
    mutant: Mutant,
    harness: Harness,
    examples: int = EXAMPLES,
    progress: Progress = lambda _: None,
    *,
    shrink: bool = True,
) -> Iterator[Search]:
    """Return the parts in which a mutant is looked for; each ends where it is found."""
    for family in families(mutant.fault, mutant.role):
        if family.fault is Schedule:
            # What is tried is learnt from the server.
            learnt = rehearsed(harness.target, harness.rules)
            family = with_schedules(family, learnt, mutant.seed, None)
        for choices, count, part_seed in parts(family, mutant.seed, mutant.examples or examples):
            exploration = Exploration(
                harness,
                ROLES[mutant.role],
                family,
                count,
                part_seed,
                progress,
                shrink,
                follow_up_of(mutant),
                # A violation is found, however strong the requirement is.
                level=Level.MAY,
            )
            yield Search(exploration, choices)


def accusations(
    words: tuple[str, ...],
    examples: int,
    role: RoleName = RoleName.SERVER,
    restarted: frozenset[str] | None = None,
    tried: frozenset[str] | None = None,
) -> set[str]:
    """Try out `examples` workloads of each family, and the follow-ups, on a correct target.

    `restarted` are the families after which it is started again, `tried` those that it is tried
    with, None: all. Returns what it is accused of: the families and invariants that failed, and
    why.
    """
    rules = Rules(patience=PATIENCE_WITH_VARIANTS)
    harness = harness_for(Target("127.0.0.1", Command(words), role=role), rules)
    accused = set()
    try:
        for family in ROLES[role].families:
            if tried is not None and family.name not in tried:
                continue
            is_restarted = restarted is None or family.name in restarted
            following = _follow_ups(family, role) if is_restarted else ()
            for follow_up, count in ((None, examples), *following):
                exploration = Exploration(
                    harness,
                    ROLES[role],
                    family,
                    count,
                    FIRST_SEED,
                    shrink=False,
                    follow_up=follow_up,
                )
                findings = exploration.run()
                accused |= {_accusation(findings, name) for name in findings.failed()}
    finally:
        harness.close()
    return accused


def _follow_ups(family: Family, role: RoleName) -> tuple[tuple[FollowUp, int], ...]:
    if role is RoleName.CLIENT:
        return ()
    return tuple(
        (follow_up, 1) for follow_up in FollowUp if follow_up not in ONCE or family is CONTROL
    )


def _accusation(findings: Findings, invariant: str) -> str:
    return f"{findings.family} x {invariant}: {findings.cells[invariant].reason}"


def harness_of(mutant: Mutant, words: tuple[str, ...], network: Network = Network.HOST) -> Harness:
    """Return a harness for a mutant, in which only what names its mistake is shrunk.

    What else the mutant violates is counted, and ends no search.
    """
    patience = PATIENCES.get(mutant.invariant, PATIENCE)
    rules = Rules(limits=Limits(mutant.connections), patience=patience, network=network)
    harness = harness_for(Target("127.0.0.1", Command(words), role=mutant.role), rules)
    others = (one.id for one in harness.invariants if one.id != mutant.invariant)
    harness.learnt.shrunk.update(dict.fromkeys(others, Level.MUST))
    return harness


def follow_up_of(mutant: Mutant) -> FollowUp | None:
    """Return what the invariant of a mutant asks for after each workload, if anything."""
    return next(
        known.follow_up for known in ROLES[mutant.role].invariants if known.id == mutant.invariant
    )


def families(fault: str, role: RoleName = RoleName.SERVER) -> tuple[Family, ...]:
    """Return the families in which a mutant is looked for."""
    return tuple(ROLES[role].family(name) for name in dict.fromkeys((fault, "mixed")))


def parts(
    family: Family, seed: int, examples: int
) -> Iterator[tuple[tuple[Choice, ...], int, int]]:
    """Return the choices, the workloads and the seed of each part.

    What is finite comes first, each choice by itself: the search ends with the first that shows the
    mistake. The others are as the suite has them. Within one seed Hypothesis likes to vary what it
    has, and tries out fewer kinds of faults.
    """
    for choice in family.sweep:
        yield (choice,), 1, seed
    for number in range(examples // EXAMPLES_A_PART):
        yield (), EXAMPLES_A_PART, seed * 1000 + number
