"""Running a case again, on the server it was found in or on another."""

from collections.abc import Callable
from dataclasses import dataclass

from properties.cases import Case
from properties.execute import Rules
from properties.laboratory import Laboratory, Subject
from properties.verdict import Outcome
from target.command import Command


@dataclass(frozen=True)
class Replayed:
    """How often a case was run, how often its invariant was violated, and the last reason."""

    times: int
    failed: int
    doubtful: int
    reason: str

    @property
    def words(self) -> str:
        """The answer: STILL FAILS k/n, FIXED, or ERROR where it could not be told."""
        if self.failed:
            return f"STILL FAILS {self.failed}/{self.times}"
        return "ERROR" if self.doubtful else "FIXED"


def replay(
    case: Case, command: Command | None, times: int, progress: Callable[[int], None]
) -> Replayed:
    """Run a case `times` times, each on a fresh server, and judge the invariant it violated.

    `command` takes the place of the case's own. Raises TargetError when it cannot be started.
    """
    failed = doubtful = 0
    reason = ""
    for number in range(1, times + 1):
        laboratory = Laboratory(_subject(case, command), Rules(case.limits, case.patience))
        is_restart = case.invariant.id == "clean_restart"
        try:
            run = laboratory.try_restart if is_restart else laboratory.try_out
            verdict = run(case.workload).verdicts[case.invariant.id]
        finally:
            laboratory.close()
        if verdict.outcome is Outcome.FAIL:
            failed += 1
            reason = verdict.reason
        elif verdict.outcome is not Outcome.PASS:
            doubtful += 1
            reason = reason or verdict.reason
        progress(number)
    return Replayed(times, failed, doubtful, reason)


def _subject(case: Case, command: Command | None) -> Subject:
    if command is not None:
        return Subject(case.host, command, None if command.names_a_port else case.port)
    return Subject(case.host, case.command, case.port)
