"""A ladder diagram as data: columns of lifelines, and rows with arrows and notes between them.

The style is that of the time-sequence figures of the book: time goes down, an arrow goes from the
side that acts to the side that it concerns. `RowBuilder` makes the rows of either role; the texts
of `properties.reports` draw them. Nothing here knows what the rows mean.
"""

import enum
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from properties.model.events import Event, Injected, StepBegan

MOST_COLUMNS = 6
"""Lifelines that a diagram may have. A test of `reports.ladder_text` checks that they fit."""

MOST_ROWS = 36
"""Rows that are shown of a history; where there are more, they are folded."""

EDGE = 2
"""Rows that are left of a folded stretch on each side."""


class Life(enum.Enum):
    """How a lifeline is drawn."""

    ABSENT = "absent"
    ALIVE = "alive"
    STOPPED = "stopped"
    ZOMBIE = "zombie"


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
    arrives: bool = True


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


SIGNALLED = {"SIGSTOP": Life.STOPPED, "SIGCONT": Life.ALIVE}
"""How a lifeline is drawn after a signal."""


@dataclass
class Flow:
    """Bytes in one direction: where their row is, how many, in how many parts."""

    row: int
    count: int = 0
    parts: int = 0


class RowBuilder:
    """The rows so far, and how each lifeline is drawn now.

    Bytes of one direction are one row, for as long as nothing happens but more bytes.
    """

    def __init__(self, events: Sequence[Event], columns: int) -> None:
        self.events = events
        self.rows: list[Row] = []
        self.headings = _fault_steps(events)
        self._flows: dict[Hashable, Flow] = {}
        self._lives = [Life.ABSENT] * columns

    # Lifelines.

    def live(self, column: int, life: Life) -> None:
        """Draw a lifeline in this way from now on."""
        self._lives[column] = life

    def life(self, column: int) -> Life:
        """Return how a lifeline is drawn now."""
        return self._lives[column]

    def lives(self) -> tuple[Life, ...]:
        """Return how all lifelines are drawn now."""
        return tuple(self._lives)

    # Rows.

    def add(self, row: Row) -> None:
        """Add a row. Bytes that come later are no longer added to rows above it."""
        self._flows.clear()
        self.rows.append(row)

    def draw(
        self,
        event: Event,
        *arrows: Arrow,
        notes: Sequence[Note] = (),
        before: tuple[Life, ...] | None = None,
        colour: str = "",
    ) -> None:
        """Add a row of arrows and notes; `before` are the lifelines if the event ends one."""
        after = self.lives()
        drawn = tuple(arrow for arrow in arrows if arrow.start != arrow.end)
        matters = bool(notes or colour)
        self.add(
            Row(
                event.at,
                before or after,
                after,
                drawn,
                tuple(notes),
                colour=colour,
                matters=matters,
            )
        )

    def say(self, at: float | None, words: str, colour: str = "", *, events: int = 1) -> None:
        """Add a row of words."""
        lives = self.lives()
        self.add(Row(at, lives, lives, (), (), words, colour, matters=True, events=events))

    def flow(self, event: Event, direction: Hashable, count: int) -> Flow:
        """Add bytes to the row of this direction; return what the row stands for."""
        flow = self._flows.get(direction)
        if flow is None:
            lives = self.lives()
            flow = self._flows[direction] = Flow(len(self.rows))
            self.rows.append(Row(event.at, lives, lives, events=0))
        flow.count += count
        flow.parts += 1
        row = self.rows[flow.row]
        self.rows[flow.row] = replace(row, events=row.events + 1)
        return flow

    def label(self, flow: Flow, arrow: Arrow) -> None:
        """Draw what a row of bytes stands for."""
        self.rows[flow.row] = replace(self.rows[flow.row], arrows=(arrow,))

    def has_flow(self, direction: Hashable) -> bool:
        """Return whether there is a row to which bytes of this direction would be added."""
        return direction in self._flows

    def end_flow(self, direction: Hashable) -> None:
        """Let the next bytes of this direction begin a new row."""
        self._flows.pop(direction, None)


def _fault_steps(events: Sequence[Event]) -> frozenset[int]:
    """Return the places of the steps that were faults: what a fault reports follows its step."""
    places = set()
    began: int | None = None
    for place, event in enumerate(events):
        if isinstance(event, StepBegan):
            began = place
        elif isinstance(event, Injected) and began is not None:
            places.add(began)
    return frozenset(places)


def folded(rows: list[Row]) -> list[Row]:
    """Return the rows; where there are too many, with stretches of them folded into one row."""
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
