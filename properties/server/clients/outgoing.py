"""What a client still has to send: made as it is needed, so that a gigabyte takes no memory."""

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Piece:
    """Bytes for one write; `last` sends the FIN in the same segment."""

    data: memoryview
    last: bool = False


class Outgoing:
    """Payloads in their order, each in pieces. `left` counts the bytes of all."""

    def __init__(self) -> None:
        self.left = 0
        self._coming: deque[Iterator[Piece]] = deque()
        self._first: Piece | None = None

    def __bool__(self) -> bool:
        return self.left > 0

    def add(self, chunks: Iterable[bytes], length: int, piece: int, *, end: bool) -> None:
        """Add a payload of `length` bytes, `piece` at a time (0: as they come in `chunks`).

        `end`: its last piece is sent together with the FIN.
        """
        self.left += length
        self._coming.append(_pieces(chunks, length, piece, end=end))

    @property
    def first(self) -> Piece | None:
        """What is to be written next."""
        while self._first is None and self._coming:
            self._first = next(self._coming[0], None)
            if self._first is None:
                self._coming.popleft()
        return self._first

    def took(self, count: int) -> None:
        """Record that the kernel has taken so many bytes of the first piece."""
        assert self._first is not None
        self.left -= count
        rest = self._first.data[count:]
        self._first = Piece(rest, self._first.last) if rest else None

    def clear(self) -> None:
        """Drop everything."""
        self.left = 0
        self._coming.clear()
        self._first = None


def _pieces(chunks: Iterable[bytes], length: int, piece: int, *, end: bool) -> Iterator[Piece]:
    left, rest = length, b""
    for chunk in chunks:
        view = memoryview(rest + chunk if rest else chunk)
        whole = min(left, len(view))
        size = piece or whole
        # A piece that is not full waits for the next chunk, unless there is none.
        full = whole if whole == left else whole - whole % size
        for start in range(0, full, size):
            data = view[start : min(start + size, full)]
            left -= len(data)
            yield Piece(data, last=end and left == 0)
        rest = bytes(view[full:whole])
        if left == 0:
            return
