"""A history as a ladder diagram: one column per client, listener and worker, time downward.

A pure function from a history to lines, never wider than the screen. What is too long is folded:
rows that matter stay, of stretches without any the first and the last.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from properties.events import Event
from properties.reports import cast as casts
from properties.reports.cast import Cast
from properties.reports.diagram import BOXES, PLAIN, Diagram, Line, Row, legend
from properties.reports.rows import rows_of
from properties.reports.sentences import crowd

MOST_ROWS = 36
"""Rows that are shown of a history; where there are more, they are folded."""

EDGE = 2
"""Rows that are left of a folded stretch on each side."""


def timeline(events: Sequence[Event], violation: str, *, boxes: bool) -> list[Line]:
    """Return the lines of a history in which `violation`, in words, was found.

    `boxes`: lines are drawn with box characters, else in ASCII. Nothing for an empty history.
    """
    if not events:
        return []
    cast = casts.assemble(events, violation)
    diagram = Diagram(cast.columns, BOXES if boxes else PLAIN)
    rows = folded(rows_of(events, cast))
    lines = [*diagram.heads()]
    for row in rows:
        lines += diagram.draw(row)
    for words in _remarks(cast, rows, diagram):
        lines += diagram.remark(words)
    return lines


def folded(rows: list[Row]) -> list[Row]:
    """Return the rows, where there are too many with stretches of them drawn together."""
    for edge in (EDGE, 1, 0):
        if len(rows) <= MOST_ROWS:
            return rows
        rows = [
            row
            for matters, stretch in groupby(rows, key=lambda row: row.matters)
            for row in (stretch if matters else _without_the_middle(list(stretch), edge, edge))
        ]
    return _without_the_middle(rows, MOST_ROWS // 2, MOST_ROWS - MOST_ROWS // 2 - 1)


def _without_the_middle(rows: list[Row], first: int, last: int) -> list[Row]:
    middle = rows[first : len(rows) - last]
    if len(middle) < 2:
        return rows
    count, lives = sum(row.events for row in middle), middle[-1].after
    fold = Row(None, lives, lives, words=f"... {count} events ...", colour="dim", events=count)
    return [*rows[:first], fold, *rows[len(rows) - last :]]


def _remarks(cast: Cast, rows: list[Row], diagram: Diagram) -> Iterator[str]:
    """Explain the marks, and say who is not shown."""
    marks = legend(rows, diagram.pen)
    if any(client in cast.guessed for client in cast.clients):
        marks += f"{'   ' if marks else ''}?: told by the order of the forks"
    if marks:
        yield marks
    if cast.left_out:
        many = f"{len(cast.left_out)} more client{'s' if len(cast.left_out) > 1 else ''}"
        yield f"{many} left out: {crowd(cast.left_out)}"
