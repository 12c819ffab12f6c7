"""notices_eof: the end of the connection is noticed while standard input is open and idle.

UNP 5.12: blocked in fgets, the client cannot see the FIN before another line is typed; one that
watches both descriptors sees it at once (UNP 6.4). A client has noticed if it then ends, closes
the connection, or says something. One that sleeps in calls without a timeout will never notice.
"""

from properties.client.events import Awaited, Waited
from properties.client.judged_alone import judged_alone
from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict

REQUIREMENT = "the client MUST notice the end of its connection although no input is typed"


def judge(history: History) -> Verdict:
    """Judge every end of the connection that came while the client was idle."""
    if not_judged := judged_alone(history):
        return not_judged
    waits = [event for event in history.of(Waited) if event.what is Awaited.NOTICE]
    for event in waits:
        if event.conclusion.is_proof:
            return Verdict.failed(
                f"the client took no notice of the end of its connection: {event.evidence}"
            )
        if event.conclusion is Conclusion.STARVED:
            return Verdict.inconclusive(event.evidence)
    return Verdict.passed() if waits else Verdict.not_tried()


INVARIANT = Invariant("notices_eof", "UNP 5.12", REQUIREMENT, judge)
