"""reports_eof: an end of file that comes too early is reported as one, in words on standard error.

It comes too early when the input has not ended, or when echoes are still owed. Which report is
right follows from the wire (`properties.client.endings`): after a FIN alone only EOF; where a reset
has followed the FIN, a client that reads sees EOF and one that writes a broken pipe, and both pass.
"""

from properties.client.endings import RULES, Ending, EndReport
from properties.client.judged_alone import judged_alone
from properties.client.summary import starved, summarize
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict

REQUIREMENT = "a server that ends too early MUST be reported as such, and not as a reset"


def judge(history: History) -> Verdict:
    """Judge what was said of a FIN."""
    if not_judged := judged_alone(history):
        return not_judged
    run = summarize(history)
    if run.wire not in (Ending.FIN, Ending.FIN_THEN_RST) or run.was_killed:
        return Verdict.not_tried()
    rule = RULES[run.wire]
    misread = run.wire is Ending.FIN and EndReport.RESET in run.told
    if rule.reports & run.told and not misread:
        return Verdict.passed()
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    return Verdict.failed(f"on the wire: {run.wire.value}; {rule.why}; {run.in_words}")


INVARIANT = Invariant("reports_eof", "UNP 5.12", REQUIREMENT, judge)
