"""A client of a server that sends without end (RFC 864): it reads some of it, then closes.

It reads no more than it waits for, and through a small buffer, so that the server comes to rest: it
is held up. It ends the connection by closing, for such a server sends on after a FIN.
"""

from faults.payloads import Payload
from properties.server.clients.client_connection import LARGEST_READ, ClientConnection
from properties.server.events import Sent


class EndlessConnection(ClientConnection):
    """One such client."""

    @property
    def wants_to_read(self) -> bool:
        """Whether it waits for more."""
        return self.missing > 0 and super().wants_to_read

    @property
    def most_at_once(self) -> int:
        """How many bytes it reads at once: not one more than it waits for."""
        return max(1, min(self.missing, LARGEST_READ))

    def send(self, payload: Payload, piece: int = 0, *, end: bool = False) -> None:
        """Wait for more, for there is nothing to send."""
        before = self.owed.promised
        super().send(payload, piece, end=end)
        if (owed := self.owed.promised) > before and self.is_live:
            self._history.add(Sent(self._history.now(), self.number, 0, owed))

    def _shut_down(self) -> None:
        # Bytes are always unread: that is how such a connection ends, and disturbs nothing.
        self.close(final=True)
