"""Running a case again, on the server it was found in or on another.

A case that depends on a race fails only now and then, and a single run in which it does not fail
says nothing. So a case is run until it fails, or as often as its measured rate of failure asks for
before "fixed" may be said.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from faults.fault import Status
from properties.benches import bench_for, check_subject
from properties.cases import Case
from properties.execute import Rules
from properties.subject import Subject
from properties.trial import Trial
from properties.verdict import Outcome, Verdict
from target.command import Command

CHANCE_OF_A_MISS = 0.01
"""How likely it may be that a case which still fails is called fixed."""

UNMEASURED = (1, 2)
"""Failures and runs that are assumed of a case whose rate was not measured."""


@dataclass(frozen=True)
class Replayed:
    """How often a case was run, how often its invariant was violated, and the last reason."""

    times: int
    failed: int
    doubtful: int
    reason: str

    @property
    def words(self) -> str:
        """The answer: STILL FAILS k/n, FIXED 0/n, or ERROR where it could not be told."""
        if self.failed:
            return f"STILL FAILS {self.failed}/{self.times}"
        return "ERROR" if self.doubtful else f"FIXED 0/{self.times}"

    def answer(self, case: Case) -> str:
        """Return the line that tells it, with what the case is about."""
        return f"{self.words}  {case.fault} x {case.invariant.id}  {case.invariant.section}"


def runs_needed(case: Case) -> int:
    """Return how many runs without a failure are enough to call a case fixed.

    The rate of failure is estimated with one failure and one success less than certain
    (Agresti and Coull, 1998, in its simplest form), so that a few lucky runs do not count as proof.
    """
    failed, times = (case.failed, case.times) if case.times else UNMEASURED
    rate = max(failed, 1) / (times + 2)
    return math.ceil(math.log(CHANCE_OF_A_MISS) / math.log(1 - rate))


def replay(
    case: Case,
    command: Command | None,
    times: int | None,
    progress: Callable[[int], None],
    *,
    port: int | None = None,
) -> Replayed:
    """Run a case, each time on a fresh server, and judge the invariant it violated.

    It is run `times` times; None: until it fails, or often enough to call it fixed. `command` takes
    the place of the case's own, `port` is its fixed one. Raises TargetError when it cannot be
    started or reached.
    """
    subject, rules = (
        _subject(case, command, port),
        Rules(case.limits, case.patience, reports=case.reports),
    )
    if subject.command is None:
        check_subject(subject, rules)
    failed = doubtful = number = 0
    reason = ""
    most = times or runs_needed(case)
    while number < most and (times is not None or not failed):
        number += 1
        laboratory = bench_for(subject, rules)
        try:
            trial = laboratory.try_with(case.invariant.sequel, case.workload)
            verdict = _counted(trial, case)
        finally:
            laboratory.close()
        if verdict.outcome is Outcome.FAIL:
            failed += 1
            reason = verdict.reason
        elif verdict.outcome is not Outcome.PASS:
            doubtful += 1
            reason = reason or verdict.reason
        progress(number)
    return Replayed(number, failed, doubtful, reason)


def _counted(trial: Trial, case: Case) -> Verdict:
    """Return the verdict; nothing follows from a fault that did not happen."""
    verdict = trial.verdicts[case.invariant.id]
    status, detail = trial.what_fired()
    if verdict.outcome is Outcome.PASS and status is not Status.FIRED:
        return Verdict.inconclusive(f"the fault did not happen ({status.value}: {detail})")
    return verdict


def _subject(case: Case, command: Command | None, port: int | None) -> Subject:
    chosen = command or case.command
    if chosen is not None and chosen.names_a_port and (port is None or command is not None):
        return Subject(case.host, chosen, port, case.role.name)
    return Subject(case.host, chosen, port or case.port, case.role.name)
