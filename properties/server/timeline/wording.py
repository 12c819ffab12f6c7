"""The words between the rows of a timeline: censuses, stalls, control exchanges."""

from collections.abc import Iterable, Sequence

from faults.payloads import size
from properties.model.events import Conclusion, Event
from properties.server.client_numbers import FIRST_EXCHANGE
from properties.server.events import (
    Census,
    End,
    Ended,
    Mismatched,
    OpenFailed,
    Received,
    Sent,
    Stalled,
)
from properties.server.process_events import ProcessEnded, ZombieReaped
from properties.server.stopping.events import LeftProcess, StopAwaited

MOST_PIDS = 6
BRIEFLY = {Conclusion.SETTLED: "nothing can change any more"}
"""Conclusions in fewer words than their own."""

COUNTED = {
    "after": "all clients gone",
    "end": "one client later",
    "repeat": "the workload repeated",
}
"""When a census was taken, by its label."""


def briefly(conclusion: Conclusion) -> str:
    """Return how a wait ended, in words."""
    return BRIEFLY.get(conclusion, conclusion.value)


def crowd(clients: Sequence[int]) -> str:
    """Format clients, neighbours as a range: "c1, c2, c4 to c9"."""
    runs: list[list[int]] = []
    for client in clients:
        if runs and client == runs[-1][-1] + 1:
            runs[-1].append(client)
        else:
            runs.append([client])
    return ", ".join(
        f"c{run[0]} to c{run[-1]}" if len(run) > 2 else ", ".join(f"c{client}" for client in run)
        for run in runs
    )


def in_vain(stalls: Sequence[Stalled]) -> str:
    """Describe what clients waited for in vain; all of them wait for the same."""
    first = stalls[0]
    clients = crowd(sorted(stall.client for stall in stalls))
    waits = "waits" if len(stalls) == 1 else "wait"
    what = "the end" if first.awaited == "end" else "the echo"
    missing = sum(stall.missing for stall in stalls)
    owed = f" ({size(missing)} missing)" if missing else ""
    accepted = ", not accepted," if first.accepted is False else ""
    return f"{clients}{accepted} {waits} in vain for {what}{owed}: {briefly(first.conclusion)}"


def mismatch(event: Mismatched) -> str:
    """Describe which bytes came instead of those expected."""
    if not event.expected:
        return f"c{event.client} got more than was owed, from byte {event.offset}: {event.actual!r}"
    return f"c{event.client} at byte {event.offset}: {event.actual!r} instead of {event.expected!r}"


def counted(census: Census, *, grows: bool) -> str:
    """Describe what a census found; `grows`: with the numbers, since others follow."""
    found = [
        _listed("zombie", "zombies", [zombie.pid for zombie in census.zombies]),
        _listed("process left", "processes left", [stray.pid for stray in census.strays]),
        _held(census) if grows else "",
        census.spinning,
    ]
    if census.conclusion is not Conclusion.MET and not census.spinning:
        found.append(briefly(census.conclusion))
    when = COUNTED.get(census.label, census.label)
    return f"{when}: {'; '.join(filter(None, found)) or 'nothing is left'}"


def _held(census: Census) -> str:
    descriptors = f"{census.descriptors} descriptor{'s' if census.descriptors != 1 else ''}"
    return f"{descriptors}, {census.threads} thread{'s' if census.threads != 1 else ''}"


def _listed(one: str, many: str, pids: list[int]) -> str:
    if not pids:
        return ""
    shown = ", ".join(map(str, pids[:MOST_PIDS])) + (", ..." if len(pids) > MOST_PIDS else "")
    return f"{len(pids)} {one if len(pids) == 1 else many} ({shown})"


def exchange(events: Iterable[Event], worker: str) -> tuple[str, bool]:
    """Describe a control exchange in one sentence; return also whether all was well with it.

    `worker` says what became of its worker, "" where that is not known.
    """
    seen = list(events)
    when = "before" if getattr(seen[0], "client", 0) == FIRST_EXCHANGE else "after"
    head = f"control exchange {when}"
    failed = next((e for e in seen if isinstance(e, OpenFailed)), None)
    if failed is not None:
        return f"{head}: cannot connect, {failed.reason}", False
    owed = max((e.owed for e in seen if isinstance(e, Sent)), default=0)
    got = max((e.total for e in seen if isinstance(e, Received)), default=0)
    ended = next((e for e in seen if isinstance(e, Ended)), None)
    back = f"{size(owed)} and back" if got >= owed else f"{got} of {size(owed)} back"
    if wrong := next((e for e in seen if isinstance(e, Mismatched)), None):
        back = f"wrong bytes, {wrong.actual!r} instead of {wrong.expected!r}"
    end = ended.how if ended else "no end"
    stall = next((e for e in seen if isinstance(e, Stalled)), None)
    why = f" ({briefly(stall.conclusion)})" if stall else ""
    whole = got >= owed and wrong is None and ended is not None and ended.end is End.EOF
    tail = f"; {worker}" if worker else ""
    return f"{head}: {back}, {end}{why}{tail}", whole and stall is None


def worker_of_an_exchange(pid: int, events: Iterable[Event]) -> str:
    """Describe which process served a control exchange, and what was seen to become of it."""
    seen = [e for e in events if isinstance(e, ProcessEnded | ZombieReaped) and e.pid == pid]
    ended = next((e for e in seen if isinstance(e, ProcessEnded)), None)
    if ended is None:
        return f"its worker is {pid}"
    how = f" {ended.ending}" if ended.ending else ""
    is_left = ended.is_zombie and len(seen) == 1
    return f"its worker {pid} ends{how} (SIGCHLD){', a zombie' if is_left else ''}"


def after_a_stop(event: StopAwaited) -> tuple[str, bool]:
    """Return what is left of a server told to stop, and whether that is as it should be."""
    when = "clients still connected" if event.with_clients else "all clients gone"
    if not event.left:
        return f"{when}: the server has ended", True
    left = ", ".join(map(_left, event.left[:MOST_PIDS]))
    more = f" and {len(event.left) - MOST_PIDS} more" if event.left[MOST_PIDS:] else ""
    serve = event.with_clients and all(one.clients for one in event.left)
    return f"{when}, left: {left}{more}", serve and not event.listening


def _left(left: LeftProcess) -> str:
    if not left.clients:
        return str(left.process)
    return f"{left.process.pid} serves {crowd(left.clients)}"
