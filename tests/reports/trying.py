"""Trying a program on the swept choices of its family, one after the other, until one shows it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from properties.model.harness import Harness
from properties.model.levels import Level
from properties.model.settings import Rules
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
    reason: str


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


def find(report: Report) -> Found | None:
    """Try the choices of its family until one violates the invariant of its header."""
    with harness_of(report, fixed=False) as harness:
        for number, choice in enumerate(choices(report), 1):
            for _ in range(ATTEMPTS):
                trial = harness.run_trial(choice.workload, follow_up(report))
                verdict = trial.verdicts[report.invariant]
                if verdict.outcome is Outcome.FAIL:
                    return Found(choice, number, verdict.level, verdict.reason)
                if trial.fault_status()[0].value != "missed":
                    break
    return None


def accusations(trial: Trial) -> dict[str, str]:
    """Return what a trial of a correct program fails at SHOULD or stronger, with the reason."""
    return {
        name: verdict.reason
        for name, verdict in trial.verdicts.items()
        if verdict.outcome is Outcome.FAIL and (verdict.level or Level.MUST) >= Level.SHOULD
    }
