"""exact_echo: the bytes that come back are the bytes that were sent.

Observed by comparing every byte with what the oracle says is owed. A connection that the server
ends although the client has not ended its side counts here as well, unless a fault on another
connection came first (`isolation`) or the client had half-closed (`clean_eof`). A client that is
cut off for its silence is one of them: RFC 862 goes on until the calling user terminates.
"""

from faults.payloads import size
from properties.history import LAST_EXCHANGE, History, client_name
from properties.stories import Story, how_it_ended, starved, tell
from properties.verdict import Invariant, Verdict, Violation

EXPECTED = "every byte comes back once, in order and unchanged, for as long as the client sends"


class ExactEchoViolated(Violation):
    """What came back was not what had been sent."""


def judge(history: History) -> Verdict:
    """Judge every connection, disturbed ones only by the bytes that did come."""
    for story in tell(history).values():
        if wrong := _wrong(story):
            return Verdict.failed(f"{client_name(story.client)} {wrong}", EXPECTED)
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    return Verdict.passed()


def _wrong(story: Story) -> str | None:
    if (wrong := story.mismatch) is not None:
        return _mismatch(wrong.offset, wrong.expected, wrong.actual)
    if story.disturbed or story.blame_listener:
        return None
    if story.client == LAST_EXCHANGE:
        # Whether a newcomer is served after all this is for `listener_survives` to say.
        return None
    if (
        story.ended is not None
        and story.ended_unasked
        and (story.was_timed_out or not story.is_after_a_disturbance(story.ended))
    ):
        return (
            f"was ended by the server ({how_it_ended(story.ended)}){_silence(story)} though it had "
            f"not ended its side, with {size(story.ended.missing)} still owed"
        )
    stall = story.lost_echo()
    if stall is not None and not story.is_after_a_disturbance(stall):
        if story.received >= story.owed:
            return f"got its last {size(stall.missing)} only after it had half-closed"
        return (
            f"got {story.received} of {size(story.owed)}: {size(stall.missing)} never came "
            f"({stall.conclusion.value}: {stall.evidence})"
        )
    return None


def _silence(story: Story) -> str:
    if story.silence is None:
        return ""
    silent = f" when it had been silent for {story.silent_for:.1f} s"
    if not story.was_timed_out:
        return silent
    return f"{silent}, while the server waited in {', '.join(story.silence.timers)},"


def _mismatch(offset: int, expected: bytes, actual: bytes) -> str:
    if not expected:
        return f"got more than was owed, from byte {offset}: {actual!r}"
    return f"got {actual!r} instead of {expected!r} at byte {offset}"


INVARIANT = Invariant("exact_echo", "RFC 862", EXPECTED, judge, ExactEchoViolated)
