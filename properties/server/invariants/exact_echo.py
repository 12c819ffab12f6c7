"""exact_echo: the bytes that come back are the bytes that were sent.

Observed by comparing every byte with what the oracle says is owed. A connection that the server
ends although the client has not ended its side counts here as well, unless a fault on another
connection came first (`isolation`) or the client had half-closed (`clean_eof`). A client that is
cut off for its silence is one of them: RFC 862 goes on until the calling user terminates.
"""

from faults.payloads import size
from properties.model.events import Event
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict
from properties.server.client_numbers import LAST_EXCHANGE, client_name
from properties.server.connection_records import (
    ConnectionRecord,
    connection_records,
    starved,
)
from properties.server.events import LostWithoutFaults, Stalled
from properties.server.limits.client_limit import beyond_the_limit, why_lost

REQUIREMENT = (
    "every byte MUST come back once, in order and unchanged, for as long as the client sends"
)


def judge(history: History) -> Verdict:
    """Judge every connection, disturbed ones only by the bytes that did come."""
    in_own_words = history.scope.in_own_words
    is_left = not any(history.of(LostWithoutFaults))
    for record in connection_records(history).values():
        if in_own_words and _may_say_else(record):
            continue
        if wrong := _wrong(record, is_left=is_left):
            return Verdict.failed(
                f"{client_name(record.client)} {wrong}{why_lost(history, record)}"
            )
    if reason := beyond_the_limit(history) or starved(history):
        return Verdict.inconclusive(reason)
    return Verdict.passed()


def _may_say_else(record: ConnectionRecord) -> bool:
    """Return whether a server with words of its own may have used them."""
    is_cut_off = record.was_timed_out or record.may_have_timed_out
    return is_cut_off or record.disturbed or record.blame_listener


def _wrong(record: ConnectionRecord, *, is_left: bool) -> str | None:
    """Return what is wrong; `is_left`: what came after a fault on another is left to isolation."""
    if (wrong := record.mismatch) is not None:
        return _mismatch(wrong.offset, wrong.expected, wrong.actual)
    if record.disturbed or record.blame_listener:
        return None
    if record.client == LAST_EXCHANGE and not record.was_answered:
        # Whether a new client is served after the workload is judged by `listener_survives`.
        return None
    if (
        record.ended is not None
        and record.ended_unasked
        and (record.was_timed_out or not (is_left and _is_left_to_isolation(record, record.ended)))
    ):
        return (
            f"was ended by the server ({record.ended.how}){_silence(record)} though it "
            f"had not ended its side, with {size(record.ended.missing)} still owed"
        )
    stall = record.lost_echo()
    if stall is not None and not (is_left and _is_left_to_isolation(record, stall)):
        if record.received >= record.owed:
            return f"got its last {size(stall.missing)} only after it had half-closed"
        return (
            f"got {record.received} of {size(record.owed)}: {size(stall.missing)} never came "
            f"({stall.conclusion.value}: {stall.evidence})"
        )
    return None


def _is_left_to_isolation(record: ConnectionRecord, event: Event) -> bool:
    """Return whether a fault on another connection came first, and may be the cause.

    It is no cause of what happens to a client that the listener has never accepted.
    """
    if isinstance(event, Stalled) and event.accepted is False:
        return False
    return record.client != LAST_EXCHANGE and record.is_after_a_disturbance(event)


def _silence(record: ConnectionRecord) -> str:
    if record.silence is None:
        return ""
    silent = f" when it had been silent for {record.silent_for:.1f} s"
    if not record.was_timed_out:
        return silent
    return f"{silent}, while the server waited in {', '.join(record.silence.timers)},"


def _mismatch(offset: int, expected: bytes, actual: bytes) -> str:
    if not expected:
        return f"got more than was owed, from byte {offset}: {actual!r}"
    return f"got {actual!r} instead of {expected!r} at byte {offset}"


INVARIANT = Invariant("exact_echo", "RFC 862", REQUIREMENT, judge)
