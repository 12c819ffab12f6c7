"""What a client still has to send: made as it is needed, so that a gigabyte takes no memory."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from properties.services.dialogue import Request


@dataclass(frozen=True)
class Piece:
    """Bytes for one write; `last` sends the FIN in the same segment."""

    data: memoryview
    last: bool = False


class Outgoing:
    """Payloads in their order, each in pieces. `left` counts the bytes of all.

    `holds`, where given, says at the beginning of a payload whether it has to wait.
    """

    def __init__(self, holds: Callable[[], bool] | None = None) -> None:
        self.left = 0
        self._holds = holds
        self._has_begun = False
        self._coming: deque[Iterator[Piece]] = deque()
        self._first: Piece | None = None

    def __bool__(self) -> bool:
        return self.left > 0

    def add_all(self, requests: Sequence[Request], piece: int, *, end: bool) -> None:
        """Add requests; `end`: the last one is sent together with the FIN."""
        for number, one in enumerate(requests, 1):
            self.add(one.chunks, one.length, piece, end=end and number == len(requests))

    def add(self, chunks: Iterable[bytes], length: int, piece: int, *, end: bool) -> None:
        """Add a payload of `length` bytes, `piece` at a time (0: as they come in `chunks`).

        `end`: its last piece is sent together with the FIN.
        """
        self.left += length
        self._coming.append(_pieces(chunks, length, piece, end=end))

    @property
    def is_held(self) -> bool:
        """Whether what is left has to wait."""
        if self._holds is None or self._first is not None or self._has_begun:
            return False
        return bool(self._coming) and self._holds()

    @property
    def first(self) -> Piece | None:
        """What is to be written next."""
        while self._first is None and self._coming and not self.is_held:
            self._first = next(self._coming[0], None)
            self._has_begun = self._first is not None
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
        self._first, self._has_begun = None, False


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
