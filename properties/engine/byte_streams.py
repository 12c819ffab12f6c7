"""Bytes compared with those that are due, as they come, and then forgotten.

After the first byte that differs nothing more is compared in the same stream: one mistake would be
reported as many.
"""

from collections.abc import Callable

EXCERPT = 24
"""Bytes that are kept of both sides where they differ."""

Differs = Callable[[int, bytes, bytes], None]
"""Called once, with the offset of the first byte that differs, what was expected, and what came."""


def same_bytes(due: bytearray, data: bytes) -> int:
    """Return how many bytes agree before the first that does not."""
    if due.startswith(data):
        return len(data)
    pairs = enumerate(zip(due, data, strict=False))
    return next((at for at, (one, other) in pairs if one != other), min(len(due), len(data)))


class ExpectedBytes:
    """A stream of bytes that are due, and how much of it has come. All counts are bytes.

    `promised` is what was due in all, `come` what has come, and `agreed` what came as it was due.
    """

    def __init__(self, differs: Differs) -> None:
        self._differs = differs
        self._due = bytearray()
        self.promised = 0
        self.come = 0
        self.agreed = 0
        self.has_differed = False

    def promise(self, data: bytes) -> None:
        """Add bytes that are to come."""
        self._due += data
        self.promised += len(data)

    def take(self, data: bytes) -> bool:
        """Compare bytes that have come; return whether they are those that were due."""
        self.come += len(data)
        if self.has_differed:
            return False
        same = same_bytes(self._due, data)
        if same < len(data):
            self.has_differed = True
            expected, actual = self._due[same : same + EXCERPT], data[same : same + EXCERPT]
            self._due.clear()
            self._differs(self.agreed + same, bytes(expected), actual)
            return False
        self.agreed += len(data)
        del self._due[: len(data)]
        return True

    @property
    def missing(self) -> int:
        """How many bytes are still to come."""
        return len(self._due)
