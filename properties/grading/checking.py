"""The check that a grade follows from: finite choices only, in a sandbox, and always the same.

Nothing is drawn, so that a grade does not depend on a seed: each finite choice of the rubric's
fault families is tried once.
"""

import time
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from properties.grading.grade import Grade, graded, missed, nothing
from properties.grading.rubric import Rubric, Stage
from properties.model.settings import Rules
from properties.model.target_spec import Target
from properties.roles import probe_target
from properties.running.errors import UsageError
from properties.running.extent import Extent
from properties.running.listener import RunListener
from properties.running.plan import Part
from properties.running.pool import Pool
from properties.running.preflight import planned, require_connections
from properties.running.processes import chambered, own_limits
from properties.running.run import Run
from properties.running.settings import Settings
from properties.search.attribution import CONTROL
from properties.search.cells import Cell, Cells
from properties.search.findings import Findings
from target import limits
from target.chamber import Network
from target.confinement import Confinement
from target.errors import NamespaceError, NotStartedError, TargetError

SHRINKING = 4.0
"""Seconds for the search for smallest cases: a student waits for them."""

PROBE = 30.0
"""Seconds for the start and one exchange, which shows whether there is anything to test."""

START = 10.0
"""Seconds for the start, also where the program computes all the time."""

TRUST_IT = "where you trust it, add --trust-submission"


@dataclass(frozen=True)
class Submission:
    """What is graded: the settings of its check, and its sandbox, None for one that is trusted."""

    settings: Settings
    confined: Confinement | None

    @property
    def target(self) -> Target:
        """The target, in its sandbox."""
        target, command = self.settings.target, self.settings.target.command
        assert command is not None
        surroundings = replace(command.surroundings, confined=self.confined)
        return replace(target, command=replace(command, surroundings=surroundings))


def grade_of(
    rubric: Rubric, submission: Submission, extent: Extent, listeners: Sequence[RunListener] = ()
) -> Grade:
    """Check a submission and return its grade.

    One that is interrupted has the stages that were tried to their ends. Raises UsageError where
    it cannot be checked, and KeyboardInterrupt before anything was tried.
    """
    began = time.monotonic()
    settings = _in_its_place(submission)
    problem = _why_not_served(settings.target, settings.rules, min(PROBE, rubric.seconds))
    if problem:
        return Grade(rubric, nothing(rubric), problem, time.monotonic() - began)
    check = Check(rubric, settings, extent, began + rubric.seconds, listeners)
    for families in (check.needed_families, check.further_families):
        if not check.interrupted:
            check.run(families())
    stages = graded(rubric, check.cell_at, check.not_started, check.unfinished())
    seconds = time.monotonic() - began
    return Grade(rubric, stages, "", seconds, tuple(check.notes), partial=check.interrupted)


@dataclass
class GradedRun(Run):
    """A run that keeps what the search has given to `control`, by the family where it was found.

    Where that costs points depends on the rubric, which the search does not know. `ended` counts
    the parts of each family that came to their ends.
    """

    given: dict[str, Cells] = field(default_factory=dict)
    ended: Counter[str] = field(default_factory=Counter)

    def add(self, data: Findings, *, complete: bool = True) -> None:
        """Add what one part has found."""
        super().add(data, complete=complete)
        self.ended[data.family] += complete
        for name, cell in data.control.items():
            failures = {kind: one.of(data.family) for kind, one in cell.failures.items()}
            cells = self.given.setdefault(data.family, Cells())
            cells[name].merge(replace(cell, failures=failures))

    def finished(self) -> set[str]:
        """Return the families all of whose parts came to their ends."""
        planned = Counter(part.family.name for part in self.parts)
        return {name for name, count in planned.items() if self.ended[name] >= count}


@dataclass
class Check:
    """The check of one submission, in two parts: first what other stages need.

    What needs a stage that was lost has no points, whatever it does: it is not tried. `findings`
    are those of each family that was tried, `given` what of them the search has given to `control`.
    """

    rubric: Rubric
    settings: Settings
    extent: Extent
    ends: float
    listeners: Sequence[RunListener]
    findings: dict[str, Cells] = field(default_factory=dict)
    given: dict[str, Cells] = field(default_factory=dict)
    not_started: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    interrupted: bool = False
    finished: set[str] = field(default_factory=set)

    def unfinished(self) -> set[str]:
        """Return the families that an interruption has kept from being tried to their ends."""
        return {*self.rubric.families} - self.finished if self.interrupted else set()

    def cell_at(self, family: str, invariant: str) -> Cell:
        """Return what was found; of a family that was not tried, nothing."""
        cell = Cell()
        for found in (self.findings, self.given):
            if family in found:
                cell.merge(found[family][invariant])
        return cell

    def needed_families(self) -> list[str]:
        """Return the families of the stages that others need."""
        names = {name for stage in self.rubric.stages for name in stage.needs}
        return self._tried_for(stage for stage in self.rubric.stages if stage.name in names)

    def further_families(self) -> list[str]:
        """Return the families of the other stages that may have points, as far as is known."""
        lost = missed(graded(self.rubric, self.cell_at, self.not_started))
        left = (one for one in self.rubric.stages if not lost & set(one.needs))
        return [name for name in self._tried_for(left) if name not in self.findings]

    def _tried_for(self, stages: Iterable[Stage]) -> list[str]:
        """Return the families of stages, and `control` where it may say that theirs cost nothing.

        That is where any stage of the rubric looks at it for the same invariant.
        """
        asked = {place for stage in stages for place in stage.cells}
        told = {(CONTROL, invariant) for _, invariant in asked}
        looked_at = {place for stage in self.rubric.stages for place in stage.cells}
        tried = {family for family, _ in asked | told & looked_at}
        return [name for name in self.rubric.families if name in tried]

    def run(self, families: Sequence[str]) -> None:
        """Try these families, until an interruption. Raises UsageError."""
        if not families:
            return
        plan = planned(_of_the_rubric(self.settings, self.rubric, families))
        run = GradedRun(plan.settings, tuple(one for one in plan.parts if _is_needed(one, plan)))
        for listener in self.listeners:
            listener.started(run)
        seconds = max(0.0, self.ends - time.monotonic())
        try:
            extent = replace(self.extent, seconds=seconds)
            Pool(run, self.listeners, extent, shrinking=SHRINKING).go()
        except KeyboardInterrupt:
            self.interrupted = True
        self.finished |= run.finished()
        if run.errors:
            raise UsageError("\n".join(run.errors))
        self.keep(run)

    def keep(self, run: GradedRun) -> None:
        """Keep what a run has found, and what it has to say."""
        self.findings.update({name: found.cells for name, found in run.findings.items()})
        self.given.update(run.given)
        self.not_started.update(_failed(run))
        self.notes += run.remarks


def _in_its_place(submission: Submission) -> Settings:
    """Return the settings with a network that nothing leaves. Raises UsageError."""
    limits.raise_own()
    settings, _ = own_limits.fitted(replace(submission.settings, target=submission.target))
    settings, why = chambered.settled_in(settings, Network.OWN)
    if why and submission.confined is not None:
        raise UsageError(
            f"the submission would run in this machine's network, not in one of its own: {why}; "
            f"{TRUST_IT}"
        )
    require_connections(settings.target, settings.rules.network)
    return settings


def _why_not_served(target: Target, rules: Rules, seconds: float) -> str:
    """Start it once; return why it cannot be tested, in words. Raises UsageError.

    What is not its fault is an error.
    """
    try:
        chambered.call(rules.network, lambda _: probe_target(target, rules), seconds=seconds)
    except NamespaceError as error:
        raise UsageError(f"there can be no sandbox for it here: {error}; {TRUST_IT}") from None
    except NotStartedError as error:
        raise UsageError(f"{error}{_hint(error, target)}") from None
    except TimeoutError:
        return f"one client was not served within {seconds:g} seconds"
    except TargetError as error:
        last = error.output.strip().splitlines()[-3:]
        return "\n".join((str(error), *last))
    return ""


def _hint(error: TargetError, target: Target) -> str:
    confined = target.surroundings.confined
    if confined is None or "Permission denied" not in str(error):
        return ""
    return f"; it runs with user id {confined.user}: let that one read and execute it"


def _of_the_rubric(settings: Settings, rubric: Rubric, names: Sequence[str]) -> Settings:
    """Return settings in which nothing is drawn, and only what the rubric asks for is judged."""
    asked = {name for stage in rubric.stages for name in stage.invariants}
    judging = tuple(one for one in settings.role.invariants if one.id in asked)
    role = replace(settings.role, invariants=judging)
    families = tuple(settings.role.family(name) for name in names)
    return replace(settings, role=role, families=families, examples=0)


def _is_needed(part: Part, run: Run) -> bool:
    served = {one.follow_up for one in run.invariants}
    return part.follow_up is None or part.follow_up in served


def _failed(run: Run) -> dict[str, str]:
    """Return why the program could not be started any more, by the family not tried for it."""
    if not run.target_errors:
        return {}
    return {
        name: run.target_errors[0] for name, found in run.findings.items() if not found.workloads
    }
