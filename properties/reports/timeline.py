"""A history as a ladder diagram: one column per client, listener and worker, time downward.

A pure function from a history to a picture. What is too long is folded: rows that matter stay, of
stretches without any the first and the last.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby

from properties.events import Event
from properties.reports import cast as casts
from properties.reports.cast import Cast
from properties.reports.diagram import Picture, Row
from properties.reports.rows import rows_of
from properties.reports.sentences import crowd

MOST_ROWS = 36
"""Rows that are shown of a history; where there are more, they are folded."""

EDGE = 2
"""Rows that are left of a folded stretch on each side."""


def picture(events: Sequence[Event], violation: str) -> Picture | None:
    """Return the diagram of a history in which `violation`, in words, was found.

    None for an empty history.
    """
    if not events:
        return None
    cast = casts.assemble(events, violation)
    is_guessed = any(client in cast.guessed for client in cast.clients)
    return Picture(
        columns=cast.columns,
        rows=tuple(folded(rows_of(events, cast))),
        marks="?: told by the order of the forks" if is_guessed else "",
        remarks=tuple(_left_out(cast)),
    )


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


def _left_out(cast: Cast) -> Iterator[str]:
    """Say who is not shown."""
    if cast.left_out:
        many = f"{len(cast.left_out)} more client{'s' if len(cast.left_out) > 1 else ''}"
        yield f"{many} left out: {crowd(cast.left_out)}"
