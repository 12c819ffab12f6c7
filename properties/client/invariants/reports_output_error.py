"""reports_output_error: echoes that could not be printed are not lost in silence.

write(2) tells that the disk is full or that the reader has gone, and nobody but the client knows
it. POSIX has every utility write a diagnostic message and end with another status than 0 where it
could not do what it was to do (XCU 1.4). Either will do here: violated is it only by a client that
ends with status 0 and without a word. SIGPIPE, which ends a client whose reader has gone, is told
by its status. An echo that the client has not read proves nothing.
"""

from properties.client.judged_alone import lost_output
from properties.client.summary import summarize
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict

REQUIREMENT = "output that cannot be written SHOULD be told, on standard error or by the status"


def judge(history: History) -> Verdict:
    """Judge what was made of echoes that could not be printed."""
    lost = lost_output(history)
    run = summarize(history)
    if not lost or not run.ended_by_itself or run.exit is None:
        return Verdict.not_tried()
    if run.exit.signal is None and run.exit.status is None:
        return Verdict.inconclusive("it is not known how the client ended")
    if run.exit.status == 0 and not run.said.strip():
        return Verdict.failed(f"{lost} bytes of echoes could not be printed; {run.in_words}")
    return Verdict.passed()


INVARIANT = Invariant("reports_output_error", "write(2)", REQUIREMENT, judge)
