"""no_self_connect: a client that is connected to itself does not take itself for the server.

Where no server listens at a port of the ephemeral range, each new attempt to connect comes from
another port of this range, and one of them is the very port that it goes to: TCP takes that for a
simultaneous open (RFC 9293, 3.5), and connect() succeeds. What the client sends comes back, as from
an echo server. It is seen by getsockname() and getpeername(), which are the same (UNP 4.10).

Judged is a client that tries again after a refusal: it will come upon that port some day. One that
gives up does so once in the number of ports.
"""

from properties.client.events import Alone, Altered, Attempted, NotAlone, Place, Printed
from properties.client.summary import starved, summarize
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict

REQUIREMENT = "a client that is connected to itself SHOULD NOT take its own bytes for the echo"

ENOUGH = 8
"""Bytes that agree with what was typed by no chance: a greeting may begin with the same letter."""

TRIED_ONCE = "it did not try again after a refusal, and so was not connected to itself"


def judge(history: History) -> Verdict:
    """Judge what a client made of a connection to itself."""
    if not any(history.of(Alone)):
        not_alone = next(history.of(NotAlone), None)
        return Verdict.not_applicable(not_alone.why) if not_alone else Verdict.not_tried()
    run = summarize(history)
    if not any(event.made > event.failed for event in history.of(Attempted)):
        return Verdict.not_applicable(TRIED_ONCE, remarkable=False)
    if own := _own_bytes(history):
        return Verdict.failed(
            f"no server listened, it was connected to itself, and it printed {own} bytes of its "
            f"own input; {run.in_words}"
        )
    if run.exit is not None and run.exit.status == 0 and not run.said.strip():
        return Verdict.failed(f"no server listened, it was connected to itself, and {run.in_words}")
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    return Verdict.passed()


def _own_bytes(history: History) -> int:
    """Return how many bytes it has printed as they were typed, 0 for hardly any."""
    printed = max((event.total for event in history.of(Printed)), default=0)
    altered = (event.offset for event in history.of(Altered) if event.place is Place.PRINTED)
    own = min([printed, *altered])
    return own if own >= ENOUGH else 0


INVARIANT = Invariant("no_self_connect", "RFC 9293 3.5", REQUIREMENT, judge)
