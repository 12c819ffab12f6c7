"""What the invariants of both roles have in common."""

from collections.abc import Iterable
from typing import Protocol

from properties.model.events import Conclusion
from properties.model.verdict import Verdict


class Wait(Protocol):
    """An event that says how waiting for the target ended, and what was seen."""

    @property
    def conclusion(self) -> Conclusion:
        """How it ended."""

    @property
    def evidence(self) -> str:
        """What was seen, in words."""


class Moment(Wait, Protocol):
    """An event of a moment with nothing to do. `spinning`: which thread computed, "" for none."""

    @property
    def spinning(self) -> str:
        """Which thread spun, in words."""


def starved(waits: Iterable[Wait]) -> str | None:
    """Return why there can be no verdict for lack of processor time, None where there can."""
    for wait in waits:
        if wait.conclusion is Conclusion.STARVED:
            return f"{wait.conclusion.value}: {wait.evidence}"
    return None


def judge_spin(moments: Iterable[Moment]) -> Verdict | None:
    """Judge moments with nothing to do; None where all was well. One that spun counts first."""
    seen = tuple(moments)
    if (spun := next((moment for moment in seen if moment.spinning), None)) is not None:
        return Verdict.failed(spun.spinning)
    unsure = (moment for moment in seen if moment.conclusion is Conclusion.STARVED)
    return next((Verdict.inconclusive(moment.evidence) for moment in unsure), None)
