"""reports_reset: a reset is reported as such, in words on standard error, and not as end of file.

The kernel reports a reset without a FIN once, to the first call that the client makes, whichever
it is (`properties.client.endings`). A client that takes every failed read for the end of the file,
or reads a second time, tells its user of an orderly end that never came.
"""

from properties.client.endings import RULES, Ending
from properties.client.judged_alone import judged_alone
from properties.client.summary import starved, summarize
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict

REQUIREMENT = "a reset by the server MUST be reported as a reset"


def judge(history: History) -> Verdict:
    """Judge what was said of an RST without a FIN."""
    if not_judged := judged_alone(history):
        return not_judged
    run = summarize(history)
    if run.wire is not Ending.RST or run.was_killed:
        return Verdict.not_tried()
    rule = RULES[run.wire]
    if rule.reports & run.told:
        return Verdict.passed()
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    return Verdict.failed(f"on the wire: {run.wire.value}; {rule.why}; {run.in_words}")


INVARIANT = Invariant("reports_reset", "UNP 5.15", REQUIREMENT, judge)
