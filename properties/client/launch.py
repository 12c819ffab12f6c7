"""How a client is started: with the server's address, with a name for it, or where none is."""

from dataclasses import dataclass, field

from faults.client.signals import BY_CONVENTION
from faults.client_context import Addresses
from faults.gate.gate import Gate
from faults.harmless_signals import Harmless
from faults.wire.wire import Wire
from properties.client.events import Alone, Attempted, Named, NotAlone, NotNamed, Started
from properties.client.io_loop import ServerIoLoop
from properties.client.listener import Listener
from properties.client.state import ClientState
from properties.model.events import Marked
from properties.model.history import History
from properties.model.settings import Rules
from target import chamber, client_handle, counters
from target.client_handle import InputKind
from target.command import Command
from target.counters import Attempts
from target.errors import NamespaceError
from target.inherited import NOTHING_UNUSUAL, Inherited
from target.pace import Pace
from target.sockets import Endpoint

SERVER_NAME = "echo.test"
"""The name for the server's address, which no name server has (RFC 6761, 6.2)."""

DEAD = "127.0.0.1"
LIVE = "127.0.0.2"
"""The addresses of a name. Sorted by nearness, as getaddrinfo(3) does it (RFC 6724, 6), DEAD comes
first, however they stand in /etc/hosts: it is the source address of connections to both. A server
at another loopback address, such as that of another host over a wire, is LIVE where it is."""


SHARED = "its attempts to connect cannot be told from those of others on this machine's network"
"""The kernel counts them for the whole network (`target.counters`)."""

NOT_NEEDED = "no fault of this workload needs one"
ITS_PORT = "connects from the server's port next"


@dataclass(frozen=True)
class Launch:
    """How a client is started: what is known of its command, and the gate that sees its timers.

    `may_be_witnessed`: it has no gate, and could be started again with one. `harmless`: which
    signals that it catches may be sent. `takes_no_names`: why it cannot be given a name for the
    server's address, "" where it can. `wire`: what its segments pass, None where the server is on
    its own host; `why_no_wire` says why.
    """

    pace: Pace = field(default_factory=Pace)
    gate: Gate | None = None
    may_be_witnessed: bool = False
    harmless: Harmless = BY_CONVENTION
    takes_no_names: str = ""
    wire: Wire | None = None
    why_no_wire: str = NOT_NEEDED


class Launcher(ClientState):
    """Starts the client, and counts its attempts to connect."""

    def __init__(
        self,
        command: Command,
        listener: Listener,
        rules: Rules,
        history: History,
        launch: Launch,
    ) -> None:
        super().__init__(ServerIoLoop(listener, rules.patience, rules.service, history))
        self.kind = InputKind.PIPE
        self._output_is_full = False
        self.history = history
        self._command = command
        self._launch = launch
        self._listener = listener
        self._attempts_before = Attempts()
        self._attempts_recorded = Attempts()

    @property
    def harmless(self) -> Harmless:
        """Which caught signals are no order to the client."""
        return self._launch.harmless

    def start(self) -> None:
        """Start the client, if it was not started before. Raises TargetError."""
        if self.io_loop.handle is None:
            self._start()

    def _start(
        self,
        name: str = "",
        inherited: Inherited = NOTHING_UNUSUAL,
        server: Endpoint | None = None,
    ) -> None:
        launch = self._launch
        handle = client_handle.start(
            *(self._command, server or self._listener.endpoint, self.kind, launch.gate),
            name=name,
            inherited=inherited,
            content=bytes(self.io_loop.input),
            full_output=self._output_is_full,
            shared=self.kind is InputKind.TERMINAL,
        )
        handle.pace, handle.may_be_witnessed = launch.pace, launch.may_be_witnessed
        handle.witness = (
            launch.gate.witness.watching(self.io_loop.patience) if launch.gate else None
        )
        self.io_loop.watch(handle)
        self.history.add(Started(self.history.now(), handle.root.pid, self.kind.value))

    def start_by_name(self, addresses: Addresses) -> str:
        """Start the client with a name in the place of the server's address.

        Returns why that cannot be, in words, "" where it was done. Raises TargetError.
        """
        why_not = self._launch.takes_no_names or why_no_name(
            self._command, self._listener.endpoint.host
        )
        if not why_not and not chamber.is_entered():
            why_not = SHARED
        why_not = why_not or self._start_named(addresses)
        if why_not:
            self.history.add(NotNamed(self.history.now(), why_not))
        return why_not

    def _start_named(self, addresses: Addresses) -> str:
        self._attempts_before = counters.attempts()
        if is_moved := self._listener.endpoint.host == DEAD:
            self._listener.move(LIVE)
        live = self._listener.endpoint.host
        order = {
            Addresses.LIVE: (live,),
            Addresses.DEAD_FIRST: (DEAD, live),
            Addresses.DEAD_LAST: (live, DEAD),
        }[addresses]
        try:
            hosts = tuple((address, SERVER_NAME) for address in order)
            self._start(SERVER_NAME, Inherited(hosts=hosts))
        except NamespaceError as error:
            if is_moved:
                self._listener.move(DEAD)
            return str(error)
        dead = DEAD if DEAD in order else ""
        self.history.add(Named(self.history.now(), SERVER_NAME, order, dead))
        return ""

    def start_alone(self) -> str:
        """Start the client in a network of its own, in which no server listens.

        Returns why that cannot be, in words, "" where it was done. Raises TargetError.
        """
        server, why_not = self._listener.endpoint, ""
        self._attempts_before = Attempts()
        try:
            if not chamber.suits(server.host):
                why_not = f"{server.host} is an address of this machine's network"
            else:
                if _is_ipv4_loopback(server.host):
                    # Connections to any of these addresses come from this one there.
                    server = Endpoint(DEAD, server.port)
                self._start(inherited=Inherited(alone_with_port=server.port), server=server)
        except NamespaceError as error:
            why_not = str(error)
        self.io_loop.comes_back = not why_not
        now = self.history.now()
        self.history.add(NotAlone(now, why_not) if why_not else Alone(now))
        return why_not

    def connect_from_its_port(self) -> None:
        """Let the client's next attempt come from the port that it connects to."""
        if self.handle is not None:
            self.handle.connect_from(self._listener.endpoint.port)
            self.history.add(Marked(self.history.now(), ITS_PORT, self.handle.root.pid))

    def attempts(self) -> Attempts:
        """Return how often the client has tried to connect, and failed; and record it."""
        now = self.handle.attempts() if self.handle else self._attempts_before
        found = now.since(self._attempts_before)
        if found != self._attempts_recorded:
            self._attempts_recorded = found
            self.history.add(Attempted(self.history.now(), found.made, found.failed))
        return found


def why_no_name(command: Command, host: str) -> str:
    """Return why a name cannot stand for the server's address, in words; "" where it can."""
    if not command.names_a_host:
        return "its command has no {host} where a name could stand"
    if not _is_ipv4_loopback(host):
        return f"a second address is known for a server in 127.0.0.0/8 alone, not at {host}"
    return ""


def _is_ipv4_loopback(host: str) -> bool:
    return host.startswith("127.")
