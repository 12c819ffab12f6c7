"""The rows of a timeline in the making, and the state of every lifeline while they are made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from properties.events import Event, Injected, ListenerEnded, Marked, Opened, Stalled, StepBegan
from properties.reports.cast import Cast
from properties.reports.diagram import Arrow, Life, Note, Row
from properties.sightings import ProcessAppeared


@dataclass
class Flow:
    """Bytes of one client in one direction: where their row is, how many, in how many parts."""

    row: int
    count: int = 0
    parts: int = 0


class Page:
    """Rows so far, who lives, and what is still being added to."""

    def __init__(self, events: Sequence[Event], cast: Cast) -> None:
        self.events = events
        self.cast = cast
        self.rows: list[Row] = []
        self.headings = _fault_steps(events)
        self.forks_at_connect = _forks_at_connect(events, cast)
        self._flows: dict[tuple[int, bool], Flow] = {}
        self._lives = [Life.ABSENT] * len(cast.columns)
        self._born: set[int] = set()
        appeared = {e.pid for e in events if isinstance(e, ProcessAppeared)}
        for pid, column in cast.processes.items():
            if pid not in appeared:
                self.live(column, Life.ALIVE)
        self.live(cast.server, Life.ALIVE)

    # Lifelines.

    def live(self, column: int, life: Life) -> None:
        """Draw a lifeline in this way from now on."""
        self._lives[column] = life
        self._born.add(column)

    def life(self, column: int) -> Life:
        """Return how a lifeline is drawn now."""
        return self._lives[column]

    def lives(self) -> tuple[Life, ...]:
        """Return how all lifelines are drawn now."""
        return tuple(self._lives)

    def server_of(self, client: int) -> int:
        """Return the column that a client talks to: until its worker is there, the listener's."""
        column = self.cast.server_of(client)
        return column if column in self._born else self.cast.server

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
        self.add(
            Row(
                event.at,
                before or after,
                after,
                drawn,
                tuple(notes),
                colour=colour,
                matters=bool(notes or colour),
            )
        )

    def say(self, at: float | None, words: str, colour: str = "", *, events: int = 1) -> None:
        """Add a row of words."""
        lives = self.lives()
        self.add(Row(at, lives, lives, (), (), words, colour, matters=True, events=events))

    def flow(self, event: Event, client: int, count: int, *, back: bool) -> Flow:
        """Add bytes to the row of this client and direction; return what the row stands for."""
        flow = self._flows.get((client, back))
        if flow is None:
            lives = self.lives()
            flow = self._flows[client, back] = Flow(len(self.rows))
            self.rows.append(Row(event.at, lives, lives, events=0))
        flow.count += count
        flow.parts += 1
        row = self.rows[flow.row]
        self.rows[flow.row] = replace(row, events=row.events + 1)
        return flow

    def label(self, flow: Flow, arrow: Arrow) -> None:
        """Draw what a row of bytes stands for."""
        self.rows[flow.row] = replace(self.rows[flow.row], arrows=(arrow,))

    def has_answered(self, client: int) -> bool:
        """Tell whether there is a row to which bytes that come back would be added."""
        return (client, True) in self._flows

    def end_of_flow(self, client: int) -> None:
        """Let the next bytes of this client begin new rows."""
        for back in (False, True):
            self._flows.pop((client, back), None)


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


_IN_BETWEEN = (Marked, Stalled, Injected, ListenerEnded)
"""Between a connection and the first look at its worker, these may be why it came late."""


def _forks_at_connect(events: Sequence[Event], cast: Cast) -> dict[int, int]:
    """Return client -> column of its worker, where the fork may be drawn beside the connection."""
    opened = {e.client: place for place, e in enumerate(events) if isinstance(e, Opened)}
    appeared = {e.pid: place for place, e in enumerate(events) if isinstance(e, ProcessAppeared)}
    listener = cast.listener
    forks = {}
    for client in cast.clients:
        pid = cast.workers.get(client, 0)
        first, last = opened.get(client), appeared.get(pid)
        if first is None or last is None or last < first or pid not in cast.processes:
            continue
        seen = events[last]
        made = isinstance(seen, ProcessAppeared) and seen.parent == listener
        if made and not any(isinstance(e, _IN_BETWEEN) for e in events[first:last]):
            forks[client] = cast.processes[pid]
    return forks
