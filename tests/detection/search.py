"""Looking for the mistake of a mutant, as the suite would, until it is found.

Workloads come from the family that the mutant's header names, then from the mixed one. The search
ends with the first workload that the named invariant fails, so that a catch costs a second or less.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from properties.bench import Bench
from properties.benches import bench_for
from properties.execute import Rules
from properties.explore import Exploration
from properties.families import CONTROL, Family
from properties.findings import Findings
from properties.options import EXAMPLES_A_PART, ONCE
from properties.role import ROLES
from properties.server import Limits
from properties.steps import Workload
from properties.subject import RoleName, Subject
from properties.trial import Trial
from properties.verdict import Sequel
from target.command import Command
from tests.mutants.catalogue import FIRST_SEED, Mutant

EXAMPLES = 80
"""Workloads that are tried in each family before a mutant counts as missed."""

PATIENCE = 3.0
PATIENCES = {"no_spin": 1.0}
"""Seconds for what may still come. A thread that spins is convicted by the processor time it has
used: whoever waits for it to do something else waits in vain, and patience proves nothing."""


PATIENCE_WITH_VARIANTS = 5.0
"""Seconds for what may still come, of a server from which all of it must come."""


class FoundError(BaseException):
    """The invariant failed; carries the trial."""

    def __init__(self, trial: Trial) -> None:
        super().__init__()
        self.trial = trial


@dataclass(frozen=True)
class Detection:
    """What a search has come to: the trial that failed, if any, and what it took."""

    invariant: str
    trial: Trial | None
    workloads: int
    seconds: float
    others: frozenset[str]


def detect(mutant: Mutant, words: tuple[str, ...], examples: int = EXAMPLES) -> Detection:
    """Look for the mistake of a mutant that this command starts.

    Its header may ask for more workloads than `examples` in each family.
    """
    laboratory = laboratory_for(mutant, words)
    search = _Search(mutant.invariant, runner(laboratory, mutant))
    began = time.monotonic()
    try:
        for family in families(mutant.fault, mutant.role):
            for count, part_seed in parts(mutant.seed, mutant.examples or examples):
                Exploration(laboratory, family, count, part_seed, shrink=False).run(search.trial)
    except FoundError as found:
        return search.result(found.trial, time.monotonic() - began)
    finally:
        laboratory.close()
    return search.result(None, time.monotonic() - began)


def accusations(
    words: tuple[str, ...], examples: int, role: RoleName = RoleName.SERVER
) -> set[str]:
    """Try out `examples` workloads of each family, and the sequels, on a correct target.

    Returns what it is accused of: the families and invariants that failed, and why.
    """
    rules = Rules(patience=PATIENCE_WITH_VARIANTS)
    laboratory = bench_for(Subject("127.0.0.1", Command(words), role=role), rules)
    accused = set()
    try:
        for family in ROLES[role].families:
            for sequel, count in ((None, examples), *_sequels(family, role)):
                exploration = Exploration(laboratory, family, count, FIRST_SEED, shrink=False)
                findings = exploration.run(partial(laboratory.try_with, sequel))
                accused |= {_accusation(findings, name) for name in findings.failed()}
    finally:
        laboratory.close()
    return accused


def _sequels(family: Family, role: RoleName) -> tuple[tuple[Sequel, int], ...]:
    if role is RoleName.CLIENT:
        return ()
    return tuple((sequel, 1) for sequel in Sequel if sequel not in ONCE or family is CONTROL)


def _accusation(findings: Findings, invariant: str) -> str:
    return f"{findings.family} x {invariant}: {findings.cells[invariant].reason}"


def laboratory_for(mutant: Mutant, words: tuple[str, ...]) -> Bench:
    """Return a laboratory for a mutant, in which only what names its mistake is shrunk.

    What else the mutant violates is counted, and ends no search.
    """
    patience = PATIENCES.get(mutant.invariant, PATIENCE)
    rules = Rules(limits=Limits(mutant.connections), patience=patience)
    laboratory = bench_for(Subject("127.0.0.1", Command(words), role=mutant.role), rules)
    others = (one.id for one in laboratory.invariants if one.id != mutant.invariant)
    laboratory.shrunk.update(others)
    return laboratory


def runner(laboratory: Bench, mutant: Mutant) -> Callable[[Workload], Trial]:
    """Return what makes the trials: some invariants ask for a sequel behind each workload."""
    return partial(laboratory.try_with, sequel_of(mutant))


def sequel_of(mutant: Mutant) -> Sequel | None:
    """Return what the invariant of a mutant asks for behind each workload, if anything."""
    return next(
        known.sequel for known in ROLES[mutant.role].invariants if known.id == mutant.invariant
    )


def families(fault: str, role: RoleName = RoleName.SERVER) -> tuple[Family, ...]:
    """Return the families in which a mutant is looked for."""
    return tuple(ROLES[role].family(name) for name in dict.fromkeys((fault, "mixed")))


def parts(seed: int, examples: int) -> tuple[tuple[int, int], ...]:
    """Return the workloads and the seed of each part, as the suite does it.

    Within one seed Hypothesis likes to vary what it has, and tries out fewer kinds of faults.
    """
    numbers = range(examples // EXAMPLES_A_PART)
    return tuple((EXAMPLES_A_PART, seed * 1000 + number) for number in numbers)


class _Search:
    def __init__(self, invariant: str, run: Callable[[Workload], Trial]) -> None:
        self._invariant = invariant
        self._run = run
        self._workloads = 0
        self._others: set[str] = set()

    def trial(self, workload: Workload) -> Trial:
        trial = self._run(workload)
        self._workloads += 1
        if self._invariant in trial.failed:
            raise FoundError(trial)
        self._others |= trial.failed
        return trial

    def result(self, trial: Trial | None, seconds: float) -> Detection:
        return Detection(self._invariant, trial, self._workloads, seconds, frozenset(self._others))
