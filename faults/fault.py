"""What a fault is, and what may become of it.

A fault is a frozen dataclass: its fields are its parameters, and nothing in it is random. `apply`
makes the moment happen and returns whether it did; `undo` reverts what would outlast it. The
interpreter does not distinguish faults. `faults.server.freeze` is the one to copy for a new
fault of a server, `faults.client.freeze` for one of a client.
"""

import enum
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import ClassVar, Generic, TypeVar

from faults.gate.calls import Kind
from target.inherited import NOTHING_UNUSUAL, Inherited

NAMES_CLIENTS = {"names_clients": True}
"""Metadata of a field that holds a client's number, or several: `field(metadata=NAMES_CLIENTS)`.
A search for the smallest case takes clients out of it, and renumbers them."""

MAY_BE_EMPTY = {"may_be_empty": True}
"""Metadata of a field that holds several of something, or none."""

MAKES_CERTAIN = {"makes_certain": True}
"""Metadata of a boolean field that, when true, makes the fault's moment independent of luck."""


BREAKING_OFF = (OSError, LookupError, ValueError)
"""What a fault raises where its target ends in the middle of it."""


class Status(enum.Enum):
    """Whether a fault happened."""

    FIRED = "fired"
    MISSED = "missed"
    """The moment did not come: nothing follows from this workload but what it showed anyway."""
    IMPOSSIBLE = "impossible"
    """This target has no such moment (no process to look into, no worker of its own)."""


@dataclass(frozen=True)
class FaultOutcome:
    """What became of a fault: a status, words for the report, and the disturbed clients."""

    status: Status
    detail: str
    disturbed: frozenset[int] = frozenset()

    @classmethod
    def fired(cls, detail: str, disturbed: frozenset[int] = frozenset()) -> "FaultOutcome":
        """The moment happened."""
        return cls(Status.FIRED, detail, disturbed)

    @classmethod
    def missed(cls, detail: str, disturbed: frozenset[int] = frozenset()) -> "FaultOutcome":
        """The moment did not come in this workload."""
        return cls(Status.MISSED, detail, disturbed)

    @classmethod
    def impossible(cls, detail: str) -> "FaultOutcome":
        """The moment cannot come with this target."""
        return cls(Status.IMPOSSIBLE, detail)


class Reading(enum.Enum):
    """How a client reads what comes back."""

    EAGER = "eagerly"
    SLOW = "slowly"
    LATE = "late"
    """Not before it waits for the echo, or for the end."""


C = TypeVar("C")
"""What a fault may use: `faults.server_context.ServerContext`, or `faults.client_context`'s."""


class Fault(ABC, Generic[C]):
    """One thing that can go wrong, at one moment. Subclasses are frozen dataclasses."""

    name: ClassVar[str]
    section: ClassVar[str]
    summary: ClassVar[str]
    brings_clients: ClassVar[bool] = False
    """Whether it brings clients of its own, so that it needs no step before it."""
    uses_signals: ClassVar[bool] = False
    """Whether it matters which of the signals that the target catches are no order to it."""
    ends_target: ClassVar[bool] = False
    """Whether the target is to end of it, so that the workload needs one of its own."""
    decides_order: ClassVar[bool] = False
    """Whether it decides when each call of the target goes on, so that it shows the same again."""
    over_wire: ClassVar[bool] = False
    """Whether the target's peers must be on another host, with a wire between both."""
    calls: ClassVar[frozenset[Kind]] = frozenset()
    """The kinds of system calls that must stop at the gate for it (`faults.gate`)."""

    @property
    def starts_with(self) -> Inherited:
        """What the target of the workload is to inherit when it is started."""
        return NOTHING_UNUSUAL

    @property
    def stopping(self) -> frozenset[Kind]:
        """The kinds of calls that must stop for this instance, of those in `calls`."""
        return self.calls

    @property
    def cause(self) -> str:
        """What a violation after it comes from, in words; "" where there is nothing to add.

        Violations of one invariant with the same cause are one finding, others are not.
        """
        return ""

    @property
    def judged_for(self) -> frozenset[str] | None:
        """The invariants that must hold after it, None for all."""
        return None

    @abstractmethod
    def apply(self, context: C) -> FaultOutcome:
        """Make it happen, and return whether it did. Raises OSError, LookupError or ValueError.

        Such an error (`BREAKING_OFF`) means that the target ended in the middle of it; the fault
        then counts as missed. Any other is a mistake in the fault, and ends the run.
        """

    def undo(self, context: C) -> None:
        """Revert what would outlast the fault. Always called; idempotent.

        Raises what `apply` raises; what became of the fault stays as it was.
        """

    @abstractmethod
    def __str__(self) -> str:
        """Describe what it does, as a line of a workload."""


def names(clients: tuple[int, ...]) -> str:
    """Format clients for a report: "c1", "c1 and c2", "c1, c2 and c3", "c1 to c9"."""
    if not clients:
        return "no client"
    if len(clients) > 3 and clients == tuple(range(clients[0], clients[0] + len(clients))):
        return f"c{clients[0]} to c{clients[-1]}"
    words = [f"c{client}" for client in clients]
    return " and ".join(filter(None, [", ".join(words[:-1]), words[-1]]))
