"""reports_eof: an end of file that comes too early is told as one, in words on standard error.

It comes too early when the input has not ended, or when echoes are still owed. Which report is
right follows from the wire (`properties.peer.wire`): behind a FIN alone only EOF; where a reset has
followed the FIN, a client that reads sees EOF and one that writes a broken pipe, and both pass.
"""

from properties.history import History
from properties.peer.account import account, starved
from properties.peer.wire import RULES, Report, Wire
from properties.verdict import NOT_TRIED, Invariant, Verdict, Violation

EXPECTED = "a server that ends too early is reported as such, and not as a reset"


class ReportsEofViolated(Violation):
    """The end of file was not told, or told as something else."""


def judge(history: History) -> Verdict:
    """Judge what was said of a FIN."""
    run = account(history)
    if run.wire not in (Wire.FIN, Wire.FIN_THEN_RST) or run.was_killed:
        return Verdict.not_applicable(NOT_TRIED)
    rule = RULES[run.wire]
    misread = run.wire is Wire.FIN and Report.RESET in run.told
    if rule.reports & run.told and not misread:
        return Verdict.passed()
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    return Verdict.failed(f"on the wire: {run.wire.value}; {rule.why}; {run.in_words}", EXPECTED)


INVARIANT = Invariant("reports_eof", "UNP 5.12", EXPECTED, judge, ReportsEofViolated)
