"""The steps of a server's workload: what its clients do.

Steps name clients by number. A step whose client cannot do it (never opened, already closed) does
nothing.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from faults.fault import NAMES_CLIENTS, Reading
from faults.payloads import A_LINE, Payload
from properties.model.steps import Step, Workload


@dataclass(frozen=True)
class Open(Step):
    """Connect a client that reads in this way."""

    is_workload: ClassVar[bool] = True
    brings_client: ClassVar[bool] = True
    is_grouped: ClassVar[bool] = True

    client: int = field(metadata=NAMES_CLIENTS)
    reading: Reading = Reading.EAGER

    def __str__(self) -> str:
        how = "" if self.reading is Reading.EAGER else f" (reads {self.reading.value})"
        return f"open c{self.client}{how}"

    @property
    def manner(self) -> str:
        """How the clients read, unless they read eagerly."""
        return "" if self.reading is Reading.EAGER else f" (read {self.reading.value})"


@dataclass(frozen=True)
class Send(Step):
    """Send a payload, `piece` bytes in each write (0: all at once); does not wait for the echo."""

    client: int = field(metadata=NAMES_CLIENTS)
    payload: Payload
    piece: int = 0

    def __str__(self) -> str:
        how = f" in pieces of {self.piece}" if self.piece else ""
        return f"c{self.client} sends {self.payload.described(self.client)}{how}"


@dataclass(frozen=True)
class Receive(Step):
    """Wait until everything owed to the client has come."""

    client: int = field(metadata=NAMES_CLIENTS)

    def __str__(self) -> str:
        return f"c{self.client} waits for its echo"


@dataclass(frozen=True)
class HalfClose(Step):
    """Send FIN after everything sent so far, and go on reading."""

    client: int = field(metadata=NAMES_CLIENTS)

    def __str__(self) -> str:
        return f"half-close c{self.client}"


@dataclass(frozen=True)
class Close(Step):
    """Close the connection, read or not."""

    is_grouped: ClassVar[bool] = True

    client: int = field(metadata=NAMES_CLIENTS)

    def __str__(self) -> str:
        return f"close c{self.client}"


@dataclass(frozen=True)
class Reset(Step):
    """Reset the connection."""

    is_grouped: ClassVar[bool] = True

    client: int = field(metadata=NAMES_CLIENTS)

    def __str__(self) -> str:
        return f"reset c{self.client}"


@dataclass(frozen=True)
class Silence(Step):
    """Keep all clients connected, satisfied and silent until the server's timers have run out.

    `seconds`: and at least so long, unless the server ends all of them before.
    """

    seconds: float = 0.0

    def __str__(self) -> str:
        least = f", and {self.seconds:g} s at least" if self.seconds else ""
        return f"all clients are silent until the server's timers have run out{least}"


@dataclass(frozen=True)
class Fill(Step):
    """Send, and read nothing, until the server keeps bytes that it cannot write."""

    client: int = field(metadata=NAMES_CLIENTS)

    def __str__(self) -> str:
        return f"c{self.client} reads nothing and sends until the server cannot write"


@dataclass(frozen=True)
class Standstill(Step):
    """Do nothing until nothing moves any more, and see whether the server sleeps then."""

    def __str__(self) -> str:
        return "nothing is done until nothing moves any more"


@dataclass(frozen=True)
class Stop(Step):
    """Stop all processes of the server, so that they meet at once what comes until `Continue`.

    They go on by themselves before the next step that waits for them.
    """

    def __str__(self) -> str:
        return "stop the server's processes"


@dataclass(frozen=True)
class Continue(Step):
    """Continue the stopped processes, once all that was sent has come to their end."""

    def __str__(self) -> str:
        return "continue the server's processes"


AT_ONCE = (Open, Send, HalfClose, Close, Reset)
"""The steps that do not wait for the server."""


def asking(client: int) -> Workload:
    """Return the steps with which a client connects, sends a line, and waits for its echo."""
    return Open(client), Send(client, A_LINE), Receive(client)
