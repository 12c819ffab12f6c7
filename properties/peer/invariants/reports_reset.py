"""reports_reset: a reset is told as a reset, in words on standard error, and not as end of file.

The kernel reports a reset without a FIN once, to the first call that the client makes, whichever
it is (`properties.peer.wire`). A client that takes every failed read for the end of the file, or
asks a second time, tells its user of an orderly end that never came.
"""

from properties.history import History
from properties.peer.account import account, starved
from properties.peer.wire import RULES, Wire
from properties.verdict import NOT_TRIED, Invariant, Verdict, Violation

EXPECTED = "a reset by the server is reported as a reset"


class ReportsResetViolated(Violation):
    """The reset was not told, or told as something else."""


def judge(history: History) -> Verdict:
    """Judge what was said of an RST without a FIN."""
    run = account(history)
    if run.wire is not Wire.RST or run.was_killed:
        return Verdict.not_applicable(NOT_TRIED)
    rule = RULES[run.wire]
    if rule.reports & run.told:
        return Verdict.passed()
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    return Verdict.failed(f"on the wire: {run.wire.value}; {rule.why}; {run.in_words}", EXPECTED)


INVARIANT = Invariant("reports_reset", "UNP 5.15", EXPECTED, judge, ReportsResetViolated)
