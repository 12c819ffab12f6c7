"""exact_output: everything typed is sent, and every echo is printed, byte for byte.

Observed on both sides: what the server reads is compared with what was typed, what the client
prints with what the server sent. It is violated also by a client that waits for ever with a line
that it has not sent, or with an echo that it does not take (UNP 6.8: it is blocked in write, and so
is the server), and by one that ends by itself while its input is open and the server there.

A server that sends what it does not owe has broken the service: what the client prints must still
be what came, but it may take the surplus for an echo, leave the rest unread, or end.

How much must have been printed when the client ends follows from what it must have read: whatever
it had read when it rested, and all that came to its kernel before a FIN or an RST, which is read
first. Before an RST only whole lines count: one that was still to be completed may be lost with the
connection. A client that had something to write by then may have met the RST there and stopped: a
reset may flush what is queued (RFC 9293, 3.10.7.4), though Linux keeps it.
"""

from properties.client.endings import Ending
from properties.client.events import Altered, Answered, Awaited, Waited
from properties.client.judged_alone import judged_alone
from properties.client.summary import ClientSummary, in_vain, never_used_it, starved, summarize
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict

REQUIREMENT = "every line typed MUST be sent, and every echo MUST be printed, byte for byte"


def judge(history: History) -> Verdict:
    """Judge what was sent and printed."""
    if not_judged := judged_alone(history):
        return not_judged
    for altered in history.of(Altered):
        return Verdict.failed(_altered(altered))
    stuck = in_vain(history, Awaited.INPUT, Awaited.ECHO, Awaited.CONNECTION)
    run = summarize(history)
    if stuck is not None and not run.surplus and not never_used_it(history):
        return Verdict.failed(_stuck(stuck))
    if run.ended_early and not run.surplus and not never_used_it(history):
        return Verdict.failed(
            f"the client ended while its input was open and the server there: {run.in_words}"
        )
    if run.finished_early and not run.surplus:
        return Verdict.failed(f"the client ended its side while its input was open; {run.in_words}")
    due = _must_be_printed(history, run)
    if run.ended_by_itself and not run.surplus and run.printed < due:
        return Verdict.failed(
            f"{due - run.printed} of {due} bytes that had come to the client were not printed; "
            f"{run.in_words}"
        )
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    return Verdict.passed()


def _must_be_printed(history: History, run: ClientSummary) -> int:
    if run.wire is Ending.FIN:
        return run.answered
    if run.wire in (Ending.FIN_THEN_RST, Ending.RST):
        arrived = run.delivered
        if not run.typed_after:
            arrived = max(arrived, run.answered - run.taken_back)
        # A client that reads lines may hold one that was still to be completed.
        return max((e.lines for e in history.of(Answered) if e.lines <= arrived), default=0)
    return run.delivered


def _altered(event: Altered) -> str:
    return (
        f"{event.place.value} differs at byte {event.offset}: {event.actual!r} instead of "
        f"{event.expected!r}"
    )


def _stuck(event: Waited) -> str:
    missing = f", {event.missing} bytes" if event.missing else ""
    return f"the client was waited for {event.what.value}{missing}, in vain: {event.evidence}"


INVARIANT = Invariant("exact_output", "UNP 5.5", REQUIREMENT, judge)
