"""Running the steps of a workload and injecting faults: the same for both roles."""

from collections.abc import Callable
from typing import TypeVar

from faults.fault import Fault, FaultOutcome
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
    """Apply a fault, revert what would outlast it, and record what became of it."""
    outcome = FaultOutcome.missed("the fault was interrupted")
    broke_off = False
    try:
        outcome = fault.apply(context)
    except (OSError, LookupError, ValueError) as error:
        # The target ended in the middle of it: other evidence shows what that means.
        outcome = FaultOutcome.missed(f"the fault broke off: {error}")
        broke_off = True
    finally:
        fault.undo(context)
        history.add(
            Injected(
                history.now(),
                fault.name,
                outcome.status,
                outcome.detail,
                outcome.disturbed,
                broke_off,
            )
        )
