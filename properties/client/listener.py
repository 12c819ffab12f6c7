"""The listening socket of the scripted server, and its accept queue.

The kernel lets the queue grow to one more than the backlog and drops every SYN that comes then
(listen(2)); a backlog may be changed by calling listen again. The queue is filled with connections
of ours.
"""

import socket
import time

from faults.wire.wire import PEER, Wire
from target import sockets
from target.sockets import Endpoint

BACKLOG = 128
FILL_PATIENCE = 5.0
"""Seconds for the kernel to put a connection of ours into the queue."""

FILL_INTERVAL = 0.0005

RECEIVE_BUFFER = 1 << 16
"""Bytes that are received and not read, before the client is held up: a small buffer, so that a
client blocks in write before it has typed megabytes."""


class Listener:
    """Listens on a reserved port of `host`, or on another host with this port, over a wire."""

    def __init__(self, host: str, port: int, wire: Wire | None = None) -> None:
        self._fillers: list[socket.socket] = []
        self._dead: list[socket.socket] = []
        self._is_full = False
        self._wire = wire
        self._listen(PEER if wire else host, port)

    def _listen(self, host: str, port: int) -> None:
        self.socket = self._made(host)
        try:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
            self.socket.bind((host, port))
            self.socket.listen(BACKLOG)
        except BaseException:
            self.socket.close()
            raise
        self.socket.setblocking(False)
        self.endpoint = Endpoint(host, port)

    def _made(self, host: str) -> socket.socket:
        """Return a new socket on the host that listens."""
        if self._wire:
            return self._wire.make_socket()
        return socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)

    def move(self, host: str) -> None:
        """Listen on another address instead; the one before is kept, and refuses connections."""
        before = self.endpoint
        self.close()
        self._listen(host, before.port)
        dead = socket.socket(self.socket.family, socket.SOCK_STREAM)
        self._dead.append(dead)
        dead.bind((before.host, before.port))

    @property
    def is_open(self) -> bool:
        """Whether it listens."""
        return self.socket.fileno() >= 0

    def accept(self) -> tuple[socket.socket, Endpoint] | None:
        """Return the client's next connection and its remote address, None if none waits.

        One that was reset meanwhile is among them; its address can be found out only here.
        """
        ours = self.fillers
        while self.is_open:
            try:
                accepted, address = self.socket.accept()
            except OSError:
                return None
            where = Endpoint(*address[:2])
            if where not in ours:
                return accepted, where
            accepted.close()
        return None

    def fill(self) -> bool:
        """Fill the accept queue with a connection of ours; return whether it is full."""
        self.socket.listen(0)
        filler = self._made(self.endpoint.host)
        self._fillers.append(filler)
        filler.settimeout(FILL_PATIENCE)
        try:
            filler.connect((self.endpoint.host, self.endpoint.port))
        except OSError:
            return False
        deadline = time.monotonic() + FILL_PATIENCE
        while not self._has_no_room() and time.monotonic() < deadline:
            time.sleep(FILL_INTERVAL)
        self._is_full = self._has_no_room()
        return self._is_full

    def _has_no_room(self) -> bool:
        # The kernel lets it grow to one more than the backlog (sk_acceptq_is_full).
        waiting, backlog = sockets.accept_queue_of(self.socket)
        return waiting > backlog

    def drain(self) -> None:
        """Make room again. What filled the queue ends, and is passed over when it is accepted."""
        if self._is_full and self.is_open:
            self._is_full = False
            self.socket.listen(BACKLOG)
            self.socket.accept()[0].close()
            self._close_fillers()

    @property
    def fillers(self) -> frozenset[Endpoint]:
        """The addresses of our connections in the queue: the client's are others."""
        return frozenset(Endpoint(*filler.getsockname()[:2]) for filler in self._fillers)

    def _close_fillers(self) -> None:
        for filler in self._fillers:
            filler.close()
        self._fillers.clear()

    def close(self) -> int:
        """Listen no more; return how many connections waited: they are reset. Idempotent."""
        self._close_fillers()
        while self._dead:
            self._dead.pop().close()
        waiting = sockets.accept_queue_of(self.socket)[0] if self.is_open else 0
        self.socket.close()
        ours, self._is_full = int(self._is_full), False
        return max(0, waiting - ours)
