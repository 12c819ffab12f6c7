"""no_data_lost_at_eof: when standard input ends, every echo still owed is printed before exit.

UNP 6.5, 6.6: the end of the input is not the end of the echoes. A client ends its sending side only
(shutdown) and reads on until the server has closed.
"""

from properties.client.endings import Ending
from properties.client.judged_alone import judged_alone
from properties.client.summary import starved, summarize
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict

REQUIREMENT = "when the input ends, every echo still owed MUST be printed before the client ends"


def judge(history: History) -> Verdict:
    """Judge what was printed after the end of the input, where the server answered to the end."""
    if not_judged := judged_alone(history):
        return not_judged
    run = summarize(history)
    if not run.input_ended or run.surplus or run.wire not in (Ending.ORDERLY, Ending.GONE):
        return Verdict.not_tried()
    due = run.due
    if run.ended_by_itself and run.printed < due:
        return Verdict.failed(
            f"{due - run.printed} of {due} bytes were lost when the input ended; {run.in_words}"
        )
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    return Verdict.passed()


INVARIANT = Invariant("no_data_lost_at_eof", "UNP 6.6", REQUIREMENT, judge)
