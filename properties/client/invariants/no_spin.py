"""no_spin: a client with nothing to do uses no processor time.

Observed after every step, when everything that could be done has been: a thread that is never
found asleep while it uses a second of processor time.
"""

from properties.client.events import Rested, Waited
from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.judging import judge_spin
from properties.model.verdict import Invariant, Outcome, Verdict

REQUIREMENT = "with nothing to do, every thread of the client MUST sleep"


def judge(history: History) -> Verdict:
    """Judge every moment at which there was nothing to do."""
    at_rest = judge_spin(history.of(Rested))
    if at_rest is not None and at_rest.outcome is Outcome.FAIL:
        return at_rest
    computing = (wait for wait in history.of(Waited) if wait.conclusion is Conclusion.BUSY)
    if (wait := next(computing, None)) is not None:
        return Verdict.failed(f"{wait.what.value}: {wait.evidence}")
    return at_rest or Verdict.passed()


INVARIANT = Invariant("no_spin", "UNP 16.2", REQUIREMENT, judge)
