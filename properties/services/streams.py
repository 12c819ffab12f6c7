"""Bytes that come and are not all known beforehand: answers known by their form, or not at all."""

import re
from collections import deque

from properties.engine.byte_streams import EXCERPT, Differs, ExpectedBytes, same_bytes

MOST_SHOWN = 80
"""Bytes that are shown of an answer that does not match: a line of text."""


class Anything(ExpectedBytes):
    """Whatever comes is taken. `least`: how many bytes must come."""

    grows = True

    def __init__(self, differs: Differs, least: int = 0) -> None:
        super().__init__(differs)
        self.promised = self._least = least

    def want(self, count: int) -> None:
        """Let so many more bytes have to come."""
        self._least = max(self._least, self.come) + count
        self.promised = max(self.promised, self._least)

    def take(self, data: bytes) -> bool:
        """Count bytes that have come."""
        self.come += len(data)
        self.agreed = self.come
        self.promised = max(self.promised, self.come)
        return True

    @property
    def missing(self) -> int:
        """How many bytes are still to come."""
        return max(0, self._least - self.come)


class ExpectedAnswers(ExpectedBytes):
    """Answers in their order, each known byte by byte or by a pattern.

    An answer of a pattern ends with its shortest match. Its length is not known before it has come:
    until then one byte of it counts as missing.
    """

    grows = True

    def __init__(self, differs: Differs) -> None:
        super().__init__(differs)
        self._answers: deque[bytearray | re.Pattern[bytes]] = deque()
        self._come = bytearray()
        self._missing = 0
        self._is_forgiven = False
        self._is_lost = False

    def promise(self, data: bytes) -> None:
        """Add bytes that are to come."""
        if not data or self.has_differed:
            return
        if self._answers and isinstance(last := self._answers[-1], bytearray):
            last += data
        else:
            self._answers.append(bytearray(data))
        self._add_missing(len(data))

    def promise_match(self, pattern: re.Pattern[bytes]) -> None:
        """Add an answer that is to match."""
        if not self.has_differed:
            self._answers.append(pattern)
            self._add_missing(1)

    def _add_missing(self, count: int) -> None:
        self._missing += count
        self.promised = self.agreed + self._missing

    def forgive(self) -> bool:
        """From now on what is missing may come, and need not; return whether anything is."""
        self._is_forgiven = True
        return self._missing > 0

    def lose_track(self) -> None:
        """From now on anything may come after what is due."""
        self._is_lost = True

    def take(self, data: bytes) -> bool:
        """Compare bytes that have come; return whether they are those that were due."""
        self.come += len(data)
        if self.has_differed:
            return False
        self._come += data
        while self._come and self._answers:
            went_on = self._takes_first()
            if not went_on:
                return went_on is None and self._agree()
        if self._come and not self._is_lost:
            self._differ(self.come - len(self._come), b"")
            return False
        self._come.clear()
        return self._agree()

    def _takes_first(self) -> bool | None:
        """Take what has come of the first answer; return None where its match is not complete.

        False where it is another.
        """
        first = self._answers[0]
        if isinstance(first, bytearray):
            return self._take_exact(first)
        end = shortest_match(first, self._come)
        if end is None:
            return None
        del self._come[:end]
        self._missing -= 1
        self._answers.popleft()
        return True

    def _take_exact(self, due: bytearray) -> bool:
        data = bytes(self._come[: len(due)])
        same = same_bytes(due, data)
        if same < len(data):
            expected = bytes(due[same : same + EXCERPT])
            del self._come[:same]
            self._differ(self.come - len(self._come), expected)
            return False
        del due[:same], self._come[:same]
        self._missing -= same
        if not due:
            self._answers.popleft()
        return True

    def _agree(self) -> bool:
        self.agreed = self.come
        self.promised = self.agreed + self._missing
        return True

    def _differ(self, offset: int, expected: bytes) -> None:
        self.has_differed, self._missing = True, 0
        self._answers.clear()
        self._differs(offset, expected, bytes(self._come[:EXCERPT]))

    @property
    def unmatched(self) -> tuple[str, bytes] | None:
        """The pattern of the answer that is due next and what has come of it, its first bytes."""
        if not self._answers or isinstance(first := self._answers[0], bytearray):
            return None
        return first.pattern.decode(errors="backslashreplace"), bytes(self._come[:MOST_SHOWN])

    @property
    def missing(self) -> int:
        """How many bytes are still to come, as far as that is known."""
        return 0 if self._is_forgiven else self._missing


def shortest_match(pattern: re.Pattern[bytes], data: bytearray) -> int | None:
    """Return where the shortest match at the start of the data ends; None where there is none."""
    end, found = None, pattern.match(data)
    while found is not None:
        end = found.end()
        found = pattern.match(data, 0, end - 1) if end else None
    return end
