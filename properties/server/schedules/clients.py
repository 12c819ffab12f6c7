"""Our clients while the calls of their server are scheduled: nothing waits for the server."""

from itertools import groupby
from operator import attrgetter

from faults.fault import Reading
from faults.scheduling.trace import Trace
from properties.engine.waiting import has_not_arrived
from properties.model.events import Marked
from properties.model.history import History
from properties.server.clients.connector import Connector
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.schedules.events import Scheduled
from target.sockets import HALF_OPEN, Endpoint, TcpState


class ScheduledClients:
    """Implements `faults.server_context.Scheduling`."""

    def __init__(self, io_loop: ClientIoLoop, connector: Connector, history: History) -> None:
        self._io_loop = io_loop
        self._connector = connector
        self._history = history
        self._endpoints: dict[int, Endpoint] = {}

    def may_connect(self, client: int) -> bool:
        """Return whether the client is a new one and the accept queue has room for it."""
        is_new = client not in self._io_loop.clients
        return is_new and self._connector.has_room() and self._connector.queue_has_room()

    def connect(self, client: int) -> bool:
        """Connect without waiting for the server; return whether the connection is established."""
        is_there = self._connector.open(client, Reading.EAGER, at_once=True)
        if is_there:
            self._endpoints[client] = self._io_loop.clients[client].endpoint
        return is_there

    def has_arrived(self, client: int, *, by_reset: bool) -> bool:
        """Return whether the server's kernel has all that the client has sent, a reset as well.

        On a busy machine the kernel may deliver a segment late, also from one process to another.
        """
        one, handle = self._io_loop.clients.get(client), self._io_loop.handle
        if one is None or handle is None or client not in self._endpoints:
            return True
        theirs = handle.connection(self._endpoints[client])
        if theirs is None:
            # A reset has taken it away: the server's, if the client is still to see it.
            return not one.is_live
        if theirs.state in HALF_OPEN or by_reset:
            return False
        if one.closed:
            return theirs.state is not TcpState.ESTABLISHED
        return not has_not_arrived(one, theirs)

    def all_has_come(self) -> bool:
        """Return whether nothing is on its way between the server and any client."""
        return self._io_loop.all_quiet()

    def move_bytes(self) -> None:
        """Let each client read and write once, without waiting for anything."""
        self._io_loop.turn(0)

    def record(self, trace: Trace) -> None:
        """Record in which order all went on."""
        now = self._history.now()
        for pid, turns in groupby(trace.turns, key=attrgetter("pid")):
            if pid:
                calls = ", ".join(turn.place.call for turn in turns)
                self._history.add(Marked(now, f"goes on: {calls}", pid))
        places = tuple(turn.place for turn in trace.turns)
        self._history.add(Scheduled(now, places, trace.actors, trace.unmet, trace.released))
