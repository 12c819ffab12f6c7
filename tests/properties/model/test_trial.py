"""What a fault has to say on how its workload is judged: for what only, and what the cause is."""

from dataclasses import replace

from faults.fault import Status
from faults.gate.lawful_errors import About, CallErrno
from faults.server.exchange import Caller
from faults.server.failed_calls import FailCall
from properties.model.events import Injected, StepBegan
from properties.model.steps import Inject
from properties.model.trial import NOT_BEGUN, NOT_OWED, Trial, judged
from properties.model.verdict import Invariant, Outcome, Verdict
from properties.server.steps import Open
from tests.properties.server.histories import history

ONCE = FailCall(2, Caller.LISTENER, "accept", About.LISTENING, 1, CallErrno.EMFILE, False, 3)
CAUSE = "; the cause: accept of the listener failed"


def trial(fault: FailCall, invariant: str, status: Status = Status.FIRED) -> Trial:
    always = Invariant(invariant, "here", "it MUST hold", lambda _: Verdict.failed("it does not"))
    seen = history(Injected(0.0, fault.name, status, "as asked for", frozenset()))
    return judged((Open(1), Inject(fault)), seen, [always])


def test_after_a_call_that_fails_once_all_is_judged() -> None:
    verdict = trial(ONCE, "listener_survives").verdicts["listener_survives"]
    assert (verdict.outcome, verdict.reason) == (Outcome.FAIL, f"it does not{CAUSE}")


def test_a_listener_whose_call_fails_for_good_may_end() -> None:
    verdict = trial(replace(ONCE, for_good=True), "listener_survives").verdicts["listener_survives"]
    assert (verdict.outcome, verdict.reason) == (Outcome.NOT_APPLICABLE, NOT_OWED)


def test_a_listener_may_not_end_for_what_fails_in_a_worker() -> None:
    fault = replace(ONCE, caller=Caller.WORKER, for_good=True)
    assert trial(fault, "listener_survives").violated


def test_nothing_excuses_a_spin() -> None:
    assert trial(replace(ONCE, for_good=True), "no_spin").violated


def test_a_call_that_did_not_fail_excuses_nothing_and_is_no_cause() -> None:
    fault = replace(ONCE, for_good=True)
    verdict = trial(fault, "listener_survives", Status.MISSED).verdicts["listener_survives"]
    assert (verdict.outcome, verdict.reason) == (Outcome.FAIL, "it does not")


def test_a_fault_that_the_run_did_not_come_to_was_missed() -> None:
    began = history(StepBegan(0.0, 0, "open c1"))
    assert judged((Open(1), Inject(ONCE)), began, []).fault_status() == NOT_BEGUN
    assert judged((Open(1),), began, []).fault_status()[0] is Status.FIRED
