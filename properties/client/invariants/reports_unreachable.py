"""reports_unreachable: what the kernel told of a server out of reach is what the user gets.

A line that is not acknowledged is sent again until TCP gives up, and the first call after that
fails once with ETIMEDOUT, or with EHOSTUNREACH where a router has said so (UNP 5.14; tcp_write_err
in net/ipv4/tcp_timer.c). From then on read() returns 0: a client that reads a second time, or takes
every failure for the end, tells its user of an end of file that never came. Where connect fails any
message will do that does not speak of an end of file; that there is one is asked by dies_loudly.
"""

from properties.client.endings import RULES, Ending, EndReport
from properties.client.judged_alone import judged_alone
from properties.client.summary import starved, summarize
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict

REQUIREMENT = "a server that cannot be reached MUST be reported as such, and not as an end of file"


def judge(history: History) -> Verdict:
    """Judge what was said of a server that could not be reached."""
    if not_judged := judged_alone(history):
        return not_judged
    run = summarize(history)
    if run.wire not in (Ending.UNREACHABLE, Ending.NEVER_REACHED) or run.was_killed:
        return Verdict.not_tried()
    is_told = run.wire is Ending.NEVER_REACHED or bool(RULES[run.wire].reports & run.told)
    if is_told and EndReport.EOF not in run.told:
        return Verdict.passed()
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    return Verdict.failed(f"on the wire: {run.wire.value}; {RULES[run.wire].why}; {run.in_words}")


INVARIANT = Invariant("reports_unreachable", "UNP 5.14", REQUIREMENT, judge)
