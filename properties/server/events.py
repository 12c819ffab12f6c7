"""What is done to a server and observed of it: one frozen dataclass for each kind of event.

Times are seconds of the monotonic clock since the history began.
"""

import enum
from dataclasses import dataclass

from properties.model.events import Conclusion, Event


class End(enum.Enum):
    """How a client saw its connection end."""

    EOF = "EOF"
    RESET = "ECONNRESET"
    OTHER = "another error"


@dataclass(frozen=True)
class Opened(Event):
    """A client is connected from this address. `owed`: bytes that come by themselves."""

    client: int
    address: str
    owed: int = 0


@dataclass(frozen=True)
class OpenFailed(Event):
    """A client could not connect. `recovered_after`: seconds until the server listened, or None.

    `served` is how many others the server had accepted, `conclusion` how the wait for the handshake
    ended, `is_local` whether our own machine refused.
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
class LimitSeen(Event):
    """With `clients` served one by one, the next was ended at once, or left waiting, each time."""

    clients: int


@dataclass(frozen=True)
class FewServed(Event):
    """Beside so few `clients`, on fresh servers to which nothing was done, one is ended at once."""

    clients: int


@dataclass(frozen=True)
class LostWithoutFaults(Event):
    """The same clients, on a fresh server to which nothing was done, lost bytes as well.

    `loser` is one of them, or the one of an exchange there: not a client of this history.
    `ended`: the server ended it there.
    """

    loser: int
    ended: bool = False


@dataclass(frozen=True)
class Sent(Event):
    """The kernel took `count` more bytes of a client; the server now owes `owed` in all."""

    client: int
    count: int
    owed: int


@dataclass(frozen=True)
class UrgentSent(Event):
    """The kernel took one urgent byte of a client (MSG_OOB): it may come back once, or not."""

    client: int


@dataclass(frozen=True)
class Received(Event):
    """A client read `count` more bytes, all of them as owed, `total` without urgent ones.

    `owed` in all, where that shows only now.
    """

    client: int
    count: int
    total: int
    owed: int = 0


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
    """A client saw its connection end, `missing` bytes owed. `allowed`: the service permits it.

    `late_at` is when it began to read what it had left unread, 0 where it had left nothing.
    """

    client: int
    end: End
    missing: int
    reason: str
    allowed: bool = False
    late_at: float = 0.0

    @property
    def how(self) -> str:
        """How the client saw the end, in words: "EOF", "ECONNRESET", "EPIPE"."""
        return self.end.value if self.end is not End.OTHER else self.reason


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
class Unmatched(Event):
    """An answer that `client` was owed never matched its pattern: `came` is how it began."""

    client: int
    pattern: str
    came: bytes

    def __str__(self) -> str:
        came = repr(self.came) if self.came else "nothing"
        return f"{came} came where an answer that matches '{self.pattern}' was owed"


@dataclass(frozen=True)
class Overtaken(Event):
    """While a line of `client` waited at the server, it served `reads` reads of the client `by`.

    It took `count` bytes of that one meanwhile. `answered`: the line came back, at the latest when
    nothing else moved while the next read of `by` was held.
    """

    client: int
    by: int
    reads: int
    count: int
    answered: bool


@dataclass(frozen=True)
class Silenced(Event):
    """For the last `seconds` these clients had nothing to send and nothing to receive.

    `timers` are the timed calls in which the server waited for them meanwhile, in words.
    """

    clients: tuple[int, ...]
    seconds: float
    timers: tuple[str, ...]
    conclusion: Conclusion


@dataclass(frozen=True)
class ListenerEnded(Event):
    """The listening process is gone. `ending` in words; `status` and `signal` as in wait(2)."""

    pid: int
    ending: str
    output: str
    status: int | None = None
    signal: int | None = None


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


WHILE_CONNECTED = "connected"
"""The label of a census that is about zombies alone."""


@dataclass(frozen=True)
class Census(Event):
    """The target's processes when no client is connected and nothing is to be done.

    `label` is "after" (the workload), "end" (after the last control exchange) or "repeat"; one that
    is taken while clients are connected is "connected", and counts no strays.
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
    """So many control exchanges were made between repetitions, here or in a workload before."""

    exchanges: int


@dataclass(frozen=True)
class NotRepeated(Event):
    """At the end there were so many more of each than at first, and nothing was repeated: `why`."""

    descriptors: int
    threads: int
    strays: int
    why: str


@dataclass(frozen=True)
class Idled(Event):
    """The state of the target while it had nothing to do but wait for its clients.

    All of them were satisfied, but for those in `waiting`, who did not read what they were owed.
    """

    conclusion: Conclusion
    evidence: str
    spinning: str = ""
    waiting: tuple[int, ...] = ()
