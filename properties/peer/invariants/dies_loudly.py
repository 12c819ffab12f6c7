"""dies_loudly: whatever ends the client, it does not end without a word.

UNP 5.13: a write to a connection that was reset raises SIGPIPE, whose default is to end the process
and to say nothing. A connection that could not be made is told as well.
"""

from signal import SIGKILL

from properties.history import History
from properties.peer.account import account
from properties.peer.wire import Wire
from properties.verdict import Invariant, Verdict, Violation

EXPECTED = "no signal ends the client silently, and a connection that fails is told"


class DiesLoudlyViolated(Violation):
    """The client ended without a word."""


def judge(history: History) -> Verdict:
    """Judge whether the client's end was told."""
    run = account(history)
    if run.exit is None:
        return Verdict.inconclusive("it is not known how the client ended")
    if run.exit.signal == SIGKILL:
        return Verdict.inconclusive("SIGKILL comes from outside, and nobody can say a word then")
    if run.was_killed and not run.said.strip():
        return Verdict.failed(run.in_words, EXPECTED)
    if run.wire is Wire.REFUSED and run.ended_by_itself and not run.said.strip():
        return Verdict.failed(f"nobody listened; {run.in_words}", EXPECTED)
    return Verdict.passed()


INVARIANT = Invariant("dies_loudly", "UNP 5.13", EXPECTED, judge, DiesLoudlyViolated)
