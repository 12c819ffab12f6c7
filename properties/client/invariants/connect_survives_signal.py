"""connect_survives_signal: a signal in connect does not end the attempt, nor spoil the connection.

An interrupted connect goes on in the kernel: a client that waits for it with select or poll and
fetches SO_ERROR has its connection all the same (UNP 5.9, 16.4; POSIX, connect). That a client
calls connect again cannot be seen from outside: Linux lets the second call wait for the first.
"""

from properties.client.endings import Ending, EndReport
from properties.client.events import Accepted, Awaited
from properties.client.judged_alone import judged_alone
from properties.client.summary import in_vain, never_used_it, starved, summarize, was_interrupted
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict

REQUIREMENT = "a signal that interrupts connect MUST leave the client with its connection"


def judge(history: History) -> Verdict:
    """Judge what became of the connection."""
    if not_judged := judged_alone(history):
        return not_judged
    if not was_interrupted(history):
        return Verdict.not_tried()
    run = summarize(history)
    if run.wire is Ending.REFUSED and EndReport.EOF in run.told:
        return Verdict.failed(
            f"interrupted in connect, then refused: no end of file was there; {run.in_words}"
        )
    if not never_used_it(history):
        return Verdict.passed()
    stuck = in_vain(history, Awaited.CONNECTION, Awaited.INPUT)
    if stuck is not None:
        return Verdict.failed(f"it never came to use the connection: {stuck.evidence}")
    if run.ended_early:
        what = "was connected, and" if any(history.of(Accepted)) else "gave up:"
        return Verdict.failed(f"interrupted in connect, the client {what} {run.in_words}")
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    return Verdict.passed()


INVARIANT = Invariant("connect_survives_signal", "UNP 5.9", REQUIREMENT, judge)
