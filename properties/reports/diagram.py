"""Drawing a ladder diagram: columns of lifelines, and rows with arrows and notes between them.

The manner is that of the time-sequence figures of the book: time goes down, an arrow goes from who
acts to whom it concerns. Nothing here knows what the rows mean. No line is wider than the screen.
"""

import enum
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from properties.reports.screen import WIDTH

INDENT = 2
FIRST = 11
"""Where the first lifeline stands; the times are to its left."""

NARROWEST = 15
WIDEST = 24
"""Characters from one lifeline to the next."""

MOST_COLUMNS = (WIDTH - FIRST) // NARROWEST + 1


class Life(enum.Enum):
    """How a lifeline is drawn."""

    ABSENT = "absent"
    ALIVE = "alive"
    STOPPED = "stopped"
    ZOMBIE = "zombie"


@dataclass(frozen=True)
class Pen:
    """The characters that lines are made of."""

    lives: dict[Life, str]
    line: str
    tail_to_the_right: str
    tail_to_the_left: str
    crossing: str


BOXES = Pen({Life.ALIVE: "│", Life.STOPPED: "┊", Life.ZOMBIE: "z"}, "─", "├", "┤", "┼")
PLAIN = Pen({Life.ALIVE: "|", Life.STOPPED: ":", Life.ZOMBIE: "z"}, "-", "|", "|", "+")
"""For an output whose encoding has no box characters."""


@dataclass(frozen=True)
class Line:
    """One line of a report, and the colour it is to be painted in ("": none)."""

    text: str
    colour: str = ""


@dataclass(frozen=True)
class Column:
    """What stands above a lifeline, in two lines."""

    head: str
    below: str = ""


@dataclass(frozen=True)
class Arrow:
    """From one column to another, with words on it, or fewer where those have no room."""

    start: int
    end: int
    words: str
    fewer: str = ""


@dataclass(frozen=True)
class Note:
    """Words beside a lifeline, or fewer where those have no room in one line."""

    column: int
    words: str
    fewer: str = ""


@dataclass(frozen=True)
class Row:
    """What happened at one time, `at` seconds after the history began (None: no time is shown).

    A row has arrows and notes, or `words` across all columns. `lives` are the lifelines as they are
    drawn in it, `after` as they go on below. `matters`: not to be folded. `events`: how many it
    stands for.
    """

    at: float | None
    lives: tuple[Life, ...]
    after: tuple[Life, ...]
    arrows: tuple[Arrow, ...] = ()
    notes: tuple[Note, ...] = ()
    words: str = ""
    colour: str = ""
    matters: bool = False
    events: int = 1


@dataclass(frozen=True)
class Picture:
    """A ladder diagram as data: what stands above the lifelines, the rows, and remarks below.

    `marks` explains marks besides those of the lifelines.
    """

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    marks: str = ""
    remarks: tuple[str, ...] = ()


@dataclass
class Canvas:
    """Lines in the making: characters at places."""

    lines: list[dict[int, str]] = field(default_factory=list)

    def put(self, line: int, place: int, words: str) -> None:
        """Write over what is there."""
        self.lines[line].update(enumerate(words, place))

    def text(self) -> Iterator[str]:
        """Return the lines without blanks behind them."""
        for line in self.lines:
            last = max(line, default=-1)
            yield "".join(line.get(at, " ") for at in range(last + 1)).rstrip()


@dataclass(frozen=True)
class Diagram:
    """Columns, and how they are drawn."""

    columns: tuple[Column, ...]
    pen: Pen

    @property
    def pitch(self) -> int:
        """Characters from one lifeline to the next."""
        return max(NARROWEST, min(WIDEST, (WIDTH - FIRST) // max(1, len(self.columns))))

    def place(self, column: int) -> int:
        """Return where a lifeline stands."""
        return FIRST + column * self.pitch

    def heads(self) -> list[Line]:
        """Return the lines above the lifelines."""
        canvas = Canvas(lines=[{}, {}])
        canvas.put(0, FIRST - 4, "ms")
        for index, column in enumerate(self.columns):
            for line, words in enumerate((column.head, column.below)):
                canvas.put(line, self.place(index), plain(words)[: self.pitch - 1])
        return [Line(text, "bold") for text in canvas.text() if text]

    def draw(self, row: Row) -> list[Line]:
        """Return the lines of one row."""
        texts = self._across(row) if row.words else self._between(row)
        return [Line(text, row.colour) for text in texts]

    def remark(self, words: str) -> list[Line]:
        """Return the lines of a remark below the lifelines."""
        indent = " " * FIRST
        wrapped = textwrap.wrap(words, WIDTH, initial_indent=indent, subsequent_indent=indent)
        return [Line(text, "dim") for text in wrapped]

    def _across(self, row: Row) -> Iterator[str]:
        wrapped = textwrap.wrap(plain(row.words), WIDTH - FIRST) or [""]
        canvas = Canvas(lines=[{} for _ in wrapped])
        for index, words in enumerate(wrapped):
            self._lifelines(canvas, index, row.after)
            for at in range(FIRST, min(WIDTH, FIRST + len(words) + 1)):
                canvas.lines[index].pop(at, None)
            canvas.put(index, FIRST, words)
        canvas.put(0, INDENT, _milliseconds(row.at))
        return canvas.text()

    def _between(self, row: Row) -> Iterator[str]:
        canvas = Canvas(lines=[{}])
        self._lifelines(canvas, 0, row.lives)
        canvas.put(0, INDENT, _milliseconds(row.at))
        for arrow in row.arrows:
            self._arrow(canvas, arrow, row.lives)
        for note in row.notes:
            self._note(canvas, note, row)
        return canvas.text()

    def _lifelines(self, canvas: Canvas, line: int, lives: tuple[Life, ...]) -> None:
        for column, life in enumerate(lives):
            canvas.put(line, self.place(column), self.pen.lives.get(life, ""))

    def _arrow(self, canvas: Canvas, arrow: Arrow, lives: tuple[Life, ...]) -> None:
        pen, start, end = self.pen, self.place(arrow.start), self.place(arrow.end)
        to_the_right = start < end
        left, right = min(start, end), max(start, end)
        canvas.put(0, left + 1, pen.line * (right - left - 1))
        for column in range(min(arrow.start, arrow.end) + 1, max(arrow.start, arrow.end)):
            if lives[column] is not Life.ABSENT:
                canvas.put(0, self.place(column), pen.crossing)
        canvas.put(0, start, pen.tail_to_the_right if to_the_right else pen.tail_to_the_left)
        canvas.put(0, end - 1 if to_the_right else end + 1, ">" if to_the_right else "<")
        self._on_the_arrow(canvas, arrow, left, right)

    def _on_the_arrow(self, canvas: Canvas, arrow: Arrow, left: int, right: int) -> None:
        """Write the words beside the tail where there is room, else in the middle."""
        to_the_right = arrow.start < arrow.end
        room, beside = right - left - 5, self.pitch - 5
        words = plain(arrow.words)
        if len(words) > room:
            words = plain(arrow.fewer or arrow.words)[:room].rstrip()
        if len(words) <= beside:
            middle = left + self.pitch // 2 if to_the_right else right - self.pitch // 2
        else:
            middle = (left + right) // 2
        canvas.put(0, middle - (len(words) + 1) // 2 - (not to_the_right), f" {words} ")

    def _note(self, canvas: Canvas, note: Note, row: Row) -> None:
        place = self.place(note.column) + 2
        room = self._room_beside(note.column, row) - place
        # An arrow that leaves the column to the right takes the room of the first line.
        taken = any(
            min(arrow.start, arrow.end) <= note.column < max(arrow.start, arrow.end)
            for arrow in row.arrows
        )
        told = note.fewer if note.fewer and len(note.words) > room else note.words
        for line, words in enumerate(textwrap.wrap(plain(told), room), int(taken)):
            while len(canvas.lines) <= line:
                canvas.lines.append({})
                self._lifelines(canvas, len(canvas.lines) - 1, row.after)
            canvas.put(line, place, words)

    def _room_beside(self, column: int, row: Row) -> int:
        """Return where the next column begins that has anything in this row."""
        used = {note.column for note in row.notes}
        used |= {end for arrow in row.arrows for end in (arrow.start, arrow.end)}
        for lives in (row.lives, row.after):
            used |= {at for at, life in enumerate(lives) if life is not Life.ABSENT}
        following = min((other for other in used if other > column), default=None)
        return WIDTH if following is None else self.place(following) - 1


def drawn(picture: Picture | None, *, boxes: bool) -> list[Line]:
    """Return the lines of a picture, with box characters or in ASCII; nothing for none."""
    if picture is None:
        return []
    diagram = Diagram(picture.columns, BOXES if boxes else PLAIN)
    lines = [*diagram.heads(), *(line for row in picture.rows for line in diagram.draw(row))]
    marks = "   ".join(filter(None, (legend(picture.rows, diagram.pen), picture.marks)))
    for words in filter(None, (marks, *picture.remarks)):
        lines += diagram.remark(words)
    return lines


def legend(rows: Iterable[Row], pen: Pen) -> str:
    """Say what the lifelines mean that are not plain."""
    drawn = {life for row in rows for life in (*row.lives, *row.after)}
    shown = [f"{pen.lives[life]} {life.value}" for life in (Life.STOPPED, Life.ZOMBIE)]
    return "   ".join(
        words
        for words, life in zip(shown, (Life.STOPPED, Life.ZOMBIE), strict=True)
        if life in drawn
    )


def plain(words: str) -> str:
    """Return words that take one place a character on every screen: printable ASCII."""
    return "".join(
        character
        if " " <= character <= "~"
        else " "
        if character.isspace()
        else character.encode("unicode_escape").decode("ascii")
        for character in words
    )


def _milliseconds(at: float | None) -> str:
    """Write a time so that it keeps within its column: tenths as long as they have room."""
    if at is None:
        return ""
    exact = f"{at * 1000:7.1f}"
    return exact if len(exact) <= FIRST - INDENT - 2 else f"{min(at * 1000, 9999999):7.0f}"
