"""no_spin: a client with nothing to do uses no processor time.

Observed behind every step, when everything that could be done has been: a thread that is never
found asleep while it uses a second of processor time.
"""

from properties.events import Conclusion
from properties.history import History
from properties.peer.events import Rested, Waited
from properties.verdict import Invariant, Verdict, Violation

EXPECTED = "with nothing to do, every thread of the client sleeps"


class NoSpinViolated(Violation):
    """The client computes although nothing is to be done."""


def judge(history: History) -> Verdict:
    """Judge every moment at which there was nothing to do."""
    for moment in history.of(Rested):
        if moment.spinning:
            return Verdict.failed(moment.spinning, EXPECTED)
        if moment.conclusion is Conclusion.STARVED:
            return Verdict.inconclusive("the client never came to rest")
    for wait in history.of(Waited):
        if wait.conclusion is Conclusion.BUSY:
            return Verdict.failed(f"{wait.what.value}: {wait.evidence}", EXPECTED)
    return Verdict.passed()


INVARIANT = Invariant("no_spin", "UNP 16.2", EXPECTED, judge, NoSpinViolated)
