"""clean_eof: after a half-close the client gets every byte, and then FIN, never RST.

Observed on every connection, because each ends with a half-close. A connection whose worker was
killed must end as well: if nobody but the dead worker held it, the kernel ends it (UNP 5.12).
"""

from faults.payloads import size
from properties.events import End
from properties.history import History, client_name
from properties.stories import Story, how_it_ended, is_abrupt, starved, tell
from properties.verdict import Invariant, Verdict, Violation

EXPECTED = "after the client's FIN every byte still owed comes back, then FIN and never RST"


class CleanEofViolated(Violation):
    """A connection did not end as it should."""


def judge(history: History) -> Verdict:
    """Judge the end of every connection that we did not end ourselves."""
    for story in tell(history).values():
        if wrong := _wrong(story):
            return Verdict.failed(f"{client_name(story.client)} {wrong}", EXPECTED)
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    return Verdict.passed()


def _wrong(story: Story) -> str | None:
    if story.blame_listener or story.mismatch is not None:
        return None
    if story.disturbed:
        return None if _ended_by_us(story) else _never_ended(story)
    if not story.half_closed or story.lost_echo() is not None:
        return None
    if story.ended is None:
        return _never_ended(story)
    if story.ended.end is not End.EOF:
        return (
            f"saw {how_it_ended(story.ended)} instead of EOF after its half-close, "
            f"with {size(story.ended.missing)} still owed"
        )
    if (stall := story.late_end()) is not None:
        others = f"{len(stall.others)} other{'s' if len(stall.others) > 1 else ''}"
        return (
            f"saw EOF only after somebody had gone, of {others}: another process keeps the "
            f"connection ({stall.conclusion.value}: {stall.evidence})"
        )
    if story.ended.missing:
        return f"saw EOF with {size(story.ended.missing)} of {size(story.owed)} still owed"
    return None


def _ended_by_us(story: Story) -> bool:
    return story.closed is not None and is_abrupt(story.closed)


def _never_ended(story: Story) -> str | None:
    stall = story.final_stall()
    if stall is None or not stall.conclusion.is_proof:
        return None
    why = "the fault that ended its service" if story.disturbed else "its half-close"
    owed = f" and {size(stall.missing)} still owed" if stall.missing else ""
    return f"never saw EOF after {why}{owed} ({stall.conclusion.value}: {stall.evidence})"


INVARIANT = Invariant("clean_eof", "UNP 6.6", EXPECTED, judge, CleanEofViolated)
