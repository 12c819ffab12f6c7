"""What faults see of a running workload: implements `faults.server_context.ServerContext`."""

from collections.abc import Callable
from signal import Signals

from faults.fault import Reading
from faults.gate.gate import Gate
from faults.harmless_signals import Harmless
from faults.payloads import Payload
from properties.engine.waiting import has_not_arrived
from properties.model.events import Conclusion, Marked
from properties.model.history import History
from properties.model.oracle import KnowsUrgentData
from properties.server import pool, resources
from properties.server.clients.bystanders import Bystanders
from properties.server.clients.connector import Connector
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.clients.link import Link
from properties.server.clients.urgent import send_urgent
from properties.server.events import Ended, Idled, Overtaken
from properties.server.instance import ServerInstance
from properties.server.observer import ProcessObserver
from properties.server.schedules.clients import ScheduledClients
from properties.server.stopping.stopping import Stopping, written_to
from target.handle import Handle
from target.inherited import Inherited
from target.processes import Process
from target.sockets import Endpoint, TcpSocket


class ServerRunContext:
    """The clients of one workload and the processes of its server."""

    def __init__(
        self,
        server: ServerInstance,
        io_loop: ClientIoLoop,
        connector: Connector,
        bystanders: Bystanders,
        observer: ProcessObserver,
        history: History,
    ) -> None:
        self._server = server
        self._io_loop = io_loop
        self._connector = connector
        self._bystanders = bystanders
        self._observer = observer
        self._history = history
        self._stopping = Stopping(server, io_loop, history)
        self.link = Link(server, io_loop, connector, history)
        self.scheduling = ScheduledClients(io_loop, connector, history)

    @property
    def handle(self) -> Handle | None:
        """The target's processes; None for a server that is only known by its address."""
        return self._server.handle

    @property
    def gate(self) -> Gate | None:
        """Where the target's system calls stop; None where none do."""
        return self._server.gate

    @property
    def why_no_gate(self) -> str:
        """Why there is no gate, in words."""
        return self._server.why_no_gate

    @property
    def inherited(self) -> Inherited:
        """What the target has inherited when it was started."""
        return self._server.inherited

    @property
    def why_started_as_usual(self) -> str:
        """Why the target was not started as a fault of the workload asks; empty where it was."""
        return self._server.why_started_as_usual

    @property
    def harmless(self) -> Harmless:
        """Which caught signals are no order to the target."""
        return self._server.harmless

    def see_it_rest(self) -> None:
        """Record the state of the target while there is nothing for it to do."""
        handle, baseline = self._server.handle, self._server.baseline
        if handle is not None and baseline is not None:
            self._io_loop.await_handshakes()
            resources.take_idle(handle, self._history, baseline, self._io_loop.patience)

    def see_it_reap(self) -> None:
        """Wait until no zombie is left while clients are connected, or one will be; record it."""
        handle, baseline = self._server.handle, self._server.baseline
        if handle is not None and baseline is not None:
            resources.take_while_connected(handle, self._history, baseline, self._io_loop.patience)

    def note_spin(self, what: str) -> None:
        """Record that the target was seen to go on and on with nothing to do, in words."""
        self._history.add(Idled(self._history.now(), Conclusion.MET, "", what))

    def is_open(self, client: int) -> bool:
        """Return whether this client is connected and neither side has ended the connection."""
        found = self._io_loop.clients.get(client)
        return found is not None and found.is_open

    def was_let_go(self, client: int) -> bool:
        """Return whether the server has ended this connection where its service permits it."""
        found = self._io_loop.clients.get(client)
        if found and found.wants_to_read and not (found.is_open or found.is_leaving):
            self.wait(lambda: not found.is_live)  # Its kernel has the FIN, and it reads that soon.
        return any(one.client == client and one.allowed for one in self._history.of(Ended))

    def may_open(self, client: int) -> bool:
        """Return whether this client can still be opened: unused, and within the limits."""
        return client not in self._io_loop.clients and self._connector.has_room()

    def open(self, client: int, reading: Reading) -> bool:
        """Connect; return whether the connection was established."""
        return self._connector.open(client, reading)

    def crowd(self, count: int) -> bool | None:
        """Connect so many that only take up places; return whether all were accepted, or None."""
        self.mark(f"{count} more clients connect, to take up descriptors")
        return self._bystanders.come(count)

    def disperse(self) -> None:
        """Close them, and wait until the server has closed its side. Idempotent."""
        self._bystanders.leave()

    def send(self, client: int, payload: Payload, piece: int = 0, *, end: bool = False) -> None:
        """Queue bytes, `piece` at a time (0: at once); `end`: with a FIN in the last segment."""
        if (found := self._io_loop.clients.get(client)) is not None and found.is_live:
            found.send(payload, piece, end=end)

    def send_urgent(self, client: int) -> bool:
        """Send one urgent byte (MSG_OOB); return whether the kernel took it."""
        found = self._io_loop.clients.get(client)
        return found is not None and send_urgent(found, self._history)

    def knows_urgent_data(self, client: int) -> bool:
        """Return whether the service says what may come back for an urgent byte."""
        found = self._io_loop.clients.get(client)
        return found is not None and isinstance(found.owing, KnowsUrgentData)

    def has_arrived(self, client: int) -> bool:
        """Return whether all that this client has sent is at the server's end."""
        found = self._io_loop.clients.get(client)
        if found is None or not found.is_live:
            return True
        return not (found.wants_to_write or has_not_arrived(found, self._server_end(client)))

    def all_are_satisfied(self) -> bool:
        """Return whether every client has sent everything and has what it is owed."""
        return all(map(self.is_satisfied, self._io_loop.clients))

    def send_no_more(self, client: int) -> None:
        """Drop the bytes that are queued and that the kernel has not taken yet."""
        if (found := self._io_loop.clients.get(client)) is not None:
            found.send_no_more()

    def half_close(self, client: int) -> None:
        """Queue the client's FIN after the bytes it still has to send."""
        if (found := self._io_loop.clients.get(client)) is not None and found.is_live:
            found.half_close()

    def close(self, client: int) -> None:
        """Close at once: FIN, or RST where received bytes were left unread."""
        if (found := self._io_loop.clients.get(client)) is not None:
            found.close()

    def reset(self, client: int) -> None:
        """Reset at once."""
        if (found := self._io_loop.clients.get(client)) is not None:
            found.close(by_reset=True)

    def set_reading(self, client: int, reading: Reading) -> None:
        """Change how this client reads; a slow reader stays slow when asked to be eager."""
        if (found := self._io_loop.clients.get(client)) is not None and (
            found.reading is not Reading.SLOW or reading is Reading.LATE
        ):
            found.reading = reading

    def endpoint(self, client: int) -> Endpoint:
        """Return the client's own address and port."""
        return self._io_loop.clients[client].endpoint

    def is_satisfied(self, client: int) -> bool:
        """Return whether this client has sent everything and has what it is owed, or is gone."""
        found = self._io_loop.clients.get(client)
        return found is None or not found.is_live or found.is_satisfied

    def taken(self, client: int) -> int:
        """Return how many bytes of this client the server has read."""
        theirs = self._server_end(client)
        if theirs is None or theirs.received is None:
            return 0
        return theirs.received - theirs.receive_queue

    def _server_end(self, client: int) -> TcpSocket | None:
        found, handle = self._io_loop.clients.get(client), self._server.handle
        if found is None or found.closed or handle is None:
            return None
        return handle.connection(found.endpoint)

    def is_stuck(self, client: int) -> bool:
        """Return whether bytes of this client cannot be sent because the server does not read."""
        found = self._io_loop.clients.get(client)
        return found is not None and found.is_stuck

    def kept_for(self, client: int) -> int:
        """Return the bytes that the server has written and that have not come to this client."""
        found, handle = self._io_loop.clients.get(client), self._server.handle
        if found is None or handle is None or found.closed:
            return 0
        return written_to(handle, found) - found.received - found.unread()

    def listeners(self) -> tuple[Process, ...]:
        """Return the processes that accept: they hold the listening socket from the start."""
        handle, baseline = self._server.handle, self._server.baseline
        if handle is None or baseline is None:
            return ()
        return tuple(p for p in handle.listeners() if p.identity in baseline.members)

    def workers(self, *clients: int) -> tuple[Process, ...]:
        """Return the processes that were made for one of these connections, and hold no other."""
        handle, baseline = self._server.handle, self._server.baseline
        if handle is None or baseline is None:
            return ()
        made = tuple(one for one in handle.tree() if one.identity not in baseline.members)
        served, found = self._served(made), list[Process]()
        live = {number for number, one in self._io_loop.clients.items() if one.is_live}
        for client in clients:
            own = [p for p, held in served.items() if client in held and live & {*held} <= {client}]
            self._observer.serves(client, own)
            found += own
        return tuple(found)

    def pool(self) -> tuple[Process, ...]:
        """Return the processes of a pool that was there from the start, without its master."""
        handle, baseline = self._server.handle, self._server.baseline
        if handle is None or baseline is None or not baseline.pool:
            return ()
        return pool.living(handle, baseline)

    def can_spare(self, victims: tuple[Process, ...]) -> bool:
        """Return whether the service has to go on without these processes of the pool."""
        handle, baseline = self._server.handle, self._server.baseline
        if handle is None or baseline is None:
            return False
        return pool.can_spare(handle, baseline, victims, lambda one: bool(self.served_by((one,))))

    def served_by(self, found: tuple[Process, ...]) -> frozenset[int]:
        """Return the clients whose connections one of these processes holds."""
        return frozenset().union(*self._served(found).values())

    def without_clients(self, found: tuple[Process, ...]) -> tuple[Process, ...]:
        """Return those of these processes that hold no client's connection."""
        return tuple(process for process, served in self._served(found).items() if not served)

    def _served(self, found: tuple[Process, ...]) -> dict[Process, list[int]]:
        numbers = {
            one.endpoint: number for number, one in self._io_loop.clients.items() if not one.closed
        }
        handle = self._server.handle
        held = handle.held_by(found, numbers) if handle is not None else dict.fromkeys(found, ())
        return {one: [numbers[end] for end in ends] for one, ends in held.items()}

    def accepted(self, client: int) -> bool:
        """Return whether the server has accepted this connection."""
        server_end = self._server_end(client)
        return server_end is not None and server_end.inode != 0

    def wait(self, condition: Callable[[], bool]) -> bool:
        """Wait, while all clients go on, until the condition holds; return whether it does."""
        return self._io_loop.wait(condition) is Conclusion.MET

    def tell_to_stop(self, told: tuple[Process, ...], number: Signals) -> bool:
        """Send a signal to these processes, and record whom each served; False: none was there."""
        for process in told:
            self.mark(number.name, process.identity.pid)
        return self._stopping.tell(told, number) is not None

    def see_it_stop(self) -> None:
        """Wait until those that were told have ended or will not, and record what is left."""
        self._stopping.look()

    def note_overtaking(
        self, client: int, by: int, reads: int, count: int, *, is_answered: bool
    ) -> None:
        """Record what another client was served while the line of this one waited."""
        now = self._history.now()
        self._history.add(Overtaken(now, client, by, reads, count, is_answered))

    def mark(self, what: str, pid: int = 0) -> None:
        """Record what is being done to the target, for the timeline."""
        self._history.add(Marked(self._history.now(), what, pid))
