"""What a user types and what the scripted server does, as data: the steps of a client's workload.

The client is started by the first step that needs it. After each step the client comes to rest
before the next one is made: what happens at one moment is one step, a fault
(`faults.client_context`). A step that cannot be made does nothing, so that any step can be taken
out of a case by hand.
"""

from dataclasses import dataclass
from typing import ClassVar

from faults.payloads import Payload, size
from properties.model.steps import Step


@dataclass(frozen=True)
class Terminal(Step):
    """Give the client a terminal for its standard input, instead of a pipe; comes first."""

    def __str__(self) -> str:
        return "standard input is a terminal"


@dataclass(frozen=True)
class FromFile(Step):
    """Start the client with a regular file for its standard input, which holds all; comes first."""

    is_workload: ClassVar[bool] = True

    payload: Payload

    def __str__(self) -> str:
        return f"standard input is a file with {self.payload}"


@dataclass(frozen=True)
class Accept(Step):
    """Accept the client's connection, and do nothing with it yet."""

    is_workload: ClassVar[bool] = True

    def __str__(self) -> str:
        return "the server accepts"


@dataclass(frozen=True)
class Type(Step):
    """Give the client input. The server does not read it yet."""

    is_workload: ClassVar[bool] = True

    payload: Payload

    def __str__(self) -> str:
        return f"type {self.payload}"


@dataclass(frozen=True)
class TypeUntilHeld(Step):
    """Give the client input until it holds some that its connection does not take.

    The server accepts, and reads nothing.
    """

    is_workload: ClassVar[bool] = True

    def __str__(self) -> str:
        return "type until the client holds what its connection does not take"


@dataclass(frozen=True)
class Answer(Step):
    """Read and echo what was typed, the first of it `piece` bytes in each write (0: as it comes).

    The last `withheld` bytes of it are read and not echoed.
    """

    is_workload: ClassVar[bool] = True

    piece: int = 0
    withheld: int = 0

    def __str__(self) -> str:
        pieces = {0: "", 1: " byte by byte"}.get(self.piece, f" in pieces of {self.piece} bytes")
        rest = f", all but the last {size(self.withheld)}" if self.withheld else ""
        return f"the server echoes what was typed{pieces}{rest}"


@dataclass(frozen=True)
class Say(Step):
    """Send what the server does not owe."""

    is_workload: ClassVar[bool] = True

    payload: Payload

    def __str__(self) -> str:
        return f"the server sends {self.payload} that was not typed"


@dataclass(frozen=True)
class EndInput(Step):
    """End the client's standard input."""

    is_workload: ClassVar[bool] = True

    def __str__(self) -> str:
        return "standard input ends"
