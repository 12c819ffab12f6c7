"""Keeps within the number of clients that a server serves at once, as the server counts them.

A client that has left counts until the server has ended its side, and has done what it does for a
client that leaves: a place may be free only when a thread has ended after it closed the connection,
or when the process that served it was reaped. A server that reaps none is not waited for again.
"""

from properties.model.events import Conclusion
from properties.model.settings import Limits
from properties.server.clients.client_connection import ClientConnection
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.instance import ServerInstance
from target.handle import Handle
from target.sockets import Endpoint, TcpState

HELD = (TcpState.ESTABLISHED, TcpState.CLOSE_WAIT)
"""The states of a connection of which the server has not ended its side."""


class Places:
    """Waits for a place, where the user has said how many there are and the server can be seen."""

    def __init__(self, server: ServerInstance, limits: Limits, io_loop: ClientIoLoop) -> None:
        self._server = server
        self._most = limits.connections
        self._io_loop = io_loop

    def await_one(self) -> None:
        """Where clients that have left may still have the last places, wait until they have not."""
        handle, counted = self._server.handle, self._server.counted
        if self._most is None or handle is None or len(counted) < self._most:
            return
        live = {client.endpoint for client in self._io_loop.clients.values() if client.is_live}
        gone = counted - live
        if gone:
            self._io_loop.wait(lambda: _are_free(handle, gone))
            if not handle.pace.zombies_stay:
                reaped = self._io_loop.wait(lambda: not _zombies(handle))
                handle.pace.zombies_stay = reaped is not Conclusion.MET
            counted -= gone

    def take(self, client: ClientConnection) -> None:
        """Count a client that is connected."""
        if self._most is not None:
            self._server.counted.add(client.endpoint)


def _zombies(handle: Handle) -> bool:
    return any(process.is_zombie for process in handle.tree())


def _are_free(handle: Handle, gone: set[Endpoint]) -> bool:
    ends = (handle.connection(endpoint) for endpoint in gone)
    if any(end is not None and end.state in HELD for end in ends):
        return False
    return handle.rests()
