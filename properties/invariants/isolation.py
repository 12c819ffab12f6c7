"""isolation: a fault on one connection leaves all others exact and alive.

Observed on connections that no fault has touched, in workloads where another one was killed, reset
or closed with data unread.
"""

from faults.payloads import size
from properties.history import FIRST_EXCHANGE, LAST_EXCHANGE, History, client_name
from properties.stories import Story, how_it_ended, starved, undisturbed
from properties.verdict import Invariant, Verdict, Violation

EXPECTED = "a fault on one connection leaves all others exact and alive"

NO_BYSTANDER = "no connection stood beside one that a fault had hurt"


class IsolationViolated(Violation):
    """A connection suffered from what was done to another."""


def judge(history: History) -> Verdict:
    """Judge the connections that nothing was done to."""
    bystanders = [
        story
        for story in undisturbed(history)
        if story.others_disturbed_at is not None
        and story.client not in (FIRST_EXCHANGE, LAST_EXCHANGE)
    ]
    for story in bystanders:
        if wrong := _wrong(story):
            return Verdict.failed(f"{client_name(story.client)} {wrong}", EXPECTED)
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    if not bystanders:
        return Verdict.not_applicable(NO_BYSTANDER)
    return Verdict.passed()


def _wrong(story: Story) -> str | None:
    if story.mismatch is not None:
        return None
    if (
        story.ended is not None
        and story.ended_unasked
        and not story.was_timed_out
        and story.is_after_a_disturbance(story.ended)
    ):
        return (
            f"was ended ({how_it_ended(story.ended)}) with {size(story.ended.missing)} still owed, "
            "though nothing was done to it"
        )
    stall = story.lost_echo()
    if stall is not None and story.is_after_a_disturbance(stall):
        late = story.received >= story.owed
        what = (
            f"got its last {size(stall.missing)} only after it had half-closed"
            if late
            else f"got {story.received} of {size(story.owed)}"
        )
        return f"{what}, though nothing was done to it ({stall.conclusion.value}: {stall.evidence})"
    return None


INVARIANT = Invariant("isolation", "UNP 4.8", EXPECTED, judge, IsolationViolated)
