"""A search looks for the strongest violation: a weak one neither ends it nor takes its place."""

from typing import Any

from faults.payloads import A_LINE
from faults.server.accept_errors import AcceptErrno, AcceptError
from faults.server.scarce_descriptors import ScarceDescriptors
from properties.model.levels import Level
from properties.model.steps import Inject, Step, Workload
from properties.model.sweep import Choice
from properties.model.trial import Trial, judged
from properties.model.verdict import Invariant, Outcome, Verdict
from properties.search.findings import Findings
from properties.search.measured_case import confirmed
from properties.search.reproduction import Reproductions
from properties.search.smallest_case import Search
from properties.server.steps import Close, Open, Send
from tests.properties.search.made_up import MadeUpHarness, exploration, trial
from tests.properties.server.histories import history, injected

DIES = "listener_survives"
SCARCE: Step = Inject(ScarceDescriptors((1,), 0))
NO_NETWORK: Step = Inject(AcceptError((1,), AcceptErrno.ENONET, 1))
INTERRUPTED: Step = Inject(AcceptError((1,), AcceptErrno.EINTR, 1))


def dies_of(*causes: type[Step] | Step) -> Any:
    """Return what makes up trials: the listener dies where one of these steps is made.

    The levels are those that follow from the faults.
    """

    def run(workload: Workload) -> Trial:
        dies = any(step == c or type(step) is c for step in workload for c in causes)
        verdict = Verdict.failed("it died") if dies else Verdict.passed()
        judging = Invariant(DIES, "UNP 5.9", "it MUST live", lambda _: verdict)
        faults = [step.fault.name for step in workload if isinstance(step, Inject)]
        seen = history(*(injected(fault=name) for name in faults))
        return judged(workload, seen, [judging])

    return run


def smallest(run: Any, start: Workload, level: Level = Level.MAY) -> Trial:
    found = Search(DIES, run, lambda: 0.0, level=level).find([start])
    assert found is not None
    assert found.trial is not None
    return found.trial


def test_a_case_without_the_weak_fault_shows_the_stronger_violation() -> None:
    found = smallest(dies_of(Close), (Open(1), SCARCE, Close(1)))
    assert found.workload == (Open(1), Close(1))
    assert found.level_of(DIES) is Level.MUST


def test_a_stronger_error_is_not_lowered_to_a_weaker_one_that_comes_first() -> None:
    found = smallest(dies_of(Inject), (Open(1), INTERRUPTED), Level.MUST)
    assert found.workload == (INTERRUPTED,)


def test_a_weaker_error_is_lowered_to_a_stronger_one() -> None:
    found = smallest(dies_of(Inject), (Open(1), NO_NETWORK))
    assert found.workload == (Inject(AcceptError((1,), AcceptErrno.ECONNABORTED, 1)),)
    assert found.level_of(DIES) is Level.SHOULD


def test_once_a_run_has_shown_a_stronger_violation_weaker_ones_are_no_failures() -> None:
    runs = Reproductions(DIES, dies_of(Inject))
    assert runs.fails((NO_NETWORK,))
    assert runs.fails((INTERRUPTED,))
    assert not runs.fails((NO_NETWORK,))
    assert (runs.failures((NO_NETWORK,)), runs.times((NO_NETWORK,))) == (0, 2)
    assert runs.evidence((NO_NETWORK,)) is None
    assert runs.failures((INTERRUPTED,)) == 1


def test_a_case_is_not_confirmed_by_a_weaker_violation() -> None:
    found = Search(DIES, dies_of(INTERRUPTED), lambda: 0.0).find([(INTERRUPTED,)])
    assert found is not None
    weak = dies_of(Inject)((NO_NETWORK,))
    assert confirmed(DIES, found, lambda _: weak, lambda _: weak).trial is None


def with_level(level: Level, tried: Trial) -> Trial:
    """Return a trial whose listener died, at a level."""
    verdict = Verdict(Outcome.FAIL, "it died", level=level)
    return Trial(tried.workload, tried.history, {**tried.verdicts, DIES: verdict})


def weak_if_it_sends(workload: Workload) -> Trial:
    """Violate a MAY where something is sent, and a MUST where a client closes as well."""
    kinds = {type(step) for step in workload}
    if Send not in kinds:
        return trial(workload)
    return with_level(Level.MUST if Close in kinds else Level.MAY, trial(workload))


def levels_of(findings: Findings) -> dict[str, Level]:
    return findings.violations()


def test_a_weak_violation_does_not_end_a_part() -> None:
    levels = iter((Level.MAY, Level.MAY, Level.MUST))

    def run(workload: Workload) -> Trial:
        return with_level(next(levels), trial(workload))

    findings = exploration(run, shrink=False, examples=30, level=Level.MUST).run()
    assert levels_of(findings) == {DIES: Level.MUST}
    assert findings.cells[DIES].counts["fail"] == 3


def test_a_violation_that_fails_the_run_ends_its_part() -> None:
    findings = exploration(weak_if_it_sends, shrink=False, examples=30, level=Level.MAY).run()
    assert findings.cells[DIES].counts["fail"] == 1


def test_a_violation_that_is_shrunk_is_shrunk_again_when_it_is_stronger() -> None:
    harness = MadeUpHarness(weak_if_it_sends)
    harness.learnt.shrunk[DIES] = Level.MAY
    exploration(weak_if_it_sends, harness=harness).run()
    assert harness.learnt.shrunk == {DIES: Level.MUST}


def test_a_violation_that_is_shrunk_is_not_shrunk_again_when_it_is_weaker() -> None:
    harness = MadeUpHarness(weak_if_it_sends)
    harness.learnt.shrunk[DIES] = Level.MUST
    run = exploration(weak_if_it_sends, harness=harness, examples=10)
    assert run.run().workloads <= 10


def test_of_a_sweep_the_strongest_violation_is_kept_whatever_comes_after_it() -> None:
    made: list[Workload] = []

    def run(workload: Workload) -> Trial:
        """Violate a MUST in every other run, so that no case of it is certain, and a MAY else."""
        made.append(workload)
        tried = weak_if_it_sends(workload)
        return trial(workload) if tried.level_of(DIES) is Level.MUST and len(made) % 2 else tried

    strong = Choice("ends", "a", (Open(2), Open(1), Send(1, A_LINE), Close(1)), 1)
    weak = Choice("ends", "b", (Open(1), Send(1, A_LINE)), 1)
    made.append(())
    failure = exploration(run).sweep([strong, weak]).cells[DIES].failure
    assert failure is not None
    assert Close(1) in failure.case.workload


def test_of_two_workloads_the_one_with_the_stronger_violation_is_kept() -> None:
    seen = exploration(weak_if_it_sends, shrink=False, examples=30).run()
    failure = seen.cells[DIES].failure
    assert failure is not None
    assert any(isinstance(step, Close) for step in failure.case.workload)
