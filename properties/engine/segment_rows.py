"""The rows of a ladder for what the wire has carried.

All segments where that is asked for; else those alone to which something was done, for what one
side sent and the other did not get is seen nowhere else.
"""

from faults.wire.segments import Fate
from properties.engine.segment_names import FATES, Name, SegmentNames
from properties.model.events import Carried
from properties.model.ladder import Arrow, Row, RowBuilder

ARRIVING = (Fate.PASSED, Fate.RELEASED, Fate.DOUBLED)
"""What becomes of a segment that the other side gets."""

COLOUR = "yellow"


class SegmentRows:
    """Adds segments to the rows of a history."""

    def __init__(self, rows: RowBuilder, *, all_shown: bool) -> None:
        self.all_shown = all_shown
        self._rows = rows
        self._names = SegmentNames()
        self._last: Row | None = None
        self._same = (Name("", ""), 0, 0)
        self._count = 0

    def add(self, event: Carried, start: int, end: int) -> None:
        """Add a segment that goes from one column to another; alike ones in a row are one row."""
        name = self._names.name(event)
        if event.fate not in FATES and not self.all_shown:
            return
        repeats = bool(self._rows.rows) and self._rows.rows[-1] is self._last
        same = (name, start, end)
        self._count = self._count + 1 if repeats and same == self._same else 1
        if self._count > 1:
            self._rows.rows.pop()
        self._same = same
        self._draw(event, name, start, end)

    def _draw(self, event: Carried, name: Name, start: int, end: int) -> None:
        words, fewer, before = name.words, name.fewer, None
        if self._count > 1:
            words, fewer, before = (
                f"{words}, {self._count} times",
                f"{fewer} {self._count}x",
                self._last,
            )
        arrow = Arrow(start, end, words, fewer, event.fate in ARRIVING)
        lives = self._rows.lives()
        done = event.fate in FATES
        self._last = Row(
            before.at if before else event.at,
            lives,
            lives,
            (arrow,),
            colour="" if event.fate in ARRIVING else COLOUR,
            matters=done or _is_rare(event),
            events=self._count,
        )
        self._rows.add(self._last)


def _is_rare(event: Carried) -> bool:
    """Return whether a segment is not to be folded: one that begins or ends a connection."""
    return any(flag in event.flags for flag in ("SYN", "FIN", "RST"))
