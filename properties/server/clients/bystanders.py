"""Clients that only take up places in a server: they send nothing, and are not judged."""

import socket

from properties.model.settings import Limits
from properties.server.clients.client_socket import Way, new_socket
from properties.server.clients.connector import LOCAL_ERRORS, throttle
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.instance import ServerInstance
from target import sockets
from target.sockets import Endpoint, TcpState

MOST = 4096
"""So many are connected within a second or two; a port and two descriptors are needed for each."""


class Bystanders:
    """The bystanders of one workload."""

    def __init__(self, server: ServerInstance, limits: Limits, io_loop: ClientIoLoop) -> None:
        self._server = server
        self._limits = limits
        self._io_loop = io_loop
        self._sockets: list[socket.socket] = []

    def come(self, count: int) -> bool | None:
        """Connect so many; return whether the server has accepted all of them.

        None where the user's limits forbid it, or our own machine does.
        """
        if not self._may_come(count):
            return None
        each = (self._comes() for _ in range(count))
        return next((came for came in each if not came), True)

    def _may_come(self, count: int) -> bool:
        most, rate = self._limits.connections, self._limits.rate
        live = sum(client.is_live for client in self._io_loop.clients.values())
        live += len(self._sockets)
        return (
            count <= MOST
            and (most is None or live + count < most)
            and (rate is None or count <= rate * self._io_loop.patience)
        )

    def _comes(self) -> bool | None:
        throttle(self._limits.rate)
        endpoint, handle = self._server.endpoint, self._server.handle
        try:
            connection = new_socket(Way(endpoint), is_slow=False)
            self._sockets.append(connection)
            error = connection.connect_ex((endpoint.host, endpoint.port))
        except OSError:
            return None
        if error in LOCAL_ERRORS:
            return None
        self._io_loop.wait(
            lambda: (
                sockets.state_of(connection) != TcpState.SYN_SENT
                and not (handle and handle.clients_wait())
            )
        )
        is_served = handle is None or not handle.clients_wait()
        return is_served and sockets.state_of(connection) == TcpState.ESTABLISHED

    def leave(self) -> None:
        """Close all, and wait until the server has closed its side of them. Idempotent."""
        ends = [Endpoint(*connection.getsockname()[:2]) for connection in self._sockets]
        for connection in self._sockets:
            connection.close()
        self._sockets.clear()
        if ends:
            self._io_loop.wait(lambda: not any(self._is_held(end) for end in ends))

    def _is_held(self, client: Endpoint) -> bool:
        found = self._server.handle.connection(client) if self._server.handle else None
        return found is not None and found.inode != 0
