"""Bytes compared with those that are due, as they come, and then forgotten.

After the first byte that differs nothing more is compared in the same stream: one mistake would be
reported as many.
"""

from collections.abc import Callable

EXCERPT = 24
"""Bytes that are kept of both sides where they differ."""

MOST_UNDUE = 1 << 20
"""Bytes that may come beside all that was due, once one has differed. More are a flood: they may
come for ever, and would let no wait come to its end."""

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
    Bytes that are only allowed count as neither promised nor agreed. `grows`: more may be due when
    bytes have come, not only when bytes were sent.
    """

    grows = False

    def __init__(self, differs: Differs) -> None:
        self._differs = differs
        self._due = bytearray()
        self._allowed = bytearray()
        self.promised = 0
        self.come = 0
        self.agreed = 0
        self.has_differed = False

    def promise(self, data: bytes) -> None:
        """Add bytes that are to come."""
        self._due += data
        self.promised += len(data)

    def allow(self, data: bytes) -> None:
        """Add bytes each of which may come once from now on, anywhere, or never."""
        self._allowed += data

    def take(self, data: bytes) -> bool:
        """Compare bytes that have come; return whether they are those that were due."""
        self.come += len(data)
        if self.has_differed:
            return False
        while (same := same_bytes(self._due, data)) < len(data):
            if not self._takes_allowed(data[same]):
                self._note_difference(same, data)
                return False
            data = data[:same] + data[same + 1 :]
        self.agreed += len(data)
        del self._due[: len(data)]
        return True

    @property
    def unmatched(self) -> tuple[str, bytes] | None:
        """The pattern that an answer is known by and what has come of it; None: none is due."""
        return None

    def forget(self) -> None:
        """Drop the bytes that have not come, once nobody waits for them any more.

        Who is told of a difference mostly holds this stream: together they would stay in memory
        until garbage is collected.
        """
        self._due = bytearray()
        self._differs = _ignore

    def _takes_allowed(self, byte: int) -> bool:
        """Return whether a byte that is not due may come, which it may not a second time."""
        if byte not in self._allowed:
            return False
        self._allowed.remove(byte)
        return True

    def _note_difference(self, at: int, data: bytes) -> None:
        self.has_differed = True
        expected, actual = self._due[at : at + EXCERPT], data[at : at + EXCERPT]
        self._due.clear()
        self._differs(self.agreed + at, bytes(expected), actual)

    @property
    def missing(self) -> int:
        """How many bytes are still to come."""
        return len(self._due)

    @property
    def is_flooded(self) -> bool:
        """Whether far more has come than was due, after a byte that differs."""
        return self.has_differed and self.come > self.promised + MOST_UNDUE


def _ignore(_offset: int, _expected: bytes, _actual: bytes) -> None:
    pass
