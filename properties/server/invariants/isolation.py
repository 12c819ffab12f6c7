"""isolation: a fault on one connection leaves all others exact and alive.

Observed on connections that no fault has touched, in workloads where another one was killed, reset
or closed with data unread.
"""

from faults.payloads import size
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict
from properties.server.client_numbers import FIRST_EXCHANGE, LAST_EXCHANGE, client_name
from properties.server.connection_records import (
    ConnectionRecord,
    starved,
    undisturbed,
)
from properties.server.limits.client_limit import beyond_the_limit, why_lost
from properties.server.limits.fresh_servers import ends_without_a_fault, loses_without_a_fault

REQUIREMENT = "a fault on one connection MUST leave all others exact and alive"

NO_OTHERS = "no other connection was open when a fault disturbed one"

LOSES_ALONE = "a client alone, without a fault, lost bytes as well, which is told by exact_echo"


def judge(history: History) -> Verdict:
    """Judge the connections that nothing was done to."""
    others = [
        record
        for record in undisturbed(history)
        if record.others_disturbed_at is not None
        and record.client not in (FIRST_EXCHANGE, LAST_EXCHANGE)
    ]
    ends_alone = ends_without_a_fault(history)
    loses_alone = ends_alone or loses_without_a_fault(history)
    for record in others:
        wrong = None if ends_alone else _ended(record)
        if wrong := wrong or (None if loses_alone else _lost(record)):
            return Verdict.failed(
                f"{client_name(record.client)} {wrong}{why_lost(history, record)}"
            )
    if reason := beyond_the_limit(history) or starved(history):
        return Verdict.inconclusive(reason)
    if not others:
        return Verdict.not_applicable(NO_OTHERS, remarkable=False)
    if loses_alone:
        return Verdict.not_applicable(LOSES_ALONE)
    return Verdict.passed()


def _ended(record: ConnectionRecord) -> str | None:
    if (
        record.mismatch is None
        and record.ended is not None
        and record.ended_unasked
        and not record.was_timed_out
        and record.is_after_a_disturbance(record.ended)
    ):
        return (
            f"was ended ({record.ended.how}) with {size(record.ended.missing)} still "
            "owed, though nothing was done to it"
        )
    return None


def _lost(record: ConnectionRecord) -> str | None:
    stall = record.lost_echo() if record.mismatch is None else None
    if stall is not None and stall.accepted is False:
        # The listener has never taken it: no fault on another connection has done that.
        return None
    if stall is not None and record.is_after_a_disturbance(stall):
        late = record.received >= record.owed
        what = (
            f"got its last {size(stall.missing)} only after it had half-closed"
            if late
            else f"got {record.received} of {size(record.owed)}"
        )
        return f"{what}, though nothing was done to it ({stall.conclusion.value}: {stall.evidence})"
    return None


INVARIANT = Invariant("isolation", "UNP 4.8", REQUIREMENT, judge)
