"""dies_loudly: whatever ends the client, it does not end without a word.

UNP 5.13: a write to a connection that was reset raises SIGPIPE, whose default is to end the process
and to say nothing. A connection that could not be made must be reported too.
"""

from signal import SIGKILL

from properties.client.endings import Ending
from properties.client.judged_alone import judged_alone
from properties.client.summary import summarize
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict

REQUIREMENT = (
    "a signal MUST NOT end the client silently, and a connection that fails MUST be reported"
)


NOT_MADE = {
    Ending.REFUSED: "no server listened",
    Ending.NEVER_REACHED: "the server's host could not be reached",
}


def judge(history: History) -> Verdict:
    """Judge whether the client's end was reported."""
    if not_judged := judged_alone(history):
        return not_judged
    run = summarize(history)
    if run.exit is None:
        return Verdict.inconclusive("it is not known how the client ended")
    if run.exit.signal == SIGKILL:
        return Verdict.inconclusive("SIGKILL comes from outside, and leaves no chance to report")
    if run.was_killed and not run.said.strip():
        return Verdict.failed(run.in_words)
    if run.wire in NOT_MADE and run.ended_by_itself and not run.said.strip():
        return Verdict.failed(f"{NOT_MADE[run.wire]}; {run.in_words}")
    return Verdict.passed()


INVARIANT = Invariant("dies_loudly", "UNP 5.13", REQUIREMENT, judge)
