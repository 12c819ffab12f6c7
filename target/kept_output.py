"""The end of what a target writes, read as it comes.

Loaded by the keeper, so it imports as little as the keeper does.
"""

import os

KEPT = 16 * 1024
"""Bytes that are kept: the last lines."""

AT_A_TIME = 64
"""Reads before the keeper looks at something else: some targets write faster than it can read."""


class Output:
    """The reading end of a target's output and errors. Reading does not block."""

    def __init__(self, descriptor: int) -> None:
        os.set_blocking(descriptor, False)
        self.descriptor = descriptor
        self._end = b""

    def read(self) -> bool:
        """Keep the end of what has come; return whether more may come."""
        for _ in range(AT_A_TIME):
            try:
                text = os.read(self.descriptor, 65536)
            except BlockingIOError:
                return True
            if not text:
                return False
            self._end = (self._end + text)[-KEPT:]
        return True

    def add(self, words: str) -> None:
        """Add a line of ours."""
        self._end += f"{words}\n".encode()

    @property
    def text(self) -> str:
        """What was kept."""
        return self._end.decode(errors="replace")
