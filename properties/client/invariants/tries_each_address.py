"""tries_each_address: a client goes on with the next address of a name when one refuses.

A lookup returns a list of addresses, of which the first need not be one that answers: the book's
tcp_connect goes through the list (UNP 11.12). RFC 1123 asks that of every application (2.3), and
RFC 6724 warns of those that give up after the first address (2). A client to which a name means
nothing is not judged: that is tried first, with a name that has the server's address alone.
"""

from properties.client.events import Accepted, Attempted, Awaited, Named, NotNamed
from properties.client.summary import in_vain, starved, summarize
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict

REQUIREMENT = "the client SHOULD try each address of a name until one of them accepts"


def judge(history: History) -> Verdict:
    """Judge whether a client came to the server after a refusal at another address."""
    named = next((event for event in history.of(Named) if event.dead), None)
    if named is None:
        not_named = next(history.of(NotNamed), None)
        return Verdict.not_applicable(not_named.why) if not_named else Verdict.not_tried()
    if any(history.of(Accepted)):
        return Verdict.passed()
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    if not any(event.failed for event in history.of(Attempted)):
        return Verdict.inconclusive("it is not known that the client has tried an address")
    stuck = in_vain(history, Awaited.CONNECTION)
    run = summarize(history)
    if stuck is not None:
        return Verdict.failed(
            f"{_refused(named)}, and it never came to the other: {stuck.evidence}"
        )
    if run.ended_by_itself:
        return Verdict.failed(f"{_refused(named)}, and it did not try the other; {run.in_words}")
    return Verdict.inconclusive("it is not known what became of the client")


def _refused(named: Named) -> str:
    return f"{named.name} is {' and '.join(named.addresses)}; {named.dead} refused the client"


INVARIANT = Invariant("tries_each_address", "RFC 1123 2.3", REQUIREMENT, judge)
