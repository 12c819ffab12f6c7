"""What was violated, and to which family that belongs: to that of its fault, or to `control`.

A violation that shows each time without any fault, or that was found only while no fault happened,
says nothing about the fault. It belongs to the family without faults, where the run has it. And
what one fault alone violates says nothing about several together: whether they meet it as well is a
matter of what was drawn.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from properties.model.levels import Level
from properties.model.steps import Workload
from properties.model.trial import Trial
from properties.model.verdict import Invariant, Outcome, Verdict
from properties.model.violation_kinds import violation_of
from properties.search.cells import Cell
from properties.search.findings import Failure, Findings, size_of
from properties.search.known_violations import Baseline

CONTROL = "control"
"""The family whose workloads have no fault."""

SHOWS_WITHOUT = "it is violated without the fault as well, which is told of control"


MIXED = "mixed"
"""The family whose workloads have several faults."""

SHOWS_ALONE = "it is violated by one fault alone as well, which is told of {families}"


class Violated(NamedTuple):
    """An invariant that was violated: the kind of error that the target named, and the level."""

    invariant: Invariant
    kind: str
    level: Level

    @property
    def name(self) -> str:
        """The name of the violation, as in `Trial.violations`."""
        return violation_of(self.invariant.id, self.kind)


@dataclass
class Seen:
    """What was seen of one violation in a part: its workloads with their levels, and how often.

    `with_the_fault`: at least once, a fault had happened.
    """

    violated: Violated
    workloads: dict[Workload, Level] = field(default_factory=dict)
    times: int = 0
    with_the_fault: bool = False


def give_to_control(findings: Findings, seen: Seen, failure: Failure, baseline: Baseline) -> None:
    """Let a violation belong to `control`, where it may be known. `failure` is shown of it."""
    name, cell = seen.violated.invariant.id, findings.cells[seen.violated.invariant.id]
    cell.take_out(seen.violated.kind, seen.times, SHOWS_WITHOUT)
    entry = baseline.covering(CONTROL, name, failure.actual, failure.level)
    outcome = Outcome.FAIL if entry is None else Outcome.KNOWN
    for _ in range(seen.times):
        findings.control[name].note(Verdict(outcome, failure.actual, level=failure.level))
    if entry is not None:
        findings.met(str(entry), seen.times, failure.actual)
    else:
        findings.control[name].keep(failure.of(CONTROL))


def give_to_single_faults(findings: Mapping[str, Findings]) -> None:
    """Let what one fault alone violates be told of that fault, and not of several. Idempotent.

    `findings` are those of each family. A violation of another kind of error stays, and so does one
    of a MUST where one fault alone violates something weaker.
    """
    mixed = findings.get(MIXED)
    for name, cell in list(mixed.cells.items()) if mixed is not None else []:
        alone = [
            one
            for one in findings.values()
            if one.family != MIXED and name in one.cells and one.cells[name].fails(Level.MUST)
        ]
        kinds = {kind for one in alone for kind in one.cells[name].failures}
        if mixed is not None and alone and cell.failures.keys() <= kinds and cell.judged:
            families = ", ".join(one.family for one in alone)
            mixed.cells[name] = Cell()
            mixed.cells[name].note(Verdict.not_applicable(SHOWS_ALONE.format(families=families)))


def rank_of(invariant: Invariant, tried: Trial) -> tuple[int, int]:
    """Return the sort key of trials that violated an invariant: strong and small ones first."""
    return -tried.verdicts[invariant.id].level, size_of(tried.workload)
