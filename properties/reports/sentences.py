"""What stands in words between the rows of a timeline: counts, waits in vain, plain exchanges."""

from collections.abc import Iterable, Sequence

from faults.fault import names
from faults.payloads import size
from properties.events import (
    Census,
    Conclusion,
    End,
    Ended,
    Event,
    Mismatched,
    OpenFailed,
    Received,
    Sent,
    Stalled,
)
from properties.history import FIRST_EXCHANGE
from properties.stories import how_it_ended

MOST_PIDS = 6
COUNTED = {
    "after": "all clients gone",
    "end": "one client later",
    "repeat": "the workload repeated",
}
"""When a census was taken, by its label."""


def in_vain(stalls: Sequence[Stalled]) -> str:
    """Say what clients waited for that did not come; all of them wait for the same."""
    first = stalls[0]
    who = names(tuple(sorted(stall.client for stall in stalls)))
    waits = "waits" if len(stalls) == 1 else "wait"
    what = "the end" if first.awaited == "end" else "the echo"
    missing = sum(stall.missing for stall in stalls)
    owed = f" ({size(missing)} missing)" if missing else ""
    accepted = ", not accepted," if first.accepted is False else ""
    return f"{who}{accepted} {waits} in vain for {what}{owed}: {first.conclusion.value}"


def mismatch(event: Mismatched) -> str:
    """Say which bytes came instead of which."""
    if not event.expected:
        return f"c{event.client} got more than was owed, from byte {event.offset}: {event.actual!r}"
    return f"c{event.client} at byte {event.offset}: {event.actual!r} instead of {event.expected!r}"


def counted(census: Census, *, grows: bool) -> str:
    """Say what a census found; `grows`: the numbers are told, since others follow."""
    found = [
        _processes("zombie", "zombies", [zombie.pid for zombie in census.zombies]),
        _processes("process left", "processes left", [stray.pid for stray in census.strays]),
        f"{census.descriptors} descriptors, {census.threads} threads" if grows else "",
        census.spinning,
    ]
    if census.conclusion is not Conclusion.MET and not census.spinning:
        found.append(census.conclusion.value)
    when = COUNTED.get(census.label, census.label)
    return f"{when}: {'; '.join(filter(None, found)) or 'nothing is left'}"


def _processes(one: str, many: str, pids: list[int]) -> str:
    if not pids:
        return ""
    shown = ", ".join(map(str, pids[:MOST_PIDS])) + (", ..." if len(pids) > MOST_PIDS else "")
    return f"{len(pids)} {one if len(pids) == 1 else many} ({shown})"


def exchange(events: Iterable[Event], worker: int | None) -> tuple[str, bool]:
    """Tell a plain exchange in one sentence, and whether all was well with it."""
    told = list(events)
    when = "before" if getattr(told[0], "client", 0) == FIRST_EXCHANGE else "after"
    head = f"a plain exchange {when}" + (f", served by {worker}" if worker else "")
    failed = next((e for e in told if isinstance(e, OpenFailed)), None)
    if failed is not None:
        return f"{head}: cannot connect, {failed.reason}", False
    owed = max((e.owed for e in told if isinstance(e, Sent)), default=0)
    got = max((e.total for e in told if isinstance(e, Received)), default=0)
    ended = next((e for e in told if isinstance(e, Ended)), None)
    back = f"{size(owed)} and back" if got >= owed else f"{got} of {size(owed)} back"
    if wrong := next((e for e in told if isinstance(e, Mismatched)), None):
        back = f"wrong bytes, {wrong.actual!r} instead of {wrong.expected!r}"
    end = how_it_ended(ended) if ended else "no end"
    stall = next((e for e in told if isinstance(e, Stalled)), None)
    why = f" ({stall.conclusion.value})" if stall else ""
    whole = got >= owed and wrong is None and ended is not None and ended.end is End.EOF
    return f"{head}: {back}, {end}{why}", whole and stall is None
