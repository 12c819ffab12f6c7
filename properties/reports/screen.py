"""Colour where it is seen: on a terminal, unless NO_COLOR is set (no-color.org)."""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from typing import TextIO

WIDTH = 100
"""Columns that all output fits into."""

_CODES = {"red": "31", "green": "32", "yellow": "33", "dim": "2", "bold": "1"}


@dataclass(frozen=True)
class Screen:
    """Where a report goes, and whether a person watches it."""

    stream: TextIO
    is_terminal: bool

    @classmethod
    def standard(cls) -> "Screen":
        """Standard output, kept apart from whatever captures sys.stdout later."""
        return cls(sys.stdout, sys.stdout.isatty())

    def paint(self, text: str, colour: str) -> str:
        """Return the text in a colour, or as it is where there are none."""
        if not self.is_terminal or os.environ.get("NO_COLOR"):
            return text
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m"

    def line(self, text: str = "") -> None:
        """Write one line."""
        self.stream.write(text + "\n")
        self.stream.flush()

    def counter(self, what: str, total: int) -> Callable[[int], None]:
        """Return a function that shows how far something has come, on a terminal."""

        def show(done: int) -> None:
            if self.is_terminal and total > 1:
                self.replace(f"{what} {done} of {total}")

        return show

    def clear(self) -> None:
        """Take what `replace` has written off a terminal."""
        if self.is_terminal:
            self.replace("")

    def replace(self, text: str) -> None:
        """Write over the current line of a terminal."""
        self.stream.write(f"\r\x1b[2K{text[: WIDTH - 1]}")
        self.stream.flush()
