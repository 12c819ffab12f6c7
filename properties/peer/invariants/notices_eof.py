"""notices_eof: the end of the connection is noticed while standard input is open and idle.

UNP 5.12: blocked in fgets, the client cannot see the FIN before another line is typed; one that
watches both descriptors sees it at once (UNP 6.4). Noticed has whoever then ends, closes the
connection, or says something. A client that sleeps in calls without a timeout will never notice.
"""

from properties.events import Conclusion
from properties.history import History
from properties.peer.events import Awaited, Waited
from properties.verdict import NOT_TRIED, Invariant, Verdict, Violation

EXPECTED = "the client notices the end of its connection although nobody types"


class NoticesEofViolated(Violation):
    """The client did not notice."""


def judge(history: History) -> Verdict:
    """Judge every end of the connection that came while the client was idle."""
    waits = [event for event in history.of(Waited) if event.what is Awaited.NOTICE]
    for event in waits:
        if event.conclusion.is_proof:
            return Verdict.failed(
                f"the client took no notice of the end of its connection: {event.evidence}",
                EXPECTED,
            )
        if event.conclusion is Conclusion.STARVED:
            return Verdict.inconclusive(event.evidence)
    return Verdict.passed() if waits else Verdict.not_applicable(NOT_TRIED)


INVARIANT = Invariant("notices_eof", "UNP 5.12", EXPECTED, judge, NoticesEofViolated)
