"""Injecting a fault: whatever breaks in it, what became of it is recorded."""

from dataclasses import dataclass
from typing import ClassVar

import pytest

from faults.fault import Fault, FaultOutcome, Status
from properties.engine.injection import inject
from properties.model.events import Injected
from properties.model.history import History


@dataclass(frozen=True)
class Irrevocable(Fault[None]):
    """A fault that happens to c1, and breaks when it is reverted."""

    name: ClassVar[str] = "irrevocable"

    error: type[Exception]

    def apply(self, context: None) -> FaultOutcome:
        """Happen."""
        del context
        return FaultOutcome.fired("it happened", frozenset({1}))

    def undo(self, context: None) -> None:
        """Break."""
        del context
        raise self.error("broken")

    def __str__(self) -> str:
        return "happen, and stay"


@pytest.mark.parametrize("error", [OSError, LookupError, ValueError])
def test_a_fault_that_cannot_be_reverted_keeps_its_outcome(error: type[Exception]) -> None:
    history = History()
    inject(Irrevocable(error), None, history)
    (injected,) = history.of(Injected)
    assert (injected.status, injected.disturbed) == (Status.FIRED, frozenset({1}))
    assert injected.detail == "it happened; it broke off when it was reverted: broken"
    assert injected.broke_off


def test_a_mistake_in_reverting_a_fault_is_not_hidden_and_its_outcome_is_recorded() -> None:
    history = History()
    with pytest.raises(RuntimeError, match="broken"):
        inject(Irrevocable(RuntimeError), None, history)
    (injected,) = history.of(Injected)
    assert (injected.status, injected.detail) == (Status.FIRED, "it happened")
