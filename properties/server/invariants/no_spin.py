"""no_spin: a server with nothing to do uses no processor time.

Observed when all clients are satisfied and silent, when nothing can move because clients do not
read, and again when none is connected: a thread that is never found asleep while it uses a second
of processor time. A server at rest is seen at once.
"""

from properties.model.history import History
from properties.model.judging import judge_spin
from properties.model.verdict import Invariant, Verdict
from properties.server.events import Census, Idled

REQUIREMENT = "with nothing to do but wait for clients, or with none, every thread MUST sleep"


def judge(history: History) -> Verdict:
    """Judge every moment at which there was nothing to do."""
    moments: list[Idled | Census] = [*history.of(Idled), *history.of(Census)]
    if (verdict := judge_spin(moments)) is not None:
        return verdict
    if not any(history.of(Census)):
        return Verdict.inconclusive("the processes were not counted")
    return Verdict.passed()


INVARIANT = Invariant("no_spin", "UNP 16.2", REQUIREMENT, judge, needs_processes=True)
