"""What a client is owed for what the user types: now, and when all of it has been sent."""

import copy

from properties.model.oracle import Service
from properties.services.dialogue import greeting_of


class OwedToUser:
    """Counts the bytes of answers."""

    def __init__(self, service: Service) -> None:
        self.asking = service.start()
        """What is typed, and what is owed for it."""
        self.now = len(greeting_of(self.asking))
        """How many bytes are owed for what the client has taken."""
        self._at_end: int | None = None

    def sent(self, data: bytes) -> None:
        """Count what is owed for bytes that the client has taken."""
        self.now += len(self.asking.sent(data))

    def input_changes(self) -> None:
        """Forget what is owed at the end: there is more input, or less of it will be taken."""
        self._at_end = None

    def at_end(self, left: bytes | bytearray) -> int:
        """Return how many bytes are owed when the input that is `left` has been taken, and ended.

        It stays the same while input is taken, and megabytes are taken in many pieces.
        """
        if self._at_end is None:
            asking = copy.deepcopy(self.asking)
            self._at_end = self.now + len(asking.sent(bytes(left))) + len(asking.ended())
        return self._at_end
