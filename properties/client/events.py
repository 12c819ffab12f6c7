"""What the history of a client is made of, besides the events that both roles share."""

import enum
from dataclasses import dataclass

from faults.client_context import OutputFailure, PeerEnd
from properties.model.end_reports import UNREACHABLE_WORDS
from properties.model.events import Conclusion, Event


class Place(enum.Enum):
    """Where bytes were compared with what they ought to be."""

    SENT = "what the client sent"
    PRINTED = "what the client printed"


class Awaited(enum.Enum):
    """What the client was waited for to do."""

    CONNECTION = "to connect"
    INPUT = "to send what was typed"
    ECHO = "to take the echo"
    NOTICE = "to notice the end of the connection"
    EXIT = "to end after its input and the echoes"
    EXIT_AFTER_FIN = "to end after the server has closed"


@dataclass(frozen=True)
class Started(Event):
    """The client runs as the process `pid`, with this for its standard input."""

    pid: int
    input: str


@dataclass(frozen=True)
class Listened(Event):
    """Which words of the client count as which report: regular expressions."""

    eof: str
    reset: str
    unreachable: str = UNREACHABLE_WORDS


@dataclass(frozen=True)
class Accepted(Event):
    """The server has accepted a connection of the client."""

    address: str


@dataclass(frozen=True)
class Named(Event):
    """The client was given a name instead of an address, which has `addresses` in this order.

    Nothing listens at the address `dead`, "" where the server listens at all of them.
    """

    name: str
    addresses: tuple[str, ...]
    dead: str = ""


@dataclass(frozen=True)
class NotNamed(Event):
    """The client was to be given a name instead of an address, and `why` it was not."""

    why: str


@dataclass(frozen=True)
class Alone(Event):
    """The client runs in a network of its own, where no server listens."""


@dataclass(frozen=True)
class NotAlone(Event):
    """The client was to run in a network of its own, and `why` it does not."""

    why: str


@dataclass(frozen=True)
class Attempted(Event):
    """How many connections the client had begun to make, and how many of them had failed."""

    made: int
    failed: int


@dataclass(frozen=True)
class Typed(Event):
    """The client was given `count` more bytes of input; `total` in all, `lines` of them in lines.

    What follows the last newline may wait in a client that sends lines. `due` bytes are owed for
    all of it, None for as many.
    """

    count: int
    total: int
    lines: int
    due: int | None = None


@dataclass(frozen=True)
class InputEnded(Event):
    """The end of its input was given to the client, with `owed` bytes not echoed yet.

    `client_lives`: it had not ended by itself before.
    """

    owed: int
    client_lives: bool = True


@dataclass(frozen=True)
class InputRefused(Event):
    """The client had closed its standard input; `count` bytes could not be typed."""

    count: int


@dataclass(frozen=True)
class Taken(Event):
    """The server has read `count` more bytes of the client, `total` in all."""

    count: int
    total: int


@dataclass(frozen=True)
class Answered(Event):
    """The server has sent `count` more bytes, `total` in all, `lines` of them in whole lines."""

    count: int
    total: int
    lines: int = 0


@dataclass(frozen=True)
class Said(Event):
    """The server has sent `count` bytes that it did not owe."""

    count: int


@dataclass(frozen=True)
class Altered(Event):
    """Bytes differ from those that were due, first at `offset`."""

    place: Place
    offset: int
    expected: bytes
    actual: bytes


@dataclass(frozen=True)
class ClientFinished(Event):
    """The server has seen the client's FIN; or the end of the connection by an error."""

    reason: str
    by_reset: bool


@dataclass(frozen=True)
class PeerEnded(Event):
    """The server has ended its side.

    `owed` bytes of what was typed had not been echoed; the client's input was `input_open`; the
    client was `idle`: it slept and had sent all its input; `was_there`: the client still had the
    connection, and not ended its side. `on_its_way`: bytes that had not reached the client's
    kernel, and that a reset discards. `unsent`: some of its input had not left its host, though it
    may have ended.
    """

    how: PeerEnd
    owed: int
    input_open: bool
    idle: bool
    was_there: bool
    on_its_way: int = 0
    unsent: bool = False


@dataclass(frozen=True)
class Refused(Event):
    """The server listens no more. `waiting` connections were reset in the accept queue."""

    waiting: int


@dataclass(frozen=True)
class Unreached(Event):
    """The client's calls fail with this error, for the server cannot be reached (any more).

    `owed` bytes of what was typed had not been echoed; the client's input was `input_open`.
    """

    error: str
    owed: int
    input_open: bool


@dataclass(frozen=True)
class Delivered(Event):
    """The client, at rest, has read everything that was sent: `total` bytes in all."""

    total: int


@dataclass(frozen=True)
class Printed(Event):
    """The client has written `count` more bytes to its standard output, `total` in all."""

    count: int
    total: int


@dataclass(frozen=True)
class OutputFailed(Event):
    """From now on the client's standard output fails; `answered` bytes had been sent before."""

    failure: OutputFailure
    answered: int


@dataclass(frozen=True)
class Complained(Event):
    """The client has written to its standard error."""

    text: str


@dataclass(frozen=True)
class Waited(Event):
    """How a wait for the client to do something ended. `missing` counts bytes."""

    what: Awaited
    conclusion: Conclusion
    evidence: str
    missing: int = 0


@dataclass(frozen=True)
class Interrupted(Event):
    """A signal was sent to the client while it was blocked in connect."""

    pid: int


@dataclass(frozen=True)
class Rested(Event):
    """Whether the client came to rest while there was nothing for it to do."""

    conclusion: Conclusion
    spinning: str = ""

    @property
    def evidence(self) -> str:
        """What was seen, in words."""
        return self.spinning or "the client never came to rest"


@dataclass(frozen=True)
class DescriptorsLeft(Event):
    """The client has ended: what it has `changed` of descriptors 0 to 2, in words, "" for nothing.

    Only of a client at a terminal, which shares them as with a shell.
    """

    changed: str


@dataclass(frozen=True)
class ProcessesLeft(Event):
    """The client's first process has ended, its input has not: which others go on, in words."""

    processes: str


@dataclass(frozen=True)
class Exited(Event):
    """The client has ended. `ending` in words; `status` and `signal` as in wait(2).

    `stopped`: it did not end by itself, and we have killed it.
    """

    ending: str
    status: int | None
    signal: int | None
    stopped: bool = False
