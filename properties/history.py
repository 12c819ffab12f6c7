"""The record of one workload: what was done and what was observed, in order.

Invariants read nothing but this. Times are seconds of the monotonic clock since the history began.
Client numbers are those of the workload; the plain exchanges that run first and last have the
numbers FIRST_EXCHANGE and LAST_EXCHANGE.
"""

import enum
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from faults.fault import Status

FIRST_EXCHANGE = -1
LAST_EXCHANGE = -2

REPETITIONS = 6
"""How often a workload that left more than it found is repeated: each time must leave more."""

SMALLEST_LIMIT = 8
"""Clients at once from which a server counts as one with a limit, not as one that is held up."""

FILLING = 512
"""Plain exchanges before the last of these repetitions: what is a pool is full by then."""


def client_name(client: int) -> str:
    """Name a client for a person."""
    plain = {FIRST_EXCHANGE: "before", LAST_EXCHANGE: "after"}
    return f"the plain exchange {plain[client]}" if client in plain else f"c{client}"


class Conclusion(enum.Enum):
    """How waiting for something ended."""

    MET = "it came"
    SETTLED = "nothing in the server can change any more"
    ASLEEP = "the server slept through the patience"
    BUSY = "the server computed through the patience"
    SILENT = "nothing came within the patience"
    STARVED = "the machine gave the server too little time to tell"

    @property
    def took_the_patience(self) -> bool:
        """Whether it was waited for as long as the patience lasts."""
        return self in (Conclusion.ASLEEP, Conclusion.BUSY, Conclusion.SILENT, Conclusion.STARVED)

    @property
    def is_proof(self) -> bool:
        """Whether it follows that what was waited for does not come."""
        return self not in (Conclusion.MET, Conclusion.STARVED)


class End(enum.Enum):
    """How a client saw its connection end."""

    EOF = "EOF"
    RESET = "ECONNRESET"
    OTHER = "another error"


@dataclass(frozen=True)
class Event:
    """Something done or observed, `at` seconds after the history began."""

    at: float


@dataclass(frozen=True)
class StepBegan(Event):
    """A step of the workload is about to be made."""

    index: int
    text: str


@dataclass(frozen=True)
class Opened(Event):
    """A client is connected from this address."""

    client: int
    address: str


@dataclass(frozen=True)
class OpenFailed(Event):
    """A client could not connect. `recovered_after` seconds the server listened again, or None.

    `served` is how many others the server had accepted, `conclusion` how the wait for the handshake
    ended, `is_local` whether it was our own machine that refused.
    """

    client: int
    reason: str
    refused: bool
    recent_connections: int
    recovered_after: float | None
    served: int = 0
    conclusion: Conclusion = Conclusion.MET
    is_local: bool = False


@dataclass(frozen=True)
class Paused(Event):
    """The server, alive, had stopped listening, and listened again after `recovered_after` s."""

    recent_connections: int
    recovered_after: float


@dataclass(frozen=True)
class Sent(Event):
    """The kernel took `count` more bytes of a client; the server now owes `owed` in all."""

    client: int
    count: int
    owed: int


@dataclass(frozen=True)
class Received(Event):
    """A client read `count` more bytes, all of them as owed."""

    client: int
    count: int
    total: int


@dataclass(frozen=True)
class Mismatched(Event):
    """A client read bytes that differ from those owed, first at `offset`."""

    client: int
    offset: int
    expected: bytes
    actual: bytes


@dataclass(frozen=True)
class HalfClosed(Event):
    """A client sent its FIN and goes on reading."""

    client: int


@dataclass(frozen=True)
class Ended(Event):
    """A client saw the end of its connection, with `missing` owed bytes not received."""

    client: int
    end: End
    missing: int
    reason: str


@dataclass(frozen=True)
class Closed(Event):
    """We closed a connection. `unread` bytes in our queue turn the FIN into an RST.

    `final`: the workload was over, and what was still owed had been waited for.
    """

    client: int
    by_reset: bool
    unread: int
    missing: int
    final: bool = False


@dataclass(frozen=True)
class Stalled(Event):
    """A client waited for something that did not come.

    `awaited` is "echo" or "end", `missing` the bytes owed, `others` the clients that were connected
    meanwhile, `accepted` whether the server had accepted this one (None: cannot be seen) and
    `served` how many of the others it had.
    """

    client: int
    awaited: str
    missing: int
    conclusion: Conclusion
    others: tuple[int, ...]
    accepted: bool | None
    served: int
    evidence: str


@dataclass(frozen=True)
class Marked(Event):
    """A fault did something to the process `pid` (0: to none)."""

    what: str
    pid: int


@dataclass(frozen=True)
class Injected(Event):
    """A fault is over."""

    fault: str
    status: Status
    detail: str
    disturbed: frozenset[int]


@dataclass(frozen=True)
class ListenerEnded(Event):
    """The listening process is gone."""

    pid: int
    ending: str
    output: str


@dataclass(frozen=True)
class SeenProcess:
    """A process as a census found it. `calls` are what its threads sleep in."""

    pid: int
    parent: int
    name: str
    state: str
    calls: tuple[str, ...] = ()

    def __str__(self) -> str:
        where = f" in {', '.join(self.calls)}" if self.calls else ""
        return f"{self.pid} ({self.name}{where})"


@dataclass(frozen=True)
class Census(Event):
    """The target's processes when no client is connected and nothing is to be done.

    `label` is "after" (the workload), "end" (after the last plain exchange) or "repeat".
    `strays` are living processes that were not there before; `descriptors` and `threads` count
    those of the processes that were. `grown` lists the descriptors that are new, in words.
    """

    label: str
    conclusion: Conclusion
    evidence: str
    zombies: tuple[SeenProcess, ...]
    strays: tuple[SeenProcess, ...]
    descriptors: int
    threads: int
    grown: tuple[str, ...] = ()
    spinning: str = ""


@dataclass(frozen=True)
class Filled(Event):
    """So many plain exchanges were made between repetitions, here or in a workload before."""

    exchanges: int


@dataclass(frozen=True)
class Idled(Event):
    """How the target was when clients were connected and all of them satisfied."""

    conclusion: Conclusion
    evidence: str
    spinning: str = ""


@dataclass(frozen=True)
class Restarted(Event):
    """The server was stopped and started again on its port."""

    succeeded: bool
    detail: str
    inconclusive: bool = False


EventType = TypeVar("EventType", bound=Event)


@dataclass
class History:
    """An append-only list of events. `processes_seen` is False for a server known by address."""

    processes_seen: bool = True
    events: list[Event] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def now(self) -> float:
        """Return seconds since the history began."""
        return time.monotonic() - self.began

    def add(self, event: Event) -> None:
        """Append an event."""
        self.events.append(event)

    def of(self, kind: type[EventType]) -> Iterator[EventType]:
        """Return the events of one kind, in order."""
        return (event for event in self.events if isinstance(event, kind))
