"""A ladder diagram as SVG, like the book's time-sequence figures.

The same picture as in the terminal. Nothing depends on colour alone: a stopped process is a dashed
line, a zombie a dotted one, and both are named in the legend. Colours are the page's (currentColor
and classes), so that the figure suits a dark page and print.
"""

import html
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files

from properties.model.ladder import Arrow, Life, Note, Picture, Row
from properties.reports.ladder_text import plain
from target.foreign_text import harmless

FIRST = 80
"""Where the first lifeline stands, in pixels; the times are to its left."""

PITCH = 170
"""Pixels from one lifeline to the next."""

LINE = 18
"""Pixels from one line of words to the next."""

SHORT = 22
"""Pixels that are missing from an arrow that does not arrive."""

HEAD = 44
LETTER = 7.3
"""Pixels of one letter of the monospaced font, a little generous."""

DASHES = {Life.ALIVE: "", Life.STOPPED: "7 5", Life.ZOMBIE: "2 4"}
"""How a lifeline is broken."""


@dataclass(frozen=True)
class Place:
    """A row with its height: where it begins, and how many lines it takes."""

    row: Row
    top: int
    lines: int

    @property
    def middle(self) -> int:
        """Where its arrows and its first line of words are."""
        return self.top + LINE // 2

    @property
    def bottom(self) -> int:
        """Where the next row begins."""
        return self.top + self.lines * LINE


def figure(picture: Picture, title: str) -> str:
    """Return the SVG element; `title` says what it shows, for people who cannot see it."""
    places = list(_places(picture))
    width = FIRST + max(len(picture.columns), 3) * PITCH
    height = (places[-1].bottom if places else HEAD) + 12
    parts = [
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{_escaped(title)}" xmlns="http://www.w3.org/2000/svg">',
        f"<title>{_escaped(title)}</title>",
        *_heads(picture),
        *(part for column in range(len(picture.columns)) for part in _lifeline(column, places)),
        *(part for place in places for part in _row(place, picture)),
        "</svg>",
    ]
    return "\n".join(parts)


def style() -> str:
    """Return the rules for figures and the colours they use, as a style sheet."""
    return files("properties.reports").joinpath("figure.css").read_text(encoding="utf-8")


def standalone(picture: Picture, title: str) -> str:
    """Return the figure as a file of its own, with its style."""
    opening, lines = figure(picture, title).split("\n", 1)
    paper = '<rect class="paper" width="100%" height="100%"/>'
    return f"{opening}\n<style>\n{style()}</style>\n{paper}\n{lines}\n"


def caption(picture: Picture) -> str:
    """Return what broken lifelines mean, the marks, and what is not shown, in words."""
    drawn = {life for row in picture.rows for life in (*row.lives, *row.after)}
    words = {Life.STOPPED: "dashed: stopped", Life.ZOMBIE: "dotted: a zombie"}
    lines = [words[life] for life in words if life in drawn]
    return "; ".join(filter(None, (*lines, picture.marks, *picture.remarks)))


def _places(picture: Picture) -> Iterator[Place]:
    top = HEAD
    for row in picture.rows:
        place = Place(row, top, _lines_of(row, picture))
        yield place
        top = place.bottom


def _lines_of(row: Row, picture: Picture) -> int:
    if row.words:
        return len(_wrapped(row.words, _letters(len(picture.columns) * PITCH)))
    notes = [len(_note_lines(note, row, picture)) + _is_taken(note, row) for note in row.notes]
    return max([1, *notes])


def _x(column: int) -> int:
    return FIRST + column * PITCH


def _letters(pixels: float) -> int:
    return max(8, int(pixels / LETTER))


def _wrapped(words: str, letters: int) -> list[str]:
    return textwrap.wrap(plain(words), letters) or [""]


def _escaped(words: str) -> str:
    return html.escape(harmless(words))


def _text(x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> str:
    marked = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}"{marked}>{_escaped(words)}</text>'


def _heads(picture: Picture) -> Iterator[str]:
    yield _text(FIRST - 14, 16, "ms", "time", "end")
    for column, head in enumerate(picture.columns):
        for line, words in enumerate(filter(None, (head.head, head.below))):
            shown = plain(words)[: _letters(PITCH - 8)]
            yield _text(_x(column), 16 + line * 16, shown, "head", "middle")


def _lifeline(column: int, places: list[Place]) -> Iterator[str]:
    """Return one line for each stretch in which the lifeline is drawn in the same way."""
    stretches: list[tuple[Life, int, int]] = []
    for place in places:
        for life, top, bottom in (
            (place.row.lives[column], place.top, place.middle),
            (place.row.after[column], place.middle, place.bottom),
        ):
            if stretches and stretches[-1][0] is life and stretches[-1][2] == top:
                stretches[-1] = (life, stretches[-1][1], bottom)
            else:
                stretches.append((life, top, bottom))
    for life, top, bottom in stretches:
        if life is not Life.ABSENT:
            dashes = f' stroke-dasharray="{DASHES[life]}"' if DASHES[life] else ""
            yield (
                f'<line x1="{_x(column)}" y1="{top}" x2="{_x(column)}" y2="{bottom}" '
                f'class="life"{dashes}/>'
            )


def _row(place: Place, picture: Picture) -> Iterator[str]:
    row = place.row
    if row.at is not None:
        yield _text(FIRST - 14, place.middle + 4, f"{row.at * 1000:.1f}", "time", "end")
    if row.words:
        yield from _across(place, picture)
        return
    for arrow in row.arrows:
        yield from _arrow(arrow, place.middle, row.colour)
    for note in row.notes:
        lines = _note_lines(note, row, picture)
        for line, words in enumerate(lines, _is_taken(note, row)):
            y = place.middle + 4 + line * LINE
            yield from _beside(_x(note.column) + 8, y, words, f"note {row.colour}".strip())


def _across(place: Place, picture: Picture) -> Iterator[str]:
    lines = _wrapped(place.row.words, _letters(len(picture.columns) * PITCH))
    for line, words in enumerate(lines):
        y = place.middle + 4 + line * LINE
        yield from _beside(FIRST - 4, y, words, f"across {place.row.colour}".strip())


def _beside(x: float, y: float, words: str, kind: str) -> Iterator[str]:
    """Write words over a piece of background, so that no lifeline goes through them."""
    width = len(words) * LETTER + 6
    yield f'<rect x="{x - 2:g}" y="{y - 12:g}" width="{width:g}" height="16" class="paper"/>'
    yield _text(x, y, words, kind)


def _arrow(arrow: Arrow, y: int, colour: str) -> Iterator[str]:
    start, end = _x(arrow.start), _x(arrow.end)
    back = -1 if end > start else 1
    end += 0 if arrow.arrives else back * SHORT
    kind = f"arrow {colour}".strip()
    if arrow.arrives:
        yield f'<line x1="{start}" y1="{y}" x2="{end + back * 7}" y2="{y}" class="{kind}"/>'
        tip = f"{end},{y} {end + back * 9},{y - 4} {end + back * 9},{y + 4}"
        yield f'<polygon points="{tip}" class="tip {colour}"/>'
    else:
        yield f'<line x1="{start}" y1="{y}" x2="{end}" y2="{y}" class="{kind}"/>'
        yield from _cross(end, y, kind)
    words = plain(arrow.words)
    room = _letters(abs(end - start) - 30)
    if len(words) > room:
        words = plain(arrow.fewer or arrow.words)[:room]
    first = min(start, end) + (PITCH / 2 if end > start else abs(end - start) - PITCH / 2)
    is_short = len(words) <= _letters(PITCH - 30) and arrow.arrives
    middle = first if is_short else (start + end) / 2
    left, width = middle - len(words) * LETTER / 2 - 4, len(words) * LETTER + 8
    yield f'<rect x="{left:g}" y="{y - 8}" width="{width:g}" height="16" class="paper"/>'
    yield _text(middle, y + 4, words, kind.replace("arrow", "on"), "middle")


def _cross(x: int, y: int, kind: str) -> Iterator[str]:
    for way in (-5, 5):
        yield f'<line x1="{x - 5}" y1="{y - way}" x2="{x + 5}" y2="{y + way}" class="{kind}"/>'


def _note_lines(note: Note, row: Row, picture: Picture) -> list[str]:
    room = _letters(_room_beside(note.column, row, picture) - _x(note.column) - 16)
    shown = note.fewer if note.fewer and len(note.words) > room else note.words
    return _wrapped(shown, room)


def _is_taken(note: Note, row: Row) -> int:
    """Return 1 where an arrow takes the first line to the right of the lifeline."""
    return int(any(min(a.start, a.end) <= note.column < max(a.start, a.end) for a in row.arrows))


def _room_beside(column: int, row: Row, picture: Picture) -> int:
    used = {note.column for note in row.notes}
    used |= {end for arrow in row.arrows for end in (arrow.start, arrow.end)}
    for lives in (row.lives, row.after):
        used |= {at for at, life in enumerate(lives) if life is not Life.ABSENT}
    following = min((other for other in used if other > column), default=None)
    return _x(following if following is not None else max(len(picture.columns), 3)) - 6
