"""Running a case again, on the server it was found in or on another.

A case that depends on a race fails only sometimes: one run without a failure proves nothing. So a
case is run until it fails, or as often as its measured rate of failure requires before it may be
called fixed.
"""

import math
import os
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from faults.fault import Status
from properties.cases.case import Case, CaseError, read_case
from properties.cases.records import was_made_here
from properties.model.events import Event
from properties.model.oracle import Service
from properties.model.role import Family, Role
from properties.model.settings import Rules
from properties.model.target_spec import Target
from properties.model.trial import Trial
from properties.model.verdict import Invariant, Outcome, Verdict
from properties.roles import ROLES, harness_for, probe_target, with_families
from properties.services.registry import saved_service
from target.command import Command
from target.proc import require_proc

CHANCE_OF_A_MISS = 0.01
"""The accepted probability that a case which still fails is called fixed."""

UNMEASURED = (1, 2)
"""Failures and runs that are assumed for a case whose rate was not measured."""


@dataclass(frozen=True)
class Replayed:
    """How often a case was run, how often its invariant was violated, and the last reason.

    `needed`: as many runs without a failure are enough to call it fixed. `history` is that of the
    last run.
    """

    times: int
    failed: int
    doubtful: int
    reason: str
    needed: int = 0
    history: tuple[Event, ...] = ()

    @property
    def is_fixed(self) -> bool:
        """Whether it did not fail, and was run often enough to say so."""
        return not self.failed and not self.doubtful and self.times >= self.needed

    @property
    def words(self) -> str:
        """The result: STILL FAILS k/n, FIXED 0/n, NOT SEEN 0/n after too few runs, or ERROR."""
        if self.failed:
            return f"STILL FAILS {self.failed}/{self.times}"
        if self.doubtful:
            return "ERROR"
        return f"{'FIXED' if self.is_fixed else 'NOT SEEN'} 0/{self.times}"

    @property
    def remark(self) -> str:
        """What is to be said beside the result: the reason, or how many runs are needed."""
        if self.reason or self.is_fixed:
            return self.reason
        return (
            f"too few runs to call it fixed: a case that fails as seldom needs {self.needed}, "
            "as many as are made without --times"
        )

    def answer(self, case: Case) -> str:
        """Return the result as one line, with the fault, the invariant and the level."""
        name = f"{case.fault} x {case.invariant.id}"
        return f"{self.words}  {name}  {case.invariant.section}  {case.level.name}"


def runs_needed(case: Case) -> int:
    """Return how many runs without a failure are enough to call a case fixed.

    The rate of failure is estimated with two more runs than were made (Agresti and Coull, 1998, in
    its simplest form) and at least one failure, so that a few lucky runs do not count as proof.
    """
    failed, times = (case.failed, case.times) if case.times else UNMEASURED
    rate = max(failed, 1) / (times + 2)
    return math.ceil(math.log(CHANCE_OF_A_MISS) / math.log(1 - rate))


def run_again(
    case: Case,
    target: Target,
    times: int | None = None,
    progress: Callable[[Replayed], None] = lambda _: None,
    service: Service | None = None,
    *,
    states: bool = False,
) -> Replayed:
    """Run a case, each time on a fresh target, and judge the invariant it violated.

    It is run `times` times; None: until it fails, or often enough to call it fixed. `progress` is
    called after each run with what is known by then, without a history. `service` is what the
    target owes, None for the case's own.
    `states`: what netstat and ps would show at each step is recorded.
    Raises TargetError when the target cannot be started or reached, CaseError when the case's
    service is not known here.
    """
    service = service or _service_of(case)
    rules = Rules(
        case.limits, case.patience, service, case.reports, signals=case.signals, states=states
    )
    if target.command is None:
        probe_target(target, rules)
    failed = doubtful = number = 0
    reason, history = "", tuple[Event, ...]()
    needed = runs_needed(case)
    most = times or needed
    while number < most and (times is not None or not failed):
        number += 1
        verdict, history = _verdict(case, target, rules)
        if verdict.outcome is Outcome.FAIL:
            failed += 1
            reason = verdict.reason
        elif verdict.outcome is not Outcome.PASS:
            doubtful += 1
            reason = reason or verdict.reason
        so_far = Replayed(number, failed, doubtful, reason, needed)
        progress(so_far)
    return replace(so_far, history=history)


def replay(
    case: Case | str | os.PathLike[str],
    target: Target | None = None,
    times: int | None = None,
    *,
    faults: Iterable[Family] = (),
    invariants: Iterable[Invariant] = (),
    service: Service | None = None,
) -> Replayed:
    """Run a saved case again and return how often its invariant was violated.

    `case` is a file, or a case that was read. `target`: None for the one it was found in. It is run
    `times` times, None: until it fails, or often enough to call it fixed. `faults` and `invariants`
    are your own ones that a file may name, `service` one that is not built in. Raises CaseError for
    a file that is no case, TargetError when the target cannot be started.
    """
    if not isinstance(case, Case):
        case = read_case(Path(case), _roles_with(tuple(faults), tuple(invariants)))
    return run_again(case, target or target_of(case), times, service=service)


def _roles_with(faults: tuple[Family, ...], invariants: tuple[Invariant, ...]) -> list[Role]:
    own = {invariant.id for invariant in invariants}
    return [
        replace(
            with_families(role, faults),
            invariants=(*(one for one in role.invariants if one.id not in own), *invariants),
        )
        for role in ROLES.values()
    ]


def _service_of(case: Case) -> Service:
    service = saved_service(case.service, case.table, case.role.name)
    if service is None:
        raise CaseError(
            f"its service is {case.service}, which only Python code has: run it with "
            "anechoic.replay(case, service=...)"
        )
    return service


def _verdict(case: Case, target: Target, rules: Rules) -> tuple[Verdict, tuple[Event, ...]]:
    harness = harness_for(target, rules, case.role.invariants)
    try:
        trial = harness.run_trial(case.workload, case.invariant.follow_up)
        return _counted(trial, case), tuple(trial.history.events)
    finally:
        harness.close()


def _counted(trial: Trial, case: Case) -> Verdict:
    """Return the verdict; a pass is inconclusive where the fault did not happen."""
    verdict = trial.verdicts[case.invariant.id]
    status, detail = trial.fault_status()
    if verdict.outcome is Outcome.PASS and status is not Status.FIRED:
        return Verdict.inconclusive(f"the fault did not happen ({status.value}: {detail})")
    return verdict


def require_trust(
    case: Case, path: str, command: Command | None, *, trusted: bool, option: str = "--trust"
) -> None:
    """Raise CaseError for a case that somebody else has made, and that names what it runs on.

    `command` is another one that takes its place; `trusted`: the user says so, with `option`.
    """
    if command is not None or trusted or was_made_here(Path(path)):
        return
    raise CaseError(
        f"{path}: it was not made here, or was changed since; it {in_words(target_of(case))}: "
        f"add {option} if you want that, or give a command of your own"
    )


def in_words(target: Target) -> str:
    """Return what a replay does first, in words: the command that it runs, or where it connects."""
    if target.command is None:
        return f"connects to {target}"
    words = (f"runs {target.command}", *target.command.surroundings.words)
    # On one line: a command may have line ends, and say what looks like an answer after one.
    return " ".join(" ".join(words).splitlines())


def target_of(case: Case, command: Command | None = None, port: int | None = None) -> Target:
    """Return what a case is run on: its own target, or another `command`, or on another `port`.

    Raises CaseError; TargetError where nothing can be run here.
    """
    require_proc()
    chosen = command or case.command
    if port is not None and chosen is not None and chosen.names_a_port:
        raise CaseError(
            f"--port {port}: the command {chosen} has a {{port}}: leave one of them out"
        )
    if chosen is not None and chosen.names_a_port and (port is None or command is not None):
        return Target(case.host, chosen, port, case.role.name)
    return Target(case.host, chosen, port or case.port, case.role.name)
