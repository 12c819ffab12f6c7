"""What was violated, and to which family that belongs: to that of its fault, or to `control`.

A violation that shows each time without any fault, or that was found only while no fault happened,
says nothing about the fault. It belongs to the family without faults, where the run has it. And
what finite choices of one fault violate each time is told of that fault: whether what is drawn of
another one meets it as well is luck.
"""

from collections.abc import Mapping, Set
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

MET_BY_LUCK = "what was drawn met what is violated each time with another fault: told of {families}"


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
        findings.control[name].merge(Cell(failures={failure.kind: failure.of(CONTROL)}))


def give_to_the_swept(findings: Mapping[str, Findings], swept: Set[tuple[str, str]]) -> None:
    """Let a violation that only drawn workloads of a family met be told where it is certain.

    `swept` are the families and invariants that a finite choice has violated, and not in some runs
    only. One of a family is certain where it is a MUST and its smallest case has failed each time.
    Another kind of error is another violation, and stays. Idempotent.
    """
    met = [(one, name) for one in findings.values() for name in one.failed()]
    sure = [(one, name) for one, name in met if _is_certain(one.cells[name])]
    for one, name in met:
        told = [other for other, of in sure if of == name and (other.family, of) in swept]
        kinds = {kind for other in told for kind in other.cells[name].failures}
        is_drawn = (one.family, name) not in swept
        if told and is_drawn and one.cells[name].failures.keys() <= kinds:
            families = ", ".join(other.family for other in told)
            one.cells[name] = Cell()
            one.cells[name].note(Verdict.not_applicable(MET_BY_LUCK.format(families=families)))


def _is_certain(cell: Cell) -> bool:
    failure = cell.failure
    return cell.fails(Level.MUST) and failure is not None and 1 < failure.times == failure.failed


def rank_of(invariant: Invariant, tried: Trial) -> tuple[int, int]:
    """Return the sort key of trials that violated an invariant: strong and small ones first."""
    return -tried.verdicts[invariant.id].level, size_of(tried.workload)
