"""no_spin: a server with nothing to do uses no processor time.

Observed when all clients are satisfied and silent, and again when none is connected: a thread that
is never found asleep while it uses a second of processor time. A server at rest is seen at once.
"""

from properties.events import Census, Conclusion, Idled
from properties.history import History
from properties.verdict import Invariant, Verdict, Violation

EXPECTED = "with nothing to do, clients or none, every thread sleeps"


class NoSpinViolated(Violation):
    """The server computes although nothing is to be done."""


def judge(history: History) -> Verdict:
    """Judge every moment at which there was nothing to do."""
    moments: list[Idled | Census] = [*history.of(Idled), *history.of(Census)]
    for moment in moments:
        if moment.spinning:
            return Verdict.failed(moment.spinning, EXPECTED)
        if moment.conclusion is Conclusion.STARVED:
            return Verdict.inconclusive(moment.evidence)
    if not any(history.of(Census)):
        return Verdict.inconclusive("the processes were not counted")
    return Verdict.passed()


INVARIANT = Invariant("no_spin", "UNP 16.2", EXPECTED, judge, NoSpinViolated, needs_processes=True)
