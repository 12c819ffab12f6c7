"""The link between the clients of a workload and the server's host, where it is a wire.

What a fault does there to one client's host: it vanishes without a segment, or comes back with the
same port. The server's end of such a connection goes on, until the kernel gives up on it or learns
that the other end is gone.
"""

import contextlib

from faults.fault import Reading
from faults.wire.wire import Wire, WireError
from properties.engine.carried import add_segments, doubt_if_lost
from properties.model.history import History
from properties.server.clients.client_connection import ClientConnection
from properties.server.clients.connector import Connector
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.clients.kernel_view import NOT_ENDED
from properties.server.events import Ended
from properties.server.instance import ServerInstance
from target.sockets import HALF_OPEN, Endpoint, TcpSocket, Timer

SOON = 5.0
"""Seconds within which a keep-alive probe must come for it to be waited for."""


class Link:
    """Implements `faults.server_context.ServerLink`."""

    def __init__(
        self,
        server: ServerInstance,
        io_loop: ClientIoLoop,
        connector: Connector,
        history: History,
    ) -> None:
        self._server = server
        self._io_loop = io_loop
        self._connector = connector
        self._history = history
        self._vanished: dict[int, Endpoint] = {}
        io_loop.expects_more = self._may_still_end
        try:
            if server.wire is not None:
                server.wire.begin()
        except WireError as error:
            server.wire, server.why_no_wire = None, str(error)

    @property
    def wire(self) -> Wire | None:
        """What carries the segments; None where the clients are on the target's own host."""
        return self._server.wire

    @property
    def why_no_wire(self) -> str:
        """Why there is none, in words."""
        return self._server.why_no_wire

    def server_end(self, client: int) -> TcpSocket | None:
        """Return the server's end of a connection, also of a client that has vanished."""
        found, handle = self._io_loop.clients.get(client), self._server.handle
        if found is None or handle is None:
            return None
        endpoint = self._vanished.get(client) or (None if found.closed else found.endpoint)
        return handle.connection(endpoint) if endpoint else None

    def vanish(self, client: int) -> None:
        """Let a client be gone. Whether the server hears of it is the wire's business."""
        found = self._io_loop.clients[client]
        self._vanished[client] = found.endpoint
        found.close(by_reset=True)
        found.left_from = None

    def come_back(self, client: int, new_client: int) -> bool:
        """Connect a new client from the port of one that has vanished; return whether it is."""
        source = self._vanished.pop(client)
        return self._connector.open(new_client, Reading.EAGER, source.port)

    def record(self) -> None:
        """Record the segments that have passed, or not, since the workload began."""
        if self.wire is not None:
            with contextlib.suppress(WireError):
                add_segments(self._history, self.wire.log())
            doubt_if_lost(self._history, (ended.reason for ended in self._history.of(Ended)))

    def _may_still_end(self) -> bool:
        """Return whether the server's kernel will still learn of a client that has left.

        On the server's own host it does soon; over a wire a FIN or an RST takes its time.
        """
        if self.wire is None:
            return False
        if any(map(self._is_half_open, self._io_loop.clients)):
            return True
        ends = map(self.server_end, self._vanished)
        if any(end is not None and (end.send_queue > 0 or is_probed(end)) for end in ends):
            return True
        return any(self._is_unheard(client) for client in self._io_loop.clients.values())

    def _is_half_open(self, client: int) -> bool:
        """Return whether the kernel has not ended the handshake that has ended for the client.

        It sends its SYN-ACK again, and then hands the connection over or gives it up.
        """
        found = self._io_loop.clients[client]
        end = self.server_end(client) if found.is_live else None
        return end is not None and end.state in HALF_OPEN

    def _is_unheard(self, client: ClientConnection) -> bool:
        left_from, handle = client.left_from, self._server.handle
        if left_from is None or handle is None:
            return False
        end = handle.connection(left_from)
        if end is not None and end.state in NOT_ENDED:
            return True
        # It is asked about no more.
        client.left_from = None
        return False


def is_probed(end: TcpSocket) -> bool:
    """Return whether the kernel will soon ask whether the other end is there (SO_KEEPALIVE)."""
    return end.timer is Timer.KEEPALIVE and end.expires <= SOON
