"""listener_survives: the same process accepts and echoes after any workload.

Observed as the listening process (by pid and start time) and as the control exchange that ends
every workload: a client that gets any byte was accepted and served, and whether it got all of them,
and in time, is `exact_echo`'s question. A server that refuses connections for a while and then
listens again seems to have a limit on their rate, which is no defect and no pass either.
"""

from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.last_words import saying
from properties.model.verdict import NO_PROCESSES, Invariant, Verdict
from properties.server.client_numbers import FIRST_EXCHANGE, LAST_EXCHANGE
from properties.server.connection_records import (
    SMALLEST_LIMIT,
    ConnectionRecord,
    connection_records,
    how_it_ended,
    starved,
)
from properties.server.events import ListenerEnded, OpenFailed, Paused
from properties.server.limits.client_limit import beyond_the_limit

REQUIREMENT = "the listening process MUST still be there, accept and echo"

NO_BETTER_BEFORE = "and none was served before the workload either"


def judge(history: History) -> Verdict:
    """Judge the listening process and the last exchange."""
    if (ended := next(history.of(ListenerEnded), None)) is not None:
        return Verdict.failed(f"the listener {ended.pid} {ended.ending}{saying(ended.output)}")
    if (paused := next(history.of(Paused), None)) is not None:
        return Verdict.inconclusive(
            _seems_limited(paused.recovered_after, paused.recent_connections)
        )
    records = connection_records(history)
    for failure in history.of(OpenFailed):
        if records[failure.client].is_over_the_limit and (reason := beyond_the_limit(history)):
            return Verdict.inconclusive(reason)
        if failure.recovered_after is not None:
            return Verdict.inconclusive(
                _seems_limited(failure.recovered_after, failure.recent_connections)
            )
        if reason := _excuse(failure):
            return Verdict.inconclusive(reason)
        return Verdict.failed(f"a connection failed: {failure.reason}")
    return _judge_exchange(records, history)


def _judge_exchange(records: dict[int, ConnectionRecord], history: History) -> Verdict:
    record = records.get(LAST_EXCHANGE)
    if record is None or not record.opened:
        return Verdict.inconclusive("the control exchange after the workload never ran")
    if record.is_over_the_limit and (reason := beyond_the_limit(history)):
        return Verdict.inconclusive(reason)
    if not record.was_answered and (unserved := _unserved(record)):
        first = records.get(FIRST_EXCHANGE)
        if first is not None and not first.was_answered and _unserved(first):
            return Verdict.inconclusive(f"{unserved}, {NO_BETTER_BEFORE}")
        return Verdict.failed(unserved)
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    if not record.was_waited_for:
        return Verdict.inconclusive("the control exchange after the workload was not complete")
    if not history.processes_seen:
        return Verdict.not_applicable(f"a new client was served, but {NO_PROCESSES}")
    return Verdict.passed()


def _unserved(record: ConnectionRecord) -> str | None:
    """Return how a new client that got no byte was not served, in words; None where it was."""
    if (stall := record.lost_echo()) is not None:
        return (
            f"a new client got {record.received} of {record.owed} bytes "
            f"({stall.conclusion.value}: {stall.evidence})"
        )
    if record.ended is not None and record.received < record.owed:
        return (
            f"a new client saw {how_it_ended(record.ended)} after {record.received} of "
            f"{record.owed} bytes"
        )
    if record.ended is not None and record.was_turned_away:
        return f"a new client saw {how_it_ended(record.ended)} before it had sent a byte"
    stall = record.final_stall()
    if stall is not None and stall.accepted is False and stall.conclusion.is_proof:
        return f"a new client was not accepted ({stall.conclusion.value}: {stall.evidence})"
    return None


def _excuse(failure: OpenFailed) -> str | None:
    """Return why a failed connection is not held against the server, in words; None when it is."""
    if failure.is_local:
        return f"this machine did not let us connect: {failure.reason}"
    if failure.conclusion is Conclusion.STARVED:
        return f"a connection failed: {failure.reason}; {failure.conclusion.value}"
    if not failure.refused and failure.served >= SMALLEST_LIMIT:
        return (
            f"the server serves {failure.served} clients at once and took no further one into its "
            f"accept queue: it seems to have a limit; try --max-connections {failure.served}"
        )
    return None


def _seems_limited(seconds: float, connections: int) -> str:
    return (
        f"connections were refused for {seconds:.0f} s after {connections} within a second, though "
        f"the server lived: it seems to limit their rate; try --max-rate {max(1, connections // 2)}"
    )


INVARIANT = Invariant("listener_survives", "UNP 5.9", REQUIREMENT, judge)
