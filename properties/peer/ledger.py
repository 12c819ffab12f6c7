"""What was typed must reach the server, and what the server sent must be printed: both compared.

Bytes are compared as they come, and forgotten. After the first that differs nothing more is
compared in that place: one mistake would be reported as many.
"""

from properties.comparing import EXCERPT, same_bytes
from properties.history import History
from properties.peer.events import Altered, Place


class Due:
    """A stream of bytes that is due, and how much of it has come."""

    def __init__(self, place: Place, history: History) -> None:
        self._place = place
        self._history = history
        self._due = bytearray()
        self.promised = 0
        self.come = 0
        self.altered = False

    def promise(self, data: bytes) -> None:
        """Add bytes that are to come."""
        self._due += data
        self.promised += len(data)

    def take(self, data: bytes) -> None:
        """Compare bytes that have come, and record the first that differ."""
        if not self.altered:
            same = same_bytes(self._due, data)
            if same < len(data):
                self.altered = True
                due, come = bytes(self._due[same : same + EXCERPT]), data[same : same + EXCERPT]
                at = self._history.now()
                self._history.add(Altered(at, self._place, self.come + same, due, come))
            del self._due[: len(data)]
        self.come += len(data)

    @property
    def missing(self) -> int:
        """How many bytes are still to come."""
        return max(0, self.promised - self.come)
