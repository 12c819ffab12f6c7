"""A workload as data: steps in order, fault steps included.

A workload is one value, so that its traffic and its faults shrink together. Steps name clients by
number; a step whose client cannot do it (never opened, already closed) does nothing, so that any
step can be taken out of a case by hand.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from faults.fault import Fault, Reading, names
from faults.gate.calls import Kind
from faults.payloads import Payload


class Step:
    """One step. Subclasses are frozen dataclasses, and say in words what they do.

    `begins`: a workload of this step alone is one already.
    """

    begins: ClassVar[bool] = False


@dataclass(frozen=True)
class Open(Step):
    """Connect a client that reads in this way."""

    begins: ClassVar[bool] = True

    client: int
    reading: Reading = Reading.EAGER

    def __str__(self) -> str:
        how = "" if self.reading is Reading.EAGER else f" (reads {self.reading.value})"
        return f"open c{self.client}{how}"


@dataclass(frozen=True)
class Send(Step):
    """Send a payload, `piece` bytes in each write (0: all at once); does not wait for the echo."""

    client: int
    payload: Payload
    piece: int = 0

    def __str__(self) -> str:
        how = f" in pieces of {self.piece}" if self.piece else ""
        return f"c{self.client} sends {self.payload}{how}"


@dataclass(frozen=True)
class Receive(Step):
    """Wait until everything owed to the client has come."""

    client: int

    def __str__(self) -> str:
        return f"c{self.client} waits for its echo"


@dataclass(frozen=True)
class HalfClose(Step):
    """Send FIN behind everything sent so far, and go on reading."""

    client: int

    def __str__(self) -> str:
        return f"half-close c{self.client}"


@dataclass(frozen=True)
class Close(Step):
    """Close the connection, read or not."""

    client: int

    def __str__(self) -> str:
        return f"close c{self.client}"


@dataclass(frozen=True)
class Reset(Step):
    """Reset the connection."""

    client: int

    def __str__(self) -> str:
        return f"reset c{self.client}"


@dataclass(frozen=True)
class Inject(Step):
    """Apply a fault."""

    fault: Fault

    def __str__(self) -> str:
        return str(self.fault)


@dataclass(frozen=True)
class Silence(Step):
    """Keep all clients connected, satisfied and silent until the server's timers have run out."""

    def __str__(self) -> str:
        return "all clients are silent until the server's timers have run out"


Workload = tuple[Step, ...]


def begins(workload: Workload) -> bool:
    """Tell whether the steps do anything by themselves: somebody comes."""
    return any(step.fault.begins if isinstance(step, Inject) else step.begins for step in workload)


def calls_held_for(workload: Workload) -> frozenset[Kind]:
    """Return the kinds of system calls that must stop at a gate for the faults of a workload."""
    faults = (step.fault for step in workload if isinstance(step, Inject))
    return frozenset(kind for fault in faults for kind in fault.stopping)


def described(workload: Workload) -> Iterator[str]:
    """Return the lines that show a workload, neighbouring opens and closes drawn together."""
    index = 0
    while index < len(workload):
        step = workload[index]
        together = [step.client] if isinstance(step, _DRAWN_TOGETHER) else []
        while together and index + 1 < len(workload):
            following = workload[index + 1]
            if not isinstance(following, _DRAWN_TOGETHER) or not _same_manner(step, following):
                break
            together.append(following.client)
            index += 1
        if len(together) > 1:
            verb = type(step).__name__.lower()
            yield f"{verb} {names(tuple(together))}{_manner(step)}"
        else:
            yield str(step)
        index += 1


_DRAWN_TOGETHER = (Open, Close, Reset)


def _same_manner(one: Step, other: Step) -> bool:
    return type(one) is type(other) and _manner(one) == _manner(other)


def _manner(step: Step) -> str:
    if isinstance(step, Open) and step.reading is not Reading.EAGER:
        return f" (read {step.reading.value})"
    return ""
