"""Colour where it is seen: on a terminal, unless NO_COLOR is set (no-color.org)."""

import contextlib
import errno
import io
import os
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TextIO

from properties.running.exit_status import ExitStatus

WIDTH = 100
"""Columns that all output fits into."""

_CODES = {"red": "31", "green": "32", "yellow": "33", "dim": "2", "bold": "1"}


@dataclass(frozen=True)
class Terminal:
    """Where a report goes, and whether that is a terminal."""

    stream: TextIO
    is_terminal: bool
    problems: list[str] = field(default_factory=list)
    """Why some of the report could not be written; not where its reader has gone."""

    @classmethod
    def standard(cls) -> "Terminal":
        """Standard output as it is now."""
        return cls(sys.stdout, sys.stdout.isatty())

    @classmethod
    def of_its_own(cls, *, elsewhere: bool = False) -> "Terminal":
        """Standard output for as long as the process lives, also when descriptor 1 is captured.

        `elsewhere`: standard error instead, where standard output is for something else.
        """
        standard = sys.stderr if elsewhere else sys.stdout
        own = open(os.dup(standard.fileno()), "w", encoding=standard.encoding)  # noqa: SIM115
        return cls(own, standard.isatty())

    @classmethod
    def nowhere(cls) -> "Terminal":
        """A terminal without colours that shows nothing, for text that goes elsewhere."""
        return cls(io.StringIO(), is_terminal=False)

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
        """Return the text in a colour, or as it is where there are none."""
        if not self.is_terminal or os.environ.get("NO_COLOR"):
            return text
        return f"\x1b[{_CODES[colour]}m{text}\x1b[0m"

    def line(self, text: str = "") -> None:
        """Write one line."""
        self._write(text + "\n")

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
        self._write(f"\r\x1b[2K{text[: WIDTH - 1]}")

    def has_room_for(self, lines: int) -> bool:
        """Return whether a terminal can show so many lines of full width, and one below them."""
        try:
            size = os.get_terminal_size(self.stream.fileno())
        except (OSError, ValueError):
            return False
        return size.columns >= WIDTH and size.lines > lines

    def rewrite(self, lines: Sequence[str], over: int) -> None:
        """Write lines over the last ones of a terminal, whose cursor is below them."""
        if lines or over:
            up = f"\x1b[{over}A" if over else ""
            self._write(f"{up}\r\x1b[J" + "".join(f"{line}\n" for line in lines))

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError as error:
            # The run goes on: its exit status and its cases are still needed.
            if error.errno not in (errno.EPIPE, errno.EIO):
                self.problems.append(f"cannot write the report: {error.strerror}")
                complain(self.problems[-1])
            os.dup2(os.open(os.devnull, os.O_WRONLY), self.stream.fileno())


def cut(words: str, room: int) -> str:
    """Return words that fit into so many columns, and show where something is left out."""
    return words if len(words) <= room else f"{words[: room - 4]} ..."


def complain(message: str) -> None:
    """Write an error to standard error, in lines that fit."""
    for line in f"anechoic: {message}".splitlines():
        lines = textwrap.wrap(
            line, WIDTH, subsequent_indent="  ", drop_whitespace=True, break_on_hyphens=False
        )
        with contextlib.suppress(OSError):
            print("\n".join(lines), file=sys.stderr)
