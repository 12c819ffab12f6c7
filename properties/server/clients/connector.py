"""Opening connections, within the limits of the server.

The limits are the user's: `--max-connections` at once, `--max-rate` a second. A connection that is
refused although the server lives is tried again, because some servers stop listening for a while
when connections come too fast (xinetd's cps); the record then says for how long.
"""

import errno
import os
import time
from collections import deque

from faults.fault import Reading
from properties.engine.waiting import has_not_arrived
from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.oracle import Service
from properties.model.settings import Limits
from properties.server.clients.admission import SerialAdmission
from properties.server.clients.client_connection import ClientConnection
from properties.server.clients.client_socket import Way
from properties.server.clients.endless import EndlessConnection
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.clients.places import Places
from properties.server.events import Opened, OpenFailed, Paused
from properties.server.instance import ServerInstance
from properties.services.dialogue import Dialogue, is_endless
from target import accept_queues

REFUSED_PATIENCE = 15.0
"""Seconds a server that refuses connections may stay closed: xinetd's default is 10."""

RETRY_INTERVAL = 0.1

LOCAL_ERRORS = frozenset(
    {
        errno.EADDRINUSE,
        errno.EADDRNOTAVAIL,
        errno.EACCES,
        errno.EPERM,
        errno.EMFILE,
        errno.ENFILE,
        errno.ENOBUFS,
        errno.ENOMEM,
        errno.ENETDOWN,
        errno.ENETUNREACH,
        errno.EHOSTUNREACH,
    }
)
"""Errors of connect(2) that do not come from a server: no port, no descriptor, no memory, no route,
a firewall."""

_recent: deque[float] = deque(maxlen=4096)
"""When this process connected, for the rate: it outlives a workload, as the server does."""


def throttle(rate: float | None) -> None:
    """Wait until one more connection keeps within `rate` a second."""
    if rate is not None and _recent:
        time.sleep(max(0.0, _recent[-1] + 1.0 / rate - time.monotonic()))
    _recent.append(time.monotonic())


def connections_in_last_second() -> int:
    """Return how many connections were opened within the last second."""
    now = time.monotonic()
    return sum(now - then <= 1.0 for then in _recent)


class Connector:
    """Opens the clients of one workload."""

    def __init__(
        self,
        server: ServerInstance,
        limits: Limits,
        service: Service,
        io_loop: ClientIoLoop,
        history: History,
    ) -> None:
        self._server = server
        self._limits = limits
        self._service = service
        self._io_loop = io_loop
        self._history = history
        self._conclusion = Conclusion.MET
        self._may_recover = True
        self._admission = SerialAdmission(server, io_loop)
        self._places = Places(server, limits, io_loop)
        self._room = 0
        """Connections for which the accept queue had room when it was looked at."""

    def has_room(self) -> bool:
        """Return whether one more client keeps within the limit on connections."""
        most = self._limits.connections
        return most is None or sum(c.is_live for c in self._io_loop.clients.values()) < most

    def queue_has_room(self) -> bool:
        """Return whether one more connection finds room in the accept queue."""
        if (handle := self._server.handle) is not None:
            return not handle.queue_is_full()
        return not accept_queues.is_full(self._server.endpoint, shared=True)

    def open(self, number: int, reading: Reading, port: int = 0, *, at_once: bool = False) -> bool:
        """Connect a client, from this port if not 0, and record it; return whether it is there.

        `at_once`: without waiting for what the server has to do before, or does then.
        """
        if not at_once:
            self._admission.before()
            self._places.await_one()
            self._await_room()
        try:
            client = self._attempt(number, reading, port)
            if not client.connected:
                self._failed(client, reading, port)
                return False
        except OSError as error:
            self._had_no_socket(number, error)
            return False
        self._opened(client)
        if not at_once:
            self._admission.after()
        return True

    def _had_no_socket(self, number: int, error: OSError) -> None:
        self._history.add(
            OpenFailed(
                at=self._history.now(),
                client=number,
                reason=error.strerror or str(error),
                refused=False,
                recent_connections=connections_in_last_second(),
                recovered_after=None,
                served=self._served(),
                is_local=True,
            )
        )

    def await_rest(self) -> None:
        """Where calls stop at the gate, wait until one that was let go on is through."""
        self._admission.after()

    def await_listening(self) -> None:
        """Where the server lives but does not listen, wait until it does again, and record it."""
        handle = self._server.handle
        if handle is None or handle.listening_socket() is not None or not handle.listener_lives():
            return
        recent, began = connections_in_last_second(), time.monotonic()
        while time.monotonic() - began < REFUSED_PATIENCE and handle.listener_lives():
            if handle.listening_socket() is not None:
                waited = time.monotonic() - began
                self._history.add(Paused(self._history.now(), recent, waited))
                return
            time.sleep(RETRY_INTERVAL)

    def _attempt(self, number: int, reading: Reading, port: int) -> ClientConnection:
        throttle(self._limits.rate)
        self._room -= 1
        way = Way(self._server.endpoint, self._server.wire, port)
        owing = self._service.start()
        made = EndlessConnection if is_endless(owing) else ClientConnection
        client = made(number, way, reading, owing, self._history)
        client.changed = self._io_loop.watch
        if isinstance(client.owing, Dialogue) and not client.owing.is_answered:
            client.was_read = self._was_read
        self._io_loop.clients[number] = client
        self._conclusion = self._io_loop.wait(client.check_connected)
        return client

    def _was_read(self, client: ClientConnection) -> bool:
        """Return whether the server has read all that this client has sent, or has gone away."""
        handle = self._server.handle
        theirs = handle.connection(client.endpoint) if handle and client.written else None
        if theirs is None or client.closed:
            return True
        return theirs.receive_queue == 0 and not has_not_arrived(client, theirs)

    def _await_room(self) -> None:
        """Where the accept queue is full, wait until the server has accepted a connection.

        A SYN that finds no room is dropped, and sent again a second later (RFC 6298, 2.1).
        """
        handle = self._server.handle
        if handle is None or self._room > 0:
            return
        # Half of it: a fault may open connections of its own.
        room = handle.queue_room()
        self._room = (room + 1) // 2
        if room > 0:
            return
        if not any(process.is_stopped for process in handle.listeners()):
            self._io_loop.wait(lambda: not handle.queue_is_full())

    def _opened(self, client: ClientConnection) -> None:
        self._places.take(client)
        owed = client.owed.promised
        self._history.add(Opened(self._history.now(), client.number, str(client.endpoint), owed))

    def _failed(self, client: ClientConnection, reading: Reading, port: int) -> None:
        error = client.handshake.error
        refused = error == errno.ECONNREFUSED
        reason = os.strerror(error) if error else "the handshake did not end"
        client.discard()
        conclusion, served = self._conclusion, self._served()
        recent = connections_in_last_second()
        recovered = self._await_recovery(client.number, reading, port) if refused else None
        self._history.add(
            OpenFailed(
                at=self._history.now(),
                client=client.number,
                reason=reason,
                refused=refused,
                recent_connections=recent,
                recovered_after=recovered,
                served=served,
                conclusion=conclusion,
                is_local=error in LOCAL_ERRORS,
            )
        )

    def _served(self) -> int:
        handle = self._server.handle
        live = [client for client in self._io_loop.clients.values() if client.is_live]
        if handle is None:
            return len(live)
        ends = (handle.connection(client.endpoint) for client in live)
        return sum(end is not None and end.inode != 0 for end in ends)

    def _await_recovery(self, number: int, reading: Reading, port: int) -> float | None:
        handle = self._server.handle
        if handle is None or not handle.listener_lives() or not self._may_recover:
            return None
        began = time.monotonic()
        while time.monotonic() - began < REFUSED_PATIENCE and handle.listener_lives():
            if handle.listening_socket() is not None:
                self._places.await_one()
                self._await_room()
                if self._attempt(number, reading, port).connected:
                    self._opened(self._io_loop.clients[number])
                    return time.monotonic() - began
                self._io_loop.clients[number].discard()
            time.sleep(RETRY_INTERVAL)
        self._may_recover = False
        return None
