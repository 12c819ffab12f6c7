"""Running the parts of a plan: one, or all of them in this process."""

from collections.abc import Iterable

from properties.cases.regressions import RUNS, passed
from properties.model.harness import Harness
from properties.roles import harness_for
from properties.running.listener import RunListener, announce
from properties.running.plan import Part
from properties.running.progress.parts import PartProgress
from properties.running.run import Run
from properties.running.settings import Settings
from properties.running.untried import untried
from properties.search.attribution import CONTROL
from properties.search.claims import NOBODY_ELSE, Claims
from properties.search.exploration import Exploration, Progress
from properties.search.findings import Findings

SHRINKING = 60.0
"""Seconds for shrinking in a whole run, however many violations it has."""


def run_part(
    part: Part,
    settings: Settings,
    harness: Harness,
    progress: Progress = lambda _: None,
    *,
    shrinking: float = SHRINKING,
    claims: Claims = NOBODY_ELSE,
) -> Findings:
    """Run one part and return what it has found. Raises TargetError.

    `progress` is called after every workload with the findings so far. `shrinking`: seconds that
    all searches with this harness may take. `claims`: what other processes shrink.
    """
    has_control = any(family.name == CONTROL for family in settings.families)
    if (known := untried(part, harness, has_control=has_control)) is not None:
        return known
    exploration = Exploration(
        harness=harness,
        role=settings.role,
        family=part.family,
        examples=part.workloads,
        seed=part.seed,
        progress=progress,
        follow_up=part.follow_up,
        baseline=settings.baseline,
        budget=shrinking,
        beside_control=has_control and part.family.name != CONTROL,
        level=settings.level,
        claims=claims,
    )
    if part.choices:
        return exploration.sweep(part.choices)
    if part.case is None:
        return exploration.run()
    findings = exploration.again(part.case.workload, RUNS)
    if part.case.invariant.id not in findings.violated():
        findings.notes.append(passed(part.path, findings.workloads))
    return findings


def run_all(run: Run, listeners: Iterable[RunListener] = ()) -> None:
    """Run all parts of a run in this process, one after the other. Raises TargetError."""
    listening = tuple(listeners)
    for listener in listening:
        listener.started(run)
    harness = harness_for(run.settings.target, run.settings.rules, run.settings.role.invariants)
    unfinished: list[Findings] = []
    try:
        for part in run.parts:
            progressed = _progress(run, part, listening, unfinished)
            findings = run_part(part, run.settings, harness, progressed)
            unfinished.clear()
            run.add(findings)
            run.keep_cases()
            for listener in listening:
                listener.part_done(part, findings)
    except KeyboardInterrupt:
        run.interrupted = True
        for findings in unfinished:
            run.add(findings, complete=False)
        raise
    finally:
        harness.close()
        run.settle()
        run.keep_cases()
        run.remove_refuted_cases()
        for listener in listening:
            listener.finished(run, int(run.exit_status))


def _progress(
    run: Run, part: Part, listeners: tuple[RunListener, ...], unfinished: list[Findings]
) -> Progress:
    """Return what is called while a part goes on; `unfinished` gets what it has found so far."""

    def progressed(findings: Findings) -> None:
        unfinished[:] = [findings]
        announce(run, findings, listeners)
        for listener in listeners:
            listener.progressed(progress_of(part, findings))

    return progressed


def progress_of(part: Part, findings: Findings) -> PartProgress:
    """Return how far a part is, as listeners receive it."""
    violated = findings.violations()
    return PartProgress(
        part=part.id,
        family=part.family.name,
        workloads=findings.workloads,
        violated=tuple(violated),
        remark=findings.remark,
        levels=tuple(level.word for level in violated.values()),
    )
