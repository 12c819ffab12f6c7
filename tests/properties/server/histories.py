"""Histories written by hand, for judging without a process.

    history(
        connection(FIRST_EXCHANGE),
        opened(1),
        sent(1, 10),
        received(1, 7),
        stalled(1, missing=3),
        after_all(),
    )

Times, and the running totals of what is owed and received, are filled in by `history`.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from signal import Signals

from faults.fault import Status
from properties.model.events import Conclusion, Event, Injected, Marked, StepBegan
from properties.model.history import History
from properties.server.client_numbers import FIRST_EXCHANGE, LAST_EXCHANGE
from properties.server.events import (
    Census,
    Closed,
    End,
    Ended,
    FewServed,
    Filled,
    HalfClosed,
    LimitSeen,
    ListenerEnded,
    LostWithoutFaults,
    Mismatched,
    NotRepeated,
    Opened,
    OpenFailed,
    Overtaken,
    Received,
    SeenProcess,
    Sent,
    Silenced,
    Stalled,
    Unmatched,
)
from properties.server.follow_ups.events import Flooded, MemoryRead, Restarted
from properties.server.growth import FILLING
from properties.server.process_events import (
    ProcessAppeared,
    ProcessEnded,
    ServerFound,
    Serving,
    Waiting,
    ZombieReaped,
)

LISTENER = 4711
LINE = 24
MIB = 1 << 20

Part = Event | list[Event]


def history(*parts: Part, by_address: bool = False, apart: float = 1) -> History:
    """Put events into a history, in this order, so many seconds apart."""
    made = History(processes_seen=not by_address)
    owed: Counter[int] = Counter()
    got: Counter[int] = Counter()
    for number, event in enumerate(_flat(parts)):
        at = number * apart
        match event:
            case Sent(client=client, count=count):
                owed[client] += count
                made.add(replace(event, at=at, owed=owed[client]))
            case Received(client=client, count=count):
                got[client] += count
                made.add(replace(event, at=at, total=got[client]))
            case _:
                made.add(replace(event, at=at))
    return made


def _flat(parts: Iterable[Part]) -> Iterable[Event]:
    for part in parts:
        yield from part if isinstance(part, list) else [part]


# What one client does and sees.


def opened(client: int) -> Event:
    return Opened(0, client, f"127.0.0.1:{40000 + client}")


def open_failed(
    reason: str = "Connection refused",
    *,
    client: int = 1,
    recent: int = 0,
    recovered_after: float | None = None,
) -> Event:
    return OpenFailed(0, client, reason, reason.endswith("refused"), recent, recovered_after)


def limit_seen(clients: int) -> Event:
    return LimitSeen(0, clients)


def few_served(clients: int) -> Event:
    return FewServed(0, clients)


def lost_without_faults(client: int, *, ended: bool = False) -> Event:
    return LostWithoutFaults(0, client, ended)


def sent(client: int, count: int) -> Event:
    return Sent(0, client, count, 0)


def received(client: int, count: int) -> Event:
    return Received(0, client, count, 0)


def mismatched(client: int, offset: int, expected: bytes, actual: bytes) -> Event:
    return Mismatched(0, client, offset, expected, actual)


def unmatched(client: int, pattern: str, came: bytes) -> Event:
    return Unmatched(0, client, pattern, came)


def half_closed(client: int) -> Event:
    return HalfClosed(0, client)


def eof(client: int, missing: int = 0) -> Event:
    return Ended(0, client, End.EOF, missing, "read returned 0")


def reset_by_peer(client: int, missing: int = 0) -> Event:
    return Ended(0, client, End.RESET, missing, "ECONNRESET")


def closed(
    client: int,
    *,
    by_reset: bool = False,
    unread: int = 0,
    missing: int = 0,
    final: bool = False,
) -> Event:
    return Closed(0, client, by_reset, unread, missing, final)


def stalled(
    client: int,
    awaited: str = "echo",
    *,
    missing: int = 0,
    conclusion: Conclusion = Conclusion.SETTLED,
    others: tuple[int, ...] = (),
    accepted: bool | None = True,
    served: int = 0,
) -> Event:
    evidence = f"{LISTENER} sleeps in accept"
    return Stalled(0, client, awaited, missing, conclusion, others, accepted, served, evidence)


def overtaken(client: int, by: int, *, reads: int, count: int = 0, answered: bool = False) -> Event:
    return Overtaken(0, client, by, reads, count, answered)


def silenced(*clients: int, seconds: float = 1.0, timers: tuple[str, ...] = ()) -> Event:
    """A silence is recorded when it is over; with one second it holds the event before."""
    return Silenced(0, clients, seconds, timers, Conclusion.MET)


def half_life(client: int, count: int = LINE) -> list[Event]:
    """A client that is connected and has got its echo."""
    return [opened(client), sent(client, count), received(client, count)]


def connection(client: int, count: int = LINE) -> list[Event]:
    """A whole connection on which all is well, such as the control exchanges first and last."""
    return [
        *half_life(client, count),
        half_closed(client),
        eof(client),
        closed(client, final=True),
    ]


# What is done to the server, and what is seen of it.


def step(text: str = "a step") -> Event:
    return StepBegan(0, 0, text)


def marked(what: str, pid: int = LISTENER) -> Event:
    return Marked(0, what, pid)


def server_found(*others: int) -> Event:
    return ServerFound(0, LISTENER, others)


def forked(pid: int, client: int | None = None, *, parent: int = LISTENER) -> list[Event]:
    """A process that was seen for the first time, and seen to serve a client."""
    appeared = ProcessAppeared(0, pid, parent, "server")
    return [appeared] if client is None else [appeared, Serving(0, client, pid)]


def process_ended(pid: int, ending: str = "", *, is_zombie: bool = False) -> Event:
    return ProcessEnded(0, pid, ending, is_zombie)


def zombie_reaped(pid: int) -> Event:
    return ZombieReaped(0, pid)


def waiting(**calls: str) -> Event:
    """What processes, written p4711, were found in."""
    return Waiting(
        0,
        tuple(
            SeenProcess(int(name.removeprefix("p")), LISTENER, "server", "S", (call,))
            for name, call in calls.items()
        ),
    )


def injected(*disturbed: int, status: Status = Status.FIRED, fault: str = "a fault") -> Event:
    return Injected(0, fault, status, "as asked for", frozenset(disturbed))


def listener_ended(ending: str = "exited with status 1", output: str = "") -> Event:
    return ListenerEnded(0, LISTENER, ending, output, *how_it_ended(ending))


def how_it_ended(ending: str) -> tuple[int | None, int | None]:
    """Return the status and the signal of an ending in words."""
    *_, last = ending.split(" ")
    if ending.startswith("exited"):
        return int(last), None
    return None, Signals[last] if ending.startswith("killed") else None


def process(pid: int, state: str = "Z") -> SeenProcess:
    return SeenProcess(pid, LISTENER, "server", state)


def census(
    label: str,
    *,
    zombies: Iterable[int] = (),
    strays: Iterable[int] = (),
    descriptors: int = 4,
    threads: int = 1,
    conclusion: Conclusion = Conclusion.SETTLED,
    spinning: str = "",
    grown: tuple[str, ...] = (),
) -> Event:
    return Census(
        0,
        label,
        conclusion,
        f"{LISTENER} sleeps in accept",
        tuple(process(pid) for pid in zombies),
        tuple(process(pid, "S") for pid in strays),
        descriptors,
        threads,
        grown,
        spinning,
    )


def not_repeated(*, descriptors: int = 0, threads: int = 0, strays: int = 0) -> Event:
    return NotRepeated(0, descriptors, threads, strays, "c1 had waited in vain")


def filled(exchanges: int = FILLING) -> Event:
    return Filled(0, exchanges)


def memory_read(
    connections: int,
    resident: int,
    writable: int,
    *,
    descriptors: int = 4,
    threads: int = 1,
    conclusion: Conclusion = Conclusion.MET,
) -> MemoryRead:
    return MemoryRead(0, connections, resident, writable, descriptors, threads, conclusion)


def flooded(
    sent: int,
    *,
    queued: int | None,
    elsewhere: int = 0,
    grown: int | None = None,
    conclusion: Conclusion = Conclusion.SETTLED,
) -> Event:
    return Flooded(0, 64 * MIB, sent, queued, elsewhere, grown, conclusion)


def restarted(
    detail: str, *, succeeded: bool = True, inconclusive: bool = False, listened: bool = False
) -> Event:
    return Restarted(0, succeeded, detail, inconclusive, listened)


def before_all() -> list[Event]:
    """The control exchange before the workload."""
    return connection(FIRST_EXCHANGE)


def after_all() -> list[Event]:
    """What follows the workload when all is well: a census, a control exchange, a census."""
    return [census("after"), *connection(LAST_EXCHANGE), census("end")]
