"""What a fault is, and what it may use.

A fault is a frozen dataclass: its fields are its parameters, and nothing in it is random. `apply`
makes the moment happen and says whether it did; `undo` takes back what would outlast it. The
interpreter never asks which fault it has. `faults.freeze` is the one to copy for a new fault.
"""

import enum
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, Protocol

from faults.gate.calls import Kind
from faults.gate.gate import Gate
from faults.payloads import Payload
from target.handle import Handle
from target.processes import Process
from target.sockets import Endpoint


class Status(enum.Enum):
    """Whether a fault happened."""

    FIRED = "fired"
    MISSED = "missed"
    """The moment did not come: nothing follows from this workload but what it showed anyway."""
    IMPOSSIBLE = "impossible"
    """This target has no such moment (no process to look into, no worker of its own)."""


@dataclass(frozen=True)
class Outcome:
    """What became of a fault: a status, words for the report, and the clients it has hurt."""

    status: Status
    detail: str
    disturbed: frozenset[int] = frozenset()

    @classmethod
    def fired(cls, detail: str, disturbed: frozenset[int] = frozenset()) -> "Outcome":
        """The moment happened."""
        return cls(Status.FIRED, detail, disturbed)

    @classmethod
    def missed(cls, detail: str, disturbed: frozenset[int] = frozenset()) -> "Outcome":
        """The moment did not come in this workload."""
        return cls(Status.MISSED, detail, disturbed)

    @classmethod
    def impossible(cls, detail: str) -> "Outcome":
        """The moment cannot come with this target."""
        return cls(Status.IMPOSSIBLE, detail)


class Reading(enum.Enum):
    """How a client reads what comes back."""

    EAGER = "eagerly"
    SLOW = "slowly"
    LATE = "late"
    """Not before it waits for the echo, or for the end."""


class Scene(Protocol):
    """What a fault may use: the target's handle and the clients of the workload.

    Clients are numbers. Every action is recorded by the scene before it is made.
    """

    @property
    def handle(self) -> Handle | None:
        """The target's processes; None for a server that is only known by its address."""

    @property
    def gate(self) -> Gate | None:
        """Where the target's system calls stop; None where none do."""

    @property
    def why_no_gate(self) -> str:
        """Why there is no gate, in words."""

    def is_open(self, client: int) -> bool:
        """Tell whether this client is connected and neither side has ended the connection."""

    def may_open(self, client: int) -> bool:
        """Tell whether this client can still be opened: unused, and within the limits."""

    def open(self, client: int, reading: Reading) -> bool:
        """Connect; return whether the connection was established."""

    def send(self, client: int, payload: Payload, piece: int = 0, *, end: bool = False) -> None:
        """Queue bytes, `piece` at a time (0: at once); `end`: with a FIN in the last segment."""

    def send_no_more(self, client: int) -> None:
        """Drop the bytes that are queued and that the kernel has not taken yet."""

    def half_close(self, client: int) -> None:
        """Queue the end of what the client sends (a FIN) behind the bytes it still has to send."""

    def close(self, client: int) -> None:
        """Close at once: FIN, or RST where received bytes were left unread (RFC 2525, 2.17)."""

    def reset(self, client: int) -> None:
        """Reset at once (SO_LINGER with zero seconds, socket(7))."""

    def set_reading(self, client: int, reading: Reading) -> None:
        """Change how this client reads."""

    def endpoint(self, client: int) -> Endpoint:
        """Return the client's own address and port."""

    def is_satisfied(self, client: int) -> bool:
        """Tell whether this client has sent everything and has what it is owed, or is gone."""

    def is_stuck(self, client: int) -> bool:
        """Tell whether bytes of this client cannot be sent because the server does not read."""

    def listeners(self) -> tuple[Process, ...]:
        """Return the processes that accept: they hold the listening socket from the start."""

    def workers(self, client: int) -> tuple[Process, ...]:
        """Return the processes that were made for this connection and hold it."""

    def accepted(self, client: int) -> bool:
        """Tell whether the server has accepted this connection."""

    def wait(self, condition: Callable[[], bool], what: str) -> bool:
        """Wait, while all clients go on, until the condition holds; return whether it does."""

    def see_it_rest(self) -> None:
        """Record how the target is while nothing that it could do is to be done."""

    def mark(self, what: str, pid: int = 0) -> None:
        """Record what is being done to the target, for the timeline."""


class Fault(ABC):
    """One thing that can go wrong, at one moment. Subclasses are frozen dataclasses."""

    name: ClassVar[str]
    section: ClassVar[str]
    summary: ClassVar[str]
    begins: ClassVar[bool] = False
    """Whether it brings clients of its own, so that it needs no step before it."""
    calls: ClassVar[frozenset[Kind]] = frozenset()
    """The kinds of system calls that must stop at the gate for it (`faults.gate`)."""

    @property
    def stopping(self) -> frozenset[Kind]:
        """The kinds of calls that must stop for this very fault, of those in `calls`."""
        return self.calls

    @abstractmethod
    def apply(self, scene: Any) -> Outcome:
        """Make it happen, and say whether it did.

        A fault of a server is given a `Scene`, one of a client a `faults.stage.Stage`.
        """

    def undo(self, scene: Any) -> None:  # noqa: B027 - most faults leave nothing to take back
        """Take back what would outlast the fault. Always called; twice is harmless."""

    @abstractmethod
    def __str__(self) -> str:
        """Say in words what it does, as a line of a workload."""


NO_PROCESS = Outcome.impossible("a server known only by its address has no process to act on")
NO_WORKER = Outcome.impossible("no process of its own serves the connection")


def names(clients: tuple[int, ...]) -> str:
    """Write clients for a person: "c1", "c1 and c2", "c1, c2 and c3", "c1 to c9"."""
    if not clients:
        return "no client"
    if len(clients) > 3 and clients == tuple(range(clients[0], clients[0] + len(clients))):
        return f"c{clients[0]} to c{clients[-1]}"
    words = [f"c{client}" for client in clients]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
