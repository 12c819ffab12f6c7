"""Clients that only take up places in a server: they send nothing, and are not judged."""

import socket
from collections.abc import Sequence

from properties.model.settings import Limits
from properties.server.clients.client_socket import Way, new_socket
from properties.server.clients.connector import LOCAL_ERRORS, throttle
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.instance import ServerInstance
from target import sockets
from target.sockets import Endpoint, TcpState

MOST = 4096
"""So many are connected within a second or two; a port and two descriptors are needed for each."""

MOST_WAITING = 64
"""As many wait to be accepted at most."""


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
        most = self._most_waiting()
        together = max(1, most // 2)
        for there in range(0, count, together):
            came = self._come_together(min(together, count - there), most - together)
            if not came:
                return came
        return self._are_served(0, count)

    def _most_waiting(self) -> int:
        """Return how many may wait to be accepted.

        A server that forks is busy then; a queue that is full would drop a SYN.
        """
        handle = self._server.handle
        return 1 if handle is None else max(1, min(MOST_WAITING, handle.queue_room() // 2))

    def _may_come(self, count: int) -> bool:
        most, rate = self._limits.connections, self._limits.rate
        live = sum(client.is_live for client in self._io_loop.clients.values())
        live += len(self._sockets)
        return (
            count <= MOST
            and (most is None or live + count < most)
            and (rate is None or count <= rate * self._io_loop.patience)
        )

    def _come_together(self, count: int, ahead: int) -> bool | None:
        for _ in range(count):
            if not self._connects():
                return None
        return self._are_served(ahead, ahead + count)

    def _connects(self) -> bool:
        """Begin to connect; return whether our own machine lets it."""
        throttle(self._limits.rate)
        endpoint = self._server.endpoint
        try:
            connection = new_socket(Way(endpoint), is_slow=False)
            self._sockets.append(connection)
            error = connection.connect_ex((endpoint.host, endpoint.port))
        except OSError:
            return False
        return error not in LOCAL_ERRORS

    def _are_served(self, ahead: int, last: int) -> bool:
        """Wait until no more than `ahead` wait; return whether the `last` ones are served else."""
        newest = self._sockets[-last:]
        self._io_loop.wait(lambda: not _any_is(TcpState.SYN_SENT, newest) and self._waits(ahead))
        accepted = newest[: len(newest) - ahead]
        is_there = all(sockets.state_of(one) == TcpState.ESTABLISHED for one in accepted)
        return is_there and self._waits(ahead)

    def _waits(self, most: int) -> bool:
        """Return whether no more than `most` wait to be accepted."""
        handle = self._server.handle
        return handle is None or handle.waiting_clients() <= most

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


def _any_is(state: TcpState, found: Sequence[socket.socket]) -> bool:
    return any(sockets.state_of(one) == state for one in found)
