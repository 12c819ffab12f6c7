"""Waiting for a server with its clients: all of them go on while a condition is waited for."""

import select
from collections.abc import Callable, Iterable

from properties.engine.brief_waits import epolled
from properties.engine.parked import ParkedBytes
from properties.engine.waiting import has_not_arrived, ignore, in_flight, wait
from properties.model.events import Conclusion
from properties.server.clients.client_connection import ClientConnection
from target.handle import Handle
from target.settled import Look
from target.sockets import HALF_OPEN


class ClientIoLoop:
    """Moves bytes for all clients, and waits. `notice` is called with each look."""

    def __init__(
        self, handle: Handle | None, patience: float, notice: Callable[[Look], None] = ignore
    ) -> None:
        self.handle = handle
        self.patience = patience
        self.notice = notice
        self.clients: dict[int, ClientConnection] = {}
        self.evidence = ""
        self.expects_more: Callable[[], bool] = lambda: False
        """Returns whether the kernel will still do something to a connection that is no more."""
        self._epoll = select.epoll()
        self._watched: dict[int, tuple[ClientConnection, int]] = {}
        self._parked = ParkedBytes()

    def watch(self, client: ClientConnection) -> None:
        """Wait for what this client wants now. To be called before its socket is closed as well."""
        descriptor = client.socket.fileno()
        wanted = (select.EPOLLIN if client.wants_to_read else 0) | (
            select.EPOLLOUT if client.wants_to_write else 0
        )
        _, before = self._watched.get(descriptor, (client, 0))
        if wanted == before:
            return
        if not wanted:
            del self._watched[descriptor]
            self._epoll.unregister(descriptor)
            return
        (self._epoll.modify if before else self._epoll.register)(descriptor, wanted)
        self._watched[descriptor] = (client, wanted)

    def close(self) -> None:
        """Reset every connection that is still there, without a record."""
        for client in self.clients.values():
            client.discard(by_reset=True)
            client.owed.forget()
        self.clients.clear()
        self._epoll.close()

    def turn(self, longest: float) -> bool:
        """Let every client read and write once; return whether anything moved."""
        moved = False
        for descriptor, ready in epolled(self._epoll, longest):
            # One that was served before it may have ended this one.
            if descriptor in self._watched:
                moved |= self._serve(self._watched[descriptor][0], ready)
        return moved

    def _serve(self, client: ClientConnection, ready: int) -> bool:
        moved = False
        # Reading comes first: what was queued before a reset can still be read.
        if client.wants_to_read and ready & ~select.EPOLLOUT:
            moved = client.read()
        if client.wants_to_write and ready & (select.EPOLLOUT | select.EPOLLERR | select.EPOLLHUP):
            moved |= client.write()
        self.watch(client)
        return moved

    def wait(self, condition: Callable[[], bool]) -> Conclusion:
        """Go on until the condition holds or it is certain, or likely, that it will not."""
        return wait(self, condition)

    def all_quiet(self) -> bool:
        """Return whether nothing is on its way between the server and any client.

        A handshake is on its way until it ends: a SYN that was dropped is sent again (RFC 6298).
        """
        if any(client.is_connecting for client in self.clients.values()):
            return False
        return not any(map(self._in_flight, self._connected())) and not self.expects_more()

    def holds_parked_bytes(self) -> bool:
        """Return whether bytes are held back by a closed window, or inside the server."""
        # All are asked, so that all have stood still when the first has.
        parked = [client for client in self._connected() if self._holds_back(client)]
        return bool(parked) or (self.handle is not None and self.handle.talks_inside())

    def _connected(self) -> Iterable[ClientConnection]:
        return (client for client in self.clients.values() if client.is_live)

    def _holds_back(self, client: ClientConnection) -> bool:
        unsent, takes_all = client.unsent(), client.wants_to_read
        if self.handle is None or (unsent == 0 and takes_all):
            return unsent > 0
        theirs = self.handle.connection(client.endpoint)
        if theirs is None:
            return unsent > 0
        # What is left of a window that we do not open is filled only when a timer says so.
        is_held_by_us = theirs.send_queue > 0 and not takes_all
        if not is_held_by_us and not has_not_arrived(client, theirs):
            return False
        return self._parked.may_move(client.number, client.written, unsent, theirs)

    def _in_flight(self, client: ClientConnection) -> bool:
        if self.handle is None:
            return True
        end = self.handle.connection(client.endpoint)
        if end is not None and end.state in HALF_OPEN and client.missing:
            # The last ACK of the handshake was lost, and no byte of ours brings it: a server that
            # speaks first learns of the client when its kernel has sent SYN and ACK again.
            return not self.handle.queue_is_full()
        return in_flight(client, end)

    def await_handshakes(self) -> None:
        """Wait until the last ACK of each handshake has come: it wakes the server.

        On a busy machine the kernel delivers it late, also from one process to another.
        """
        self.wait(lambda: not any(map(self._is_unfinished, self._connected())))

    def _is_unfinished(self, client: ClientConnection) -> bool:
        handle = self.handle
        end = handle.connection(client.endpoint) if handle is not None else None
        if handle is None or end is None or end.state not in HALF_OPEN:
            return False
        # One without room drops it.
        return not handle.queue_is_full()
