"""Running the steps of a workload and injecting faults: the same for both roles."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from faults.fault import BREAKING_OFF, Fault, FaultOutcome
from properties.model.events import Injected, StepBegan
from properties.model.history import History
from properties.model.steps import Step, Workload

C = TypeVar("C")


def run_steps(
    workload: Workload,
    make: Callable[[Step], None],
    history: History,
    has_seen_enough: Callable[[], bool],
) -> None:
    """Run the steps in their order, each recorded, until enough has been seen."""
    for index, step in enumerate(workload):
        history.add(StepBegan(history.now(), index, str(step)))
        make(step)
        if has_seen_enough():
            return


def inject(fault: Fault[C], context: C, history: History) -> None:
    """Apply a fault, revert what would outlast it, and record what became of it in any case."""
    outcome, broke_off = FaultOutcome.missed("the fault was interrupted"), False
    try:
        outcome, broke_off = _applied(fault, context)
    finally:
        try:
            if why := _not_reverted(fault, context):
                outcome, broke_off = replace(outcome, detail=f"{outcome.detail}; {why}"), True
        finally:
            history.add(_injected(history.now(), fault, outcome, broke_off=broke_off))


def _applied(fault: Fault[C], context: C) -> tuple[FaultOutcome, bool]:
    """Apply a fault; return what became of it, and whether it broke off."""
    try:
        return fault.apply(context), False
    except BREAKING_OFF as error:
        # The target ended in the middle of it: other evidence shows what that means.
        return FaultOutcome.missed(f"the fault broke off: {error}"), True


def _not_reverted(fault: Fault[C], context: C) -> str:
    """Revert a fault; return why that broke off, empty where it did not."""
    try:
        fault.undo(context)
    except BREAKING_OFF as error:
        return f"it broke off when it was reverted: {error}"
    return ""


def _injected(at: float, fault: Fault[C], outcome: FaultOutcome, *, broke_off: bool) -> Injected:
    became = (outcome.status, outcome.detail, outcome.disturbed)
    return Injected(at, fault.name, *became, broke_off)
