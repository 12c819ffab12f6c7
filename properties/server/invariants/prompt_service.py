"""prompt_service: a client that is silent, slow, or sends without end, holds up no other client.

Observed as an echo that did not come while others were connected, and came after one had left, or
had read; and as an echo that did not come while another client was served more than a turn has. A
server that serves many clients at once and lets the next one wait has a limit, which is no defect:
the verdict is then inconclusive and names the option that keeps the workloads within it.
"""

from faults.payloads import size
from faults.server.flooding_client import MANY_BYTES, MANY_READS
from properties.model.history import History
from properties.model.verdict import Invariant, Verdict
from properties.server.client_numbers import client_name
from properties.server.connection_records import (
    SMALLEST_LIMIT,
    connection_records,
    starved,
    undisturbed,
)
from properties.server.events import LimitSeen, Overtaken, Stalled
from properties.server.limits.fresh_servers import loses_without_a_fault
from properties.server.process_events import ServerFound, Waiting
from target.waits import WAITING_FOR_A_CHILD

REQUIREMENT = (
    "a client MUST be served while others are connected, whether they are silent, slow or late, or "
    "send without end"
)

LARGE_CROWD = 32
"""With this many others, a client that was accepted and not served waits for a pool of workers,
not for one client that holds up all. A client that holds up all does so with fewer as well."""

LOSES_ALONE = "a client alone waited for its echo as well, which is told by exact_echo"


def judge(history: History) -> Verdict:
    """Judge the clients that were served only after others had left."""
    limited = None
    if loses_without_a_fault(history):
        return Verdict.not_applicable(LOSES_ALONE)
    for record in undisturbed(history):
        stall = record.late_echo() or record.late_acceptance()
        if stall is None or not stall.conclusion.is_proof or not stall.others:
            continue
        if _looks_like_a_limit(history, stall):
            limited = stall
            continue
        is_in_wait = _is_in_wait(history, stall)
        return Verdict.failed(_held_up(record.client, stall, is_in_wait=is_in_wait))
    if (verdict := _judge_fairness(history)) is not None:
        return verdict
    if limited is not None:
        return Verdict.inconclusive(_seems_limited(limited))
    if reason := starved(history):
        return Verdict.inconclusive(reason)
    return Verdict.passed()


def _judge_fairness(history: History) -> Verdict | None:
    """Judge the lines that waited while another client was served; None where all was well."""
    waited = [event for event in history.of(Overtaken) if not event.answered]
    if (long := next(filter(_is_long, waited), None)) is not None:
        return Verdict.failed(_overtaken(long))
    return Verdict.inconclusive(f"{_overtaken(waited[0])}: too few to tell") if waited else None


def _is_long(event: Overtaken) -> bool:
    return event.reads >= MANY_READS and event.count >= MANY_BYTES


def _overtaken(event: Overtaken) -> str:
    return (
        f"{client_name(event.client)} waited for the echo of a line while {event.reads} reads "
        f"of {client_name(event.by)} were served, {size(event.count)} in all"
    )


def meets_a_limit(history: History) -> bool:
    """Return whether a client had to wait because the server seems to serve no more at once."""
    stalls = (record.late_echo() for record in undisturbed(history))
    return any(
        s is not None and s.conclusion.is_proof and _looks_like_a_limit(history, s) for s in stalls
    )


def blocked_by_a_child(history: History) -> list[Stalled]:
    """Return the stalls of clients that waited while the listener waited for one of its children.

    It may do so because it has as many as it may have, or because it waits for the wrong ones.
    """
    stalls = (record.late_echo() for record in undisturbed(history))
    return [stall for stall in stalls if stall is not None and _is_in_wait(history, stall)]


def _is_in_wait(history: History, stall: Stalled) -> bool:
    """Return whether the listener waited for a child of its own then, and for no client.

    It has a limit only where that was seen by itself. The master of a pool waits for its children
    all the time: those accept.
    """
    found = next(history.of(ServerFound), None)
    seen = (event for event in history.of(Waiting) if event.at <= stall.at)
    last = max(seen, key=lambda event: event.at, default=None)
    if found is None or last is None or 0 < len(_pool(found, last)) <= _served(stall):
        return False
    return any(
        process.pid == found.listener and WAITING_FOR_A_CHILD & {*process.calls}
        for process in last.processes
    )


def _pool(found: ServerFound, seen: Waiting) -> list[int]:
    """Return the children of the listener that were there from the start."""
    children = (one.pid for one in seen.processes if one.parent == found.listener)
    return [pid for pid in children if pid in found.others]


def _held_up(client: int, stall: Stalled, *, is_in_wait: bool) -> str:
    others = f"{len(stall.others)} other{'s' if len(stall.others) > 1 else ''}"
    served = _served(stall)
    limit = (
        f"; if it is meant to serve no more than {served} at once, say --max-connections {served}"
        if not stall.accepted and served > 1 and not is_in_wait
        else ""
    )
    return (
        f"{client_name(client)}, beside {others}, was served only after another client had left or "
        f"had read ({stall.conclusion.value}: {stall.evidence}){limit}"
    )


def _served(stall: Stalled) -> int:
    return len(stall.others) if stall.accepted is None else stall.served


def _looks_like_a_limit(history: History, stall: Stalled) -> bool:
    limit = next(history.of(LimitSeen), None)
    if _is_in_wait(history, stall) and (limit is None or limit.clients > _served(stall)):
        return False
    is_small = not stall.accepted or _ends_the_silent(history, stall)
    return _served(stall) >= (SMALLEST_LIMIT if is_small else LARGE_CROWD)


def _ends_the_silent(history: History, stall: Stalled) -> bool:
    """Return whether the server itself ended one of those that held a place, for its silence."""
    records = connection_records(history)
    return any(records[one].was_timed_out for one in stall.others if one in records)


def _seems_limited(stall: Stalled) -> str:
    if stall.accepted:
        return (
            f"{client_name(stall.client)}, accepted beside {_served(stall)} others, had to wait "
            "for one of them to go: the server seems to serve a fixed number at once, however many "
            f"it accepts; try --max-connections {min(LARGE_CROWD, _served(stall))}"
        )
    served = _served(stall)
    return (
        f"the server serves {served} clients at once and let {client_name(stall.client)} wait for "
        f"one of them to go: it seems to have a limit; try --max-connections {served}"
    )


INVARIANT = Invariant("prompt_service", "UNP 4.8", REQUIREMENT, judge)
