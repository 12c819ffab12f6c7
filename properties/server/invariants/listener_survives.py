"""listener_survives: the same process accepts and echoes after any workload.

Observed as the listening process (by pid and start time) and as the control exchange that ends
every workload which was begun: a client that gets any byte was accepted and served, and whether it
got all of them, and in time, is `exact_echo`'s question. A server that refuses connections for a
while and then listens again seems to have a limit on their rate, which is no defect and no pass
either.
"""

from collections.abc import Iterator

from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.last_words import saying
from properties.model.verdict import NO_PROCESSES, Invariant, Outcome, Verdict
from properties.server.client_numbers import FIRST_EXCHANGE, LAST_EXCHANGE
from properties.server.connection_records import (
    SMALLEST_LIMIT,
    ConnectionRecord,
    connection_records,
    starved,
)
from properties.server.events import ListenerEnded, OpenFailed, Paused
from properties.server.limits.client_limit import beyond_the_limit

REQUIREMENT = "the listening process MUST still be there, accept and echo"

NO_BETTER_BEFORE = "and none was served before the workload either"


def judge(history: History) -> Verdict:
    """Judge the listening process and the last exchange: what nothing excuses counts first."""
    if (ended := next(history.of(ListenerEnded), None)) is not None:
        return Verdict.failed(f"the listener {ended.pid} {ended.ending}{saying(ended.output)}")
    records = connection_records(history)
    excuses = [(one, _excuse(one, records[one.client], history)) for one in history.of(OpenFailed)]
    if (failure := next((one for one, excuse in excuses if not excuse), None)) is not None:
        return Verdict.failed(f"a connection failed: {failure.reason}")
    exchange = _judge_exchange(records, history)
    if exchange.outcome is Outcome.FAIL:
        return exchange
    doubts = [*map(_seems_limited, history.of(Paused)), *(excuse for _, excuse in excuses)]
    return Verdict.inconclusive(doubts[0]) if doubts else exchange


def _judge_exchange(records: dict[int, ConnectionRecord], history: History) -> Verdict:
    record = records.get(LAST_EXCHANGE)
    if record is None or not record.opened:
        return Verdict.inconclusive("the control exchange after the workload never ran")
    if record.is_over_the_limit and (reason := beyond_the_limit(history)):
        return Verdict.inconclusive(reason)
    if not record.was_answered and (unserved := _unserved(record)):
        was_cut_off = record.ended is not None and record.lost_echo() is None
        if was_cut_off and (limited := _rate_limit(history)):
            return Verdict.inconclusive(limited)
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
        return f"a new client saw {record.ended.how} after {record.received} of {record.owed} bytes"
    if record.ended is not None and record.was_turned_away:
        return f"a new client saw {record.ended.how} before it had sent a byte"
    stall = record.final_stall()
    if stall is not None and stall.accepted is False and stall.conclusion.is_proof:
        return f"a new client was not accepted ({stall.conclusion.value}: {stall.evidence})"
    return None


def _excuse(failure: OpenFailed, record: ConnectionRecord, history: History) -> str:
    """Return why a failed connection is not held against the server, in words; "" when it is."""
    return next(filter(None, _excuses(failure, record, history)), "")


def _excuses(
    failure: OpenFailed, record: ConnectionRecord, history: History
) -> Iterator[str | None]:
    if record.is_over_the_limit:
        yield beyond_the_limit(history)
    if failure.recovered_after is not None:
        yield _seems_limited(failure)
    if failure.is_local:
        yield f"this machine did not let us connect: {failure.reason}"
    if failure.conclusion is Conclusion.STARVED:
        yield f"a connection failed: {failure.reason}; {failure.conclusion.value}"
    if not failure.refused and failure.served >= SMALLEST_LIMIT:
        yield (
            f"the server serves {failure.served} clients at once and took no further one into its "
            f"accept queue: it seems to have a limit; try --max-connections {failure.served}"
        )
    if record.was_turned_away:
        yield _rate_limit(history)


def _rate_limit(history: History) -> str:
    """Return that the server seems to limit the rate, in words; "" where it never paused.

    The client that exceeds such a limit, and those in the accept queue, are turned away.
    """
    pauses: list[Paused | OpenFailed] = [*history.of(Paused), *history.of(OpenFailed)]
    return next((_seems_limited(one) for one in pauses if one.recovered_after is not None), "")


def _seems_limited(pause: Paused | OpenFailed) -> str:
    connections = pause.recent_connections
    return (
        f"connections were refused for {pause.recovered_after:.0f} s after {connections} within a "
        "second, though the server lived: it seems to limit their rate; "
        f"try --max-rate {max(1, connections // 2)}"
    )


INVARIANT = Invariant("listener_survives", "UNP 5.9", REQUIREMENT, judge)
