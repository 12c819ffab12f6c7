"""The one place that waits for a server: all clients go on while a condition is waited for."""

import select
from collections.abc import Callable, Iterable

from properties.client import Client
from properties.events import Conclusion
from properties.quiet import no_one, wait
from target.handle import Handle
from target.settled import Look


class Pump:
    """Moves bytes for all clients, and waits. `notice` is told of each look at the target."""

    def __init__(
        self, handle: Handle | None, patience: float, notice: Callable[[Look], None] = no_one
    ) -> None:
        self.handle = handle
        self.patience = patience
        self.notice = notice
        self.clients: dict[int, Client] = {}
        self.evidence = ""

    def turn(self, longest: float) -> bool:
        """Let every client read and write once; return whether anything moved."""
        interested = {
            client.socket.fileno(): client
            for client in self.clients.values()
            if client.wants_to_read or client.wants_to_write
        }
        poll = select.poll()
        for descriptor, client in interested.items():
            poll.register(
                descriptor,
                (select.POLLIN if client.wants_to_read else 0)
                | (select.POLLOUT if client.wants_to_write else 0),
            )
        moved = False
        for descriptor, ready in poll.poll(longest * 1000):
            moved |= self._serve(interested[descriptor], ready)
        return moved

    def _serve(self, client: Client, ready: int) -> bool:
        moved = False
        # Reading comes first: what was queued before a reset is still to be had.
        if client.wants_to_read and ready & ~select.POLLOUT:
            moved = client.read()
        if client.wants_to_write and ready & (select.POLLOUT | select.POLLERR | select.POLLHUP):
            moved |= client.write()
        return moved

    def wait(self, condition: Callable[[], bool]) -> Conclusion:
        """Go on until the condition holds or it is certain, or likely, that it will not."""
        return wait(self, condition)

    def all_quiet(self) -> bool:
        """Tell whether nothing is on its way between the server and any client.

        A handshake is on its way until it ends: a SYN that was dropped is sent again (RFC 6298).
        """
        return not any(client.is_connecting for client in self.clients.values()) and not any(
            self._in_flight(client) for client in self._connected()
        )

    def holds_parked_bytes(self) -> bool:
        """Tell whether bytes are held back by a closed window, or inside the server."""
        parked = any(client.unsent() > 0 for client in self._connected())
        return parked or (self.handle is not None and self.handle.talks_inside())

    def _connected(self) -> Iterable[Client]:
        return (client for client in self.clients.values() if client.is_live)

    def _in_flight(self, client: Client) -> bool:
        if self.handle is None:
            return True
        server = self.handle.connection(client.endpoint)
        if server is None:
            # Its end is gone: what tells us so, a FIN or an RST, has come or is on its way.
            return client.awaits_the_end
        if client.wants_to_read and (server.send_queue > 0 or client.unread() > 0):
            return True
        # Bytes we have sent and that are not acknowledged: parked if the server's queue is full.
        return client.unsent() > 0 and server.receive_queue == 0
