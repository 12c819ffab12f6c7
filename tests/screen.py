"""A terminal of our own: what a person sees of what a program has written to one."""

import re

_SEQUENCE = re.compile(r"\x1b\[(\d*)([A-Za-z])|([^\x1b])", re.DOTALL)


class Screen:
    """Follows the movements that programs of ours make, and fails for all others.

    Lines that leave the screen above are kept, as a terminal does for scrolling back.
    """

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self.rows = rows
        self.lines: list[str] = [""]
        self.row = 0
        self.column = 0

    @property
    def seen(self) -> list[str]:
        """All lines, without blanks at their ends and empty ones below the last."""
        lines = [line.rstrip() for line in self.lines]
        while lines and not lines[-1]:
            lines.pop()
        return lines

    def feed(self, written: str) -> None:
        """Show what was written."""
        place = 0
        while place < len(written):
            found = _SEQUENCE.match(written, place)
            assert found, f"what does {written[place : place + 12]!r} do?"
            place = found.end()
            if found[3]:
                self._letter(found[3])
            else:
                self._move(found[2], int(found[1] or 1))

    def _letter(self, letter: str) -> None:
        if letter == "\r":
            self.column = 0
        elif letter == "\n":
            self._down()
        else:
            if self.column == self.columns:
                self.column = 0
                self._down()
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + letter + line[self.column + 1 :]
            self.column += 1

    def _down(self) -> None:
        self.row += 1
        if self.row == len(self.lines):
            self.lines.append("")

    def _move(self, command: str, count: int) -> None:
        if command == "A":
            top = max(0, len(self.lines) - self.rows)
            self.row = max(top, self.row - count)
        elif command == "K":
            assert count == 2
            self.lines[self.row] = ""
        else:
            assert command == "m", f"CSI {command} is not known"
