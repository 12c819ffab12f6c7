"""Drawing a ladder diagram (`properties.model.ladder`) in characters.

No line is wider than the diagram may be.
"""

import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from properties.model.ladder import MOST_COLUMNS, Arrow, Column, Life, Note, Picture, Row
from properties.reports.layout import WIDTH

INDENT = 2
FIRST = 11
"""Where the first lifeline stands; the times are to its left."""

NARROWEST = 10
WIDEST = 24
"""Characters from one lifeline to the next."""

SHORT = 8
"""By which part of the room between two lifelines an arrow that does not arrive is too short."""

CRAMPED = 11
"""Characters beside a lifeline, below which words that take more stand in lines of their own."""


def most_columns(width: int) -> int:
    """Return how many lifelines fit into so many characters."""
    return max(1, min(MOST_COLUMNS, (width - FIRST + 1) // NARROWEST))


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


@dataclass
class Canvas:
    """Lines that are being drawn: the characters by their places."""

    lines: list[dict[int, str]] = field(default_factory=list)

    def put(self, line: int, place: int, words: str) -> None:
        """Write over what is there."""
        self.lines[line].update(enumerate(words, place))

    def text(self) -> Iterator[str]:
        """Return the lines without trailing blanks."""
        for line in self.lines:
            last = max(line, default=-1)
            yield "".join(line.get(at, " ") for at in range(last + 1)).rstrip()


@dataclass(frozen=True)
class Diagram:
    """Columns, and how they are drawn."""

    columns: tuple[Column, ...]
    pen: Pen
    width: int = WIDTH

    @property
    def pitch(self) -> int:
        """Characters from one lifeline to the next."""
        return max(NARROWEST, min(WIDEST, (self.width - FIRST) // max(1, len(self.columns))))

    def place(self, column: int) -> int:
        """Return where a lifeline stands."""
        return FIRST + column * self.pitch

    def heads(self) -> list[Line]:
        """Return the lines above the lifelines."""
        canvas = Canvas(lines=[{}, {}, {}])
        canvas.put(0, FIRST - 4, "ms")
        for index, column in enumerate(self.columns):
            heads = textwrap.wrap(plain(column.head), self.pitch - 1)[:2]
            for line, words in enumerate((*heads, plain(column.below)[: self.pitch - 1])):
                canvas.put(line, self.place(index), words)
        return [Line(text, "bold") for text in canvas.text() if text]

    def draw(self, row: Row) -> list[Line]:
        """Return the lines of one row."""
        if row.words:
            texts = [*self._across(row.at, row.words, row.after)]
        else:
            cramped = [note for note in row.notes if self._is_cramped(note, row)]
            beside = tuple(note for note in row.notes if note not in cramped)
            is_empty = cramped and not beside and not row.arrows
            texts = [] if is_empty else [*self._between(replace(row, notes=beside))]
            for note in cramped:
                words = f"{self.columns[note.column].head} {note.words}"
                texts += self._across(None if texts else row.at, words, row.after)
        return [Line(text, row.colour) for text in texts]

    def remark(self, words: str) -> list[Line]:
        """Return the lines of a remark below the lifelines."""
        indent = " " * FIRST
        wrapped = textwrap.wrap(words, self.width, initial_indent=indent, subsequent_indent=indent)
        return [Line(text, "dim") for text in wrapped]

    def _across(self, when: float | None, words: str, lives: tuple[Life, ...]) -> Iterator[str]:
        wrapped = textwrap.wrap(plain(words), self.width - FIRST) or [""]
        canvas = Canvas(lines=[{} for _ in wrapped])
        for index, line in enumerate(wrapped):
            self._lifelines(canvas, index, lives)
            for at in range(FIRST, min(self.width, FIRST + len(line) + 1)):
                canvas.lines[index].pop(at, None)
            canvas.put(index, FIRST, line)
        canvas.put(0, INDENT, _milliseconds(when))
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
        if not arrow.arrives:
            end += (-1 if to_the_right else 1) * (self.pitch // SHORT)
        left, right = min(start, end), max(start, end)
        canvas.put(0, left + 1, pen.line * (right - left - 1))
        for column in range(min(arrow.start, arrow.end) + 1, max(arrow.start, arrow.end)):
            if lives[column] is not Life.ABSENT:
                canvas.put(0, self.place(column), pen.crossing)
        canvas.put(0, start, pen.tail_to_the_right if to_the_right else pen.tail_to_the_left)
        tip = (">" if to_the_right else "<") if arrow.arrives else "x"
        canvas.put(0, end - 1 if to_the_right else end + 1, tip)
        self._on_the_arrow(canvas, arrow, left, right)

    def _on_the_arrow(self, canvas: Canvas, arrow: Arrow, left: int, right: int) -> None:
        """Write the words beside the tail where there is room, else in the middle."""
        to_the_right = arrow.start < arrow.end
        room, beside = right - left - 5, self.pitch - 5
        choices = [plain(words) for words in (arrow.words, arrow.fewer) if words]
        words = next((one for one in choices if len(one) <= room), "")
        if choices and not words:
            tight = next((one for one in choices if len(one) <= right - left - 2), "")
            if tight:
                canvas.put(0, left + 1 if to_the_right else left + 2, tight)
                return
            words = choices[-1][:room].rstrip()
        if len(words) <= beside and arrow.arrives:
            middle = left + self.pitch // 2 if to_the_right else right - self.pitch // 2
        else:
            middle = (left + right) // 2
        tip = not to_the_right and arrow.arrives
        canvas.put(0, middle - (len(words) + 1) // 2 - tip, f" {words} ")

    def _note(self, canvas: Canvas, note: Note, row: Row) -> None:
        place, room = self.place(note.column) + 2, self._room_for(note, row)
        # An arrow that leaves the column to the right takes the room of the first line.
        taken = any(
            min(arrow.start, arrow.end) <= note.column < max(arrow.start, arrow.end)
            for arrow in row.arrows
        )
        for line, words in enumerate(textwrap.wrap(_fitting(note, room), room), int(taken)):
            while len(canvas.lines) <= line:
                canvas.lines.append({})
                self._lifelines(canvas, len(canvas.lines) - 1, row.after)
            canvas.put(line, place, words)

    def _room_for(self, note: Note, row: Row) -> int:
        return self._room_beside(note.column, row) - self.place(note.column) - 2

    def _is_cramped(self, note: Note, row: Row) -> bool:
        room = self._room_for(note, row)
        return room < CRAMPED and len(_fitting(note, room)) > room

    def _room_beside(self, column: int, row: Row) -> int:
        """Return where the next column begins that has anything in this row."""
        used = {note.column for note in row.notes}
        used |= {end for arrow in row.arrows for end in (arrow.start, arrow.end)}
        for lives in (row.lives, row.after):
            used |= {at for at, life in enumerate(lives) if life is not Life.ABSENT}
        following = min((other for other in used if other > column), default=None)
        return self.width if following is None else self.place(following) - 1


def drawn(picture: Picture | None, *, boxes: bool, width: int = WIDTH) -> list[Line]:
    """Return the lines of a picture, with box characters or in ASCII; nothing for none."""
    if picture is None:
        return []
    diagram = Diagram(picture.columns, BOXES if boxes else PLAIN, width)
    lines = [*diagram.heads(), *(line for row in picture.rows for line in diagram.draw(row))]
    marks = "   ".join(filter(None, (legend(picture.rows, diagram.pen), picture.marks)))
    for words in filter(None, (marks, *picture.remarks)):
        lines += diagram.remark(words)
    return lines


def legend(rows: Iterable[Row], pen: Pen) -> str:
    """Return what the lifelines of stopped processes and zombies look like, in words."""
    drawn = {life for row in rows for life in (*row.lives, *row.after)}
    shown = [f"{pen.lives[life]} {life.value}" for life in (Life.STOPPED, Life.ZOMBIE)]
    return "   ".join(
        words
        for words, life in zip(shown, (Life.STOPPED, Life.ZOMBIE), strict=True)
        if life in drawn
    )


def plain(words: str) -> str:
    """Return words that take one column a character on every terminal: printable ASCII."""
    return "".join(
        character
        if " " <= character <= "~"
        else " "
        if character.isspace()
        else character.encode("unicode_escape").decode("ascii")
        for character in words
    )


def _fitting(note: Note, room: int) -> str:
    """Return the words of a note, or fewer where those have no room in one line."""
    return plain(note.fewer if note.fewer and len(note.words) > room else note.words)


def _milliseconds(at: float | None) -> str:
    """Return a time that fits into its column, with tenths where they have room."""
    if at is None:
        return ""
    exact = f"{at * 1000:7.1f}"
    return exact if len(exact) <= FIRST - INDENT - 2 else f"{min(at * 1000, 9999999):7.0f}"
