"""Where reports go: how wide it is, and colour where it is seen.

Colours and movements are for terminals that know them; NO_COLOR leaves out the colours
(no-color.org), TERM=dumb both.
"""

import contextlib
import errno
import io
import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TextIO

from properties.reports.layout import NARROWEST, WIDTH, cut, wrapped
from properties.running.exit_status import ExitStatus
from target.foreign_text import harmless, harmless_lines

_CODES = {"red": "31", "green": "32", "yellow": "33", "dim": "2", "bold": "1"}
_LONG_WORD = re.compile(r"\S{300,}")
_PAINTED = re.compile(r"(\x1b\[(?:31|32|33|2|1|0)m)")

DUMB = ("", "dumb", "unknown")
"""Values of TERM that name a terminal without colours and movements."""


@dataclass(frozen=True)
class Terminal:
    """Where a report goes. `is_terminal`: whether it knows colours and movements.

    `columns` is its width where that is known beforehand.
    """

    stream: TextIO
    is_terminal: bool
    columns: int | None = None
    problems: list[str] = field(default_factory=list)
    """Why some of the report could not be written; not where its reader has gone."""

    @classmethod
    def standard(cls, *, elsewhere: bool = False) -> "Terminal":
        """Standard output as it is now, or nowhere where that is closed.

        `elsewhere`: standard error instead, where standard output is for something else.
        """
        stream = sys.stderr if elsewhere else sys.stdout
        return cls.nowhere() if stream is None else cls(stream, _moves(stream))

    @classmethod
    def of_its_own(cls, *, elsewhere: bool = False) -> "Terminal":
        """Standard output until it is closed, also when descriptor 1 is captured.

        `elsewhere`: standard error instead, where standard output is for something else.
        """
        standard = sys.stderr if elsewhere else sys.stdout
        own = open(os.dup(standard.fileno()), "w", encoding=standard.encoding)  # noqa: SIM115
        return cls(own, _moves(standard))

    @classmethod
    def nowhere(cls) -> "Terminal":
        """A terminal without colours that shows nothing, for text that goes elsewhere."""
        return cls(io.StringIO(), is_terminal=False, columns=WIDTH)

    @property
    def size(self) -> os.terminal_size:
        """Its columns and lines as they are now; what is no terminal has `WIDTH` columns."""
        try:
            size = os.get_terminal_size(self.stream.fileno())
        except (OSError, ValueError):
            size = os.terminal_size((0, 0))
        columns = self.columns or size.columns
        return os.terminal_size((columns or WIDTH, size.lines))

    @property
    def width(self) -> int:
        """Columns that lines may take: its own, and never fewer than `NARROWEST`."""
        return max(NARROWEST, self.size.columns)

    def close(self) -> None:
        """End output of its own."""
        self.stream.close()

    def or_unwritten(self, status: int) -> int:
        """Return an exit status: this one, or that for output that could not be written."""
        return ExitStatus.USAGE if self.problems else status

    @property
    def draws_boxes(self) -> bool:
        """Whether the encoding of the output has box characters."""
        try:
            "│┊├┤┼─".encode(getattr(self.stream, "encoding", None) or "ascii")
        except (UnicodeEncodeError, LookupError):
            return False
        return True

    def paint(self, text: str, colour: str) -> str:
        """Return foreign text in a colour, or as it is where there are none."""
        words = harmless(text)
        if not self.is_terminal or os.environ.get("NO_COLOR") or not colour:
            return words
        return f"\x1b[{_CODES[colour]}m{words}\x1b[0m"

    def line(self, text: str = "") -> None:
        """Write a line of foreign text, or several."""
        self._write(f"{harmless_lines(text)}\n")

    def painted(self, text: str) -> None:
        """Write a line, or several, in which the colours of `paint` are seen."""
        self._write("".join(f"{self.clean(line)}\n" for line in text.split("\n")))

    def clean(self, line: str) -> str:
        """Return a line without any escape but those of `paint`.

        Foreign text in it has passed `harmless`, for its own escapes may be the same.
        """
        if not self.is_terminal:
            return harmless(line)
        parts = _PAINTED.split(line)
        return "".join(one if place % 2 else harmless(one) for place, one in enumerate(parts))

    def counter(self, what: str, total: int) -> Callable[[int], None]:
        """Return a function that shows how much is done, on a terminal."""

        def show(done: int) -> None:
            if self.is_terminal and total > 1:
                self.replace(f"{what} {done} of {total}")

        return show

    def clear(self) -> None:
        """Remove from a terminal what `replace` has written."""
        if self.is_terminal:
            self.replace("")

    def replace(self, text: str) -> None:
        """Write over the current line of a terminal."""
        self._write(f"\r\x1b[2K{cut(harmless(text), self.size.columns - 1)}")

    def write(self, text: str) -> None:
        """Write what a drawing is made of, as it is."""
        self._write(text)

    def _write(self, text: str) -> None:
        encoding = getattr(self.stream, "encoding", None) or "utf-8"
        try:
            self.stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
            self.stream.flush()
        except OSError as error:
            # The run goes on: its exit status and its cases are still needed.
            if error.errno not in (errno.EPIPE, errno.EIO):
                self.problems.append(f"cannot write the report: {error.strerror}")
                complain(self.problems[-1])
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())


def _cut_word(found: re.Match[str]) -> str:
    return f"{found[0][:100]}...{found[0][-20:]}"


def _moves(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that knows colours and movements."""
    return stream.isatty() and os.environ.get("TERM", "") not in DUMB


def complain(message: str) -> None:
    """Write an error to standard error, in lines that fit."""
    if sys.stderr is None:
        return
    width = Terminal(sys.stderr, is_terminal=False).width
    with contextlib.suppress(OSError):
        first, *others = _LONG_WORD.sub(_cut_word, f"anechoic: {message}").split("\n")
        # No line but ours begins at the edge: a foreign one could pass for an answer.
        for line in (first, *(f"  {other}" for other in others)):
            print("\n".join(wrapped("", line, width, below=2)), file=sys.stderr)
