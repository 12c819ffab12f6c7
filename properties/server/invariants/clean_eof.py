"""clean_eof: after a half-close the client gets every byte, and then FIN, never RST.

Observed on every connection, because each ends with a half-close. A connection whose worker was
killed must end as well: if only the dead worker held it, the kernel ends it (UNP 5.12). A
connection that was never accepted is left to `prompt_service` and `listener_survives`.
"""

from faults.payloads import size
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict
from properties.server.client_numbers import client_name
from properties.server.connection_records import (
    ConnectionRecord,
    connection_records,
    starved,
)
from properties.server.disturbances import is_abrupt
from properties.server.events import End
from properties.server.limits.client_limit import why_lost

REQUIREMENT = "after the client's FIN every byte still owed MUST come back, then FIN and never RST"


def judge(history: History) -> Verdict:
    """Judge the end of every connection that we did not end ourselves."""
    for record in connection_records(history).values():
        if wrong := _wrong(record):
            return Verdict.failed(
                f"{client_name(record.client)} {wrong}{why_lost(history, record)}"
            )
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    return Verdict.passed()


def _wrong(record: ConnectionRecord) -> str | None:
    if record.blame_listener or record.mismatch is not None:
        return None
    if record.disturbed:
        return None if _ended_by_us(record) else _never_ended(record)
    if not record.half_closed or record.lost_echo() is not None:
        return None
    if record.ended is None:
        return _never_ended(record)
    is_permitted = record.ended.allowed or record.may_have_timed_out
    if record.ended.end is not End.EOF and not is_permitted:
        return (
            f"saw {record.ended.how} instead of EOF after its half-close, "
            f"with {size(record.ended.missing)} still owed"
        )
    if (stall := record.late_end()) is not None and stall.accepted is not False:
        others = f"{len(stall.others)} other{'s' if len(stall.others) > 1 else ''}"
        return (
            f"saw EOF only after another client had left, beside {others}: another process keeps "
            f"the connection ({stall.conclusion.value}: {stall.evidence})"
        )
    if record.ended.missing and not is_permitted:
        return f"saw EOF with {size(record.ended.missing)} of {size(record.owed)} still owed"
    return None


def _ended_by_us(record: ConnectionRecord) -> bool:
    return record.closed is not None and is_abrupt(record.closed)


def _never_ended(record: ConnectionRecord) -> str | None:
    stall = record.final_stall()
    if stall is None or not stall.conclusion.is_proof or stall.accepted is False:
        return None
    why = "the fault that ended its service" if record.disturbed else "its half-close"
    owed = f" and {size(stall.missing)} still owed" if stall.missing else ""
    return f"never saw EOF after {why}{owed} ({stall.conclusion.value}: {stall.evidence})"


INVARIANT = Invariant("clean_eof", "UNP 6.6", REQUIREMENT, judge)
