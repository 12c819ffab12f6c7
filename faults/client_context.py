"""What a fault of a client may use: the client's processes, and our server for it."""

import enum
from collections.abc import Callable
from typing import Protocol

from faults.fault import FaultOutcome
from faults.harmless_signals import Harmless
from faults.payloads import Payload
from faults.wire.link import Link
from target.client_handle import ClientHandle
from target.counters import Attempts
from target.processes import Process


class PeerEnd(enum.Enum):
    """How a server ends a connection, as the wire shows it."""

    FIN = "FIN"
    """shutdown(2): it sends no more, and still reads."""
    CLOSE = "close"
    """close(2) with nothing unread: FIN, and RST to what comes after it."""
    UNREAD = "close with unread input"
    """close(2) with unread input: RST instead of FIN (RFC 2525, 2.17)."""
    RESET = "RST"
    """SO_LINGER with zero seconds, then close(2): RST at once (socket(7))."""


class OutputFailure(enum.Enum):
    """Why the client's standard output cannot be written."""

    FULL = "standard output is a full disk"
    """/dev/full: every write fails with ENOSPC (full(4)). From the start or not at all."""
    READER_GONE = "the reader of standard output has gone"
    """A pipe that nobody has open for reading: EPIPE and SIGPIPE (pipe(7))."""


class Addresses(enum.Enum):
    """Which addresses the name has that stands for the server's, in the order of /etc/hosts."""

    LIVE = "the server's"
    DEAD_FIRST = "one where nothing listens, then the server's"
    DEAD_LAST = "the server's, then one where nothing listens"


class ClientLink(Link, Protocol):
    """What is between the client's host and the server's, and what a fault may do there."""

    def vanish(self) -> None:
        """Let the server be gone. Whether the client hears of it is the wire's business."""

    def is_lost(self) -> bool:
        """Return whether the client's kernel has given up its connections, or was told to."""

    def note_unreached(self, error: str) -> None:
        """Record that the client's calls fail with this error: the server cannot be reached."""


class ClientContext(Protocol):
    """The client under test, and the server's side of it. Every action is recorded."""

    @property
    def handle(self) -> ClientHandle | None:
        """The client's processes, None before it is started and once it has ended."""

    @property
    def link(self) -> ClientLink:
        """What is between the client's host and the server's."""

    @property
    def harmless(self) -> Harmless:
        """Which caught signals are no order to the client."""

    def start(self) -> None:
        """Start the client, if it was not started before; does not wait for anything."""

    def start_by_name(self, addresses: Addresses) -> str:
        """Start the client with a name in the place of the server's address.

        Returns why that cannot be, in words, "" where it was done.
        """

    def start_alone(self) -> str:
        """Start the client in a network of its own, in which no server listens.

        Returns why that cannot be, in words, "" where it was done.
        """

    def connect_from_its_port(self) -> None:
        """Let the client's next attempt come from the port that it connects to."""

    def attempts(self) -> Attempts:
        """Return how often the client has tried to connect, and failed; and record it."""

    def meet(self) -> bool:
        """Start the client if necessary, and wait for its connection; return whether it came."""

    def is_open(self) -> bool:
        """Return whether the client is connected and neither side has ended the connection."""

    def may_end(self) -> bool:
        """Return whether the client has the connection and the server has not ended its side."""

    def is_connecting(self) -> bool:
        """Return whether a connection of the client is being made (SYN_SENT)."""

    def refuse(self) -> None:
        """Listen no more: connections are refused, and those that wait to be accepted are reset."""

    def fill_queue(self) -> bool:
        """Fill the accept queue, so that the next SYN is dropped; return whether it is full."""

    def drain_queue(self) -> None:
        """Remove from the accept queue what filled it: the next SYN is answered."""

    def type(self, payload: Payload) -> None:
        """Give the client input."""

    def answer(self) -> None:
        """Let the server read and answer what has been typed; returns when it has, or cannot."""

    def read_on(self) -> None:
        """Let the server read and answer from now on, while other things happen."""

    def swallow(self) -> None:
        """Read what has come, and answer nothing."""

    def end(self, how: PeerEnd, seen: PeerEnd | None = None) -> None:
        """End the server's side. `seen`: what reaches the client of it, where that is another."""

    def unread(self) -> int:
        """Return how many bytes of the client the server has received and not read."""

    def processes(self) -> tuple[Process, ...]:
        """Return the client's processes that have not ended."""

    def is_idle(self) -> bool:
        """Return whether the client has sent all its input, and sleeps."""

    def is_stuck(self) -> bool:
        """Return whether the client sleeps with input that it cannot send."""

    def hold_output(self, *, held: bool) -> None:
        """Read nothing of what the client prints, or read on."""

    def fail_output(self, failure: OutputFailure) -> None:
        """Make standard output fail from now on; `FULL` before the client is started."""

    def lost_output(self) -> int:
        """Return how many bytes of echoes the client has read since its output fails."""

    def is_output_stuck(self) -> bool:
        """Return whether the client sleeps with echoes that it cannot print."""

    def has_noticed(self) -> bool:
        """Return whether the client has closed, has ended, or has reported what it saw."""

    def has_arrived(self, how: PeerEnd) -> bool:
        """Return whether the end of the server's side has reached the client's kernel."""

    def rest(self) -> bool:
        """Wait until the client sleeps and nothing is on its way; return whether it does."""

    def wait(self, condition: Callable[[], bool]) -> bool:
        """Wait until the condition holds or it is certain that it will not."""

    def await_notice(self) -> None:
        """Wait until the client has noticed the end, and record whether it did."""

    def mark(self, what: str, pid: int = 0) -> None:
        """Record what is being done to the client, for the timeline."""


NOT_STARTED = FaultOutcome.missed(
    "the client was connected already: this comes first or not at all"
)
NOT_CONNECTED = FaultOutcome.missed("the client was not connected")
NOT_STOPPED = FaultOutcome.missed("the client did not stop")
