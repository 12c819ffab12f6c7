"""What a fault of a server may use: the server's processes, and the clients of the workload."""

from collections.abc import Callable
from signal import Signals
from typing import Protocol

from faults.fault import FaultOutcome, Reading
from faults.gate.gate import Gate
from faults.harmless_signals import Harmless
from faults.payloads import Payload
from faults.scheduling.trace import Trace
from faults.wire.link import Link
from target.handle import Handle
from target.inherited import Inherited
from target.processes import Process
from target.sockets import Endpoint, TcpSocket


class ServerLink(Link, Protocol):
    """What is between the clients' host and the server's, and what a fault may do to a host."""

    def server_end(self, client: int) -> TcpSocket | None:
        """Return the server's end of a connection, also of a client that has vanished."""

    def vanish(self, client: int) -> None:
        """Let a client be gone. Whether the server hears of it is the wire's business."""

    def come_back(self, client: int, new_client: int) -> bool:
        """Connect a new client from the port of one that has vanished; return whether it is."""


class Scheduling(Protocol):
    """What a fault needs that decides itself when each call of the target goes on."""

    def may_connect(self, client: int) -> bool:
        """Return whether the client is a new one and the accept queue has room for it."""

    def connect(self, client: int) -> bool:
        """Connect without waiting for the server; return whether the connection is established."""

    def deed_has_arrived(self, client: int, *, by_reset: bool) -> bool:
        """Return whether the server's kernel has all that the client has sent, a reset as well."""

    def all_has_come(self) -> bool:
        """Return whether nothing is on its way between the server and any client."""

    def move_bytes(self) -> None:
        """Let each client read and write once, without waiting for anything."""

    def record(self, trace: Trace) -> None:
        """Record in which order all went on."""


class ServerContext(Protocol):
    """What a fault may use: the target's handle and the clients of the workload.

    Clients are numbers. Every action is recorded by the context before it is made.
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

    @property
    def link(self) -> ServerLink:
        """What is between the clients' host and the server's."""

    @property
    def scheduling(self) -> Scheduling:
        """What a fault uses that schedules the calls of the target."""

    @property
    def inherited(self) -> Inherited:
        """What the target has inherited when it was started."""

    @property
    def why_started_as_usual(self) -> str:
        """Why the target was not started as a fault of the workload asks; empty where it was."""

    @property
    def harmless(self) -> Harmless:
        """Which caught signals are no order to the target."""

    def is_open(self, client: int) -> bool:
        """Return whether this client is connected and neither side has ended the connection."""

    def was_let_go(self, client: int) -> bool:
        """Return whether the server has ended this connection where its service permits it."""

    def may_open(self, client: int) -> bool:
        """Return whether this client can still be opened: unused, and within the limits."""

    def open(self, client: int, reading: Reading) -> bool:
        """Connect; return whether the connection was established."""

    def crowd(self, count: int) -> bool | None:
        """Connect so many clients that only take up places; return whether all were accepted.

        None where not so many can connect, or may.
        """

    def disperse(self) -> None:
        """Close them, and wait until the server has closed its side. Idempotent."""

    def send(self, client: int, payload: Payload, piece: int = 0, *, end: bool = False) -> None:
        """Queue bytes, `piece` at a time (0: at once); `end`: with a FIN in the last segment."""

    def send_urgent(self, client: int) -> bool:
        """Send one urgent byte (MSG_OOB); return whether the kernel took it."""

    def knows_urgent_data(self, client: int) -> bool:
        """Return whether the service says what may come back for an urgent byte."""

    def has_arrived(self, client: int) -> bool:
        """Return whether all that this client has sent is at the server's end."""

    def all_are_satisfied(self) -> bool:
        """Return whether every client has sent everything and has what it is owed."""

    def send_no_more(self, client: int) -> None:
        """Drop the bytes that are queued and that the kernel has not taken yet."""

    def half_close(self, client: int) -> None:
        """Queue the end of what the client sends (a FIN) after the bytes it still has to send."""

    def close(self, client: int) -> None:
        """Close at once: FIN, or RST where received bytes were left unread (RFC 2525, 2.17)."""

    def reset(self, client: int) -> None:
        """Reset at once (SO_LINGER with zero seconds, socket(7))."""

    def set_reading(self, client: int, reading: Reading) -> None:
        """Change how this client reads."""

    def endpoint(self, client: int) -> Endpoint:
        """Return the client's own address and port."""

    def is_satisfied(self, client: int) -> bool:
        """Return whether this client has sent everything and has what it is owed, or is gone."""

    def taken(self, client: int) -> int:
        """Return how many bytes of this client the server has read."""

    def is_stuck(self, client: int) -> bool:
        """Return whether bytes of this client cannot be sent because the server does not read."""

    def kept_for(self, client: int) -> int:
        """Return the bytes that the server has written and that have not come to this client."""

    def listeners(self) -> tuple[Process, ...]:
        """Return the processes that accept: they hold the listening socket from the start."""

    def workers(self, *clients: int) -> tuple[Process, ...]:
        """Return the processes that were made for one of these connections each, and hold it."""

    def pool(self) -> tuple[Process, ...]:
        """Return the processes of a pool that was there from the start, without its master."""

    def can_spare(self, victims: tuple[Process, ...]) -> bool:
        """Return whether the service has to go on without these processes of the pool."""

    def served_by(self, found: tuple[Process, ...]) -> frozenset[int]:
        """Return the clients whose connections one of these processes holds."""

    def without_clients(self, found: tuple[Process, ...]) -> tuple[Process, ...]:
        """Return those of these processes that hold no client's connection."""

    def accepted(self, client: int) -> bool:
        """Return whether the server has accepted this connection."""

    def wait(self, condition: Callable[[], bool]) -> bool:
        """Wait, while all clients go on, until the condition holds; return whether it does."""

    def see_it_rest(self) -> None:
        """Record the target's state while there is nothing for it to do."""

    def see_it_reap(self) -> None:
        """Wait until no zombie is left while clients are connected, or one will be; record it."""

    def tell_to_stop(self, told: tuple[Process, ...], number: Signals) -> bool:
        """Send a signal to these processes, and record whom each served; False: none was there."""

    def see_it_stop(self) -> None:
        """Wait until those that were told have ended or will not, and record what is left."""

    def note_overtaking(
        self, client: int, by: int, reads: int, count: int, *, is_answered: bool
    ) -> None:
        """Record what another client was served while the line of this one waited."""

    def note_spin(self, what: str) -> None:
        """Record that the target was seen to go on and on with nothing to do, in words."""

    def mark(self, what: str, pid: int = 0) -> None:
        """Record what is being done to the target, for the timeline."""


NO_PROCESS = FaultOutcome.impossible("a server known only by its address has no process to act on")
NO_WORKER = FaultOutcome.impossible("no process of its own serves the connection")
