"""Our clients while the calls of their server are scheduled: nothing waits for the server."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

from faults.fault import Reading
from faults.scheduling.trace import Trace
from properties.engine.waiting import has_not_arrived
from properties.model.events import Marked
from properties.model.history import History
from properties.server.clients.client_connection import ClientConnection
from properties.server.clients.connector import Connector
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.clients.kernel_view import NOT_ENDED
from properties.server.schedules.events import Scheduled
from target.sockets import HALF_OPEN, TcpState

OVER = (TcpState.TIME_WAIT, TcpState.CLOSE)
"""States of the server's end in which nothing more comes."""


class ScheduledClients:
    """Implements `faults.server_context.Scheduling`."""

    def __init__(self, io_loop: ClientIoLoop, connector: Connector, history: History) -> None:
        self._io_loop = io_loop
        self._connector = connector
        self._history = history

    def may_connect(self, client: int) -> bool:
        """Return whether the client is a new one and the accept queue has room for it."""
        is_new = client not in self._io_loop.clients
        return is_new and self._connector.has_room() and self._connector.queue_has_room()

    def connect(self, client: int) -> bool:
        """Connect without waiting for the server; return whether the connection is established."""
        return self._connector.open(client, Reading.EAGER, at_once=True)

    def deed_has_arrived(self, client: int, *, by_reset: bool) -> bool:
        """Return whether the server's kernel has all that the client has sent, a reset as well.

        On a busy machine the kernel may deliver a segment late, also from one process to another.
        """
        one, handle = self._io_loop.clients.get(client), self._io_loop.handle
        if one is None or handle is None or not one.connected:
            return True
        theirs = handle.connection(one.endpoint)
        if theirs is None:
            # A reset has taken it away: the server's, if the client is still to see it.
            return not one.is_live
        if by_reset:
            return theirs.state in OVER
        if one.closed:
            return theirs.state not in (*NOT_ENDED, *HALF_OPEN)
        return theirs.state not in HALF_OPEN and not has_not_arrived(one, theirs)

    def all_has_come(self) -> bool:
        """Return whether nothing is on its way between the server and any client."""
        return self._io_loop.all_quiet() and not any(map(self._is_answered, self._left()))

    def _left(self) -> Iterator[ClientConnection]:
        return (one for one in self._io_loop.clients.values() if one.closed and one.connected)

    def _is_answered(self, one: ClientConnection) -> bool:
        """Return whether the kernel will answer what the server sends to a client that has left."""
        handle = self._io_loop.handle
        theirs = handle.connection(one.endpoint) if handle else None
        return theirs is not None and theirs.state not in OVER and theirs.send_queue > 0

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
