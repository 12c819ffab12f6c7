"""Trying a program on the swept choices of its family, one after the other, until one shows it."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from faults.fault import Status
from properties.model.harness import Harness
from properties.model.levels import Level
from properties.model.settings import Rules
from properties.model.steps import Workload
from properties.model.sweep import ATTEMPTS, Choice
from properties.model.target_spec import Target
from properties.model.trial import Trial
from properties.model.verdict import FollowUp, Outcome
from properties.roles import ROLES, harness_for
from target.command import Command
from tests.reports.catalogue import Report, build

PATIENCE = 3.0


@dataclass(frozen=True)
class Found:
    """The choice that showed the mistake, how many were tried, and its level."""

    choice: Choice
    tried: int
    level: Level | None


@contextmanager
def harness_of(report: Report, *, fixed: bool) -> Iterator[Harness]:
    """Start a program, or its twin, and stop it."""
    target = Target("127.0.0.1", Command(build(report, fixed=fixed)), role=report.role)
    harness = harness_for(target, Rules(patience=PATIENCE))
    try:
        yield harness
    finally:
        harness.close()


def choices(report: Report) -> tuple[Choice, ...]:
    """Return the swept choices of its family, those that matter most first."""
    swept = ROLES[report.role].family(report.fault).sweep
    return tuple(sorted(swept, key=lambda choice: not choice.matters))


def follow_up(report: Report) -> FollowUp | None:
    """Return what its invariant asks for after a workload, if anything."""
    known = ROLES[report.role].invariants
    return next(one.follow_up for one in known if one.id == report.invariant)


def finds(report: Report) -> Iterator[Found]:
    """Try the choices of its family; return each that violates the invariant of its header."""
    with harness_of(report, fixed=False) as harness:
        for number, choice in enumerate(choices(report), 1):
            for _ in range(ATTEMPTS):
                trial = harness.run_trial(choice.workload, follow_up(report))
                verdict = trial.verdicts[report.invariant]
                if verdict.outcome is Outcome.FAIL:
                    yield Found(choice, number, verdict.level)
                if trial.fault_status()[0] is not Status.MISSED:
                    break


def accused(report: Report, tried: Iterable[Choice]) -> dict[str, str]:
    """Try its corrected twin on choices, and with the follow-up of its invariant where it has one.

    Returns what it fails at SHOULD or stronger, with the reason.
    """
    accused: dict[str, str] = {}
    with harness_of(report, fixed=True) as harness:
        for choice in tried:
            accused |= _violations(harness.run_trial(choice.workload))
        if (after := follow_up(report)) is not None:
            accused |= _violations(harness.run_trial(choices(report)[0].workload, after))
    return accused


def replay(report: Report, workload: Workload, times: int) -> int:
    """Run a workload on fresh instances of a program; return how often it shows the mistake."""
    failed = 0
    for _ in range(times):
        with harness_of(report, fixed=False) as harness:
            trial = harness.run_trial(workload, follow_up(report))
            failed += trial.verdicts[report.invariant].outcome is Outcome.FAIL
    return failed


def _violations(trial: Trial) -> dict[str, str]:
    return {
        name: verdict.reason
        for name, verdict in trial.verdicts.items()
        if verdict.outcome is Outcome.FAIL and (verdict.level or Level.MUST) >= Level.SHOULD
    }
