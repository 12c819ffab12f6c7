"""A client's history as a ladder diagram: the user, the client and the server, time downward.

A pure function from a history to a picture. Bytes that go the same way are one row, for as long as
nothing else happens but other bytes.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from faults.fault import Status
from faults.payloads import size
from faults.stage import PeerEnd
from properties.events import Conclusion, Event, Injected, Marked, StepBegan
from properties.peer.events import (
    Accepted,
    Altered,
    Answered,
    ClientFinished,
    Complained,
    Exited,
    InputEnded,
    InputRefused,
    PeerEnded,
    Printed,
    Refused,
    Rested,
    Started,
    Taken,
    Typed,
    Waited,
)
from properties.reports.diagram import Arrow, Column, Life, Note, Picture, Row
from properties.reports.timeline import folded

USER, CLIENT, SERVER = range(3)

FLOWS: dict[type[Event], tuple[int, int]] = {
    Typed: (USER, CLIENT),
    Taken: (CLIENT, SERVER),
    Answered: (SERVER, CLIENT),
    Printed: (CLIENT, USER),
}
"""The events of bytes on their way: from which column to which."""

ENDS = {
    PeerEnd.FIN: "FIN",
    PeerEnd.CLOSE: "FIN",
    PeerEnd.UNREAD: "RST (unread input)",
    PeerEnd.RESET: "RST",
}
SIGNALLED = {"SIGSTOP": Life.STOPPED, "SIGCONT": Life.ALIVE}


class _Sheet:
    """Rows so far, and the lifelines as they are drawn now."""

    def __init__(self, events: Sequence[Event]) -> None:
        self.rows: list[Row] = []
        self.lives = [Life.ALIVE, Life.ABSENT, Life.ALIVE]
        self._events = events
        self._flows: dict[type[Event], tuple[int, int]] = {}

    def draw(
        self,
        event: Event,
        arrow: Arrow | None = None,
        note: Note | None = None,
        *,
        colour: str = "",
        ends: bool = False,
    ) -> None:
        """Add a row; `ends`: the client's lifeline ends below it."""
        lives = tuple(self.lives)
        if ends:
            self.lives[CLIENT] = Life.ABSENT
        arrows, notes = (arrow,) if arrow else (), (note,) if note else ()
        matters = bool(note or colour)
        row = Row(event.at, lives, tuple(self.lives), arrows, notes, colour=colour, matters=matters)
        self._add(row)

    def say(self, event: Event, words: str, colour: str = "") -> None:
        """Add a row of words."""
        lives = tuple(self.lives)
        self._add(Row(event.at, lives, lives, words=words, colour=colour, matters=True))

    def _add(self, row: Row) -> None:
        self._flows.clear()
        self.rows.append(row)

    def flow(self, event: Typed | Taken | Answered | Printed) -> None:
        """Add bytes to the row of their direction."""
        kind = type(event)
        place, count = self._flows.get(kind, (len(self.rows), 0))
        if place == len(self.rows):
            lives = tuple(self.lives)
            self.rows.append(Row(event.at, lives, lives, events=0))
        row, count = self.rows[place], count + event.count
        arrow = Arrow(*FLOWS[kind], size(count))
        self.rows[place] = replace(row, arrows=(arrow,), events=row.events + 1)
        self._flows[kind] = place, count

    def is_fault(self, place: int) -> bool:
        """Tell whether the step that begins at this place is a fault."""
        for event in self._events[place + 1 :]:
            if isinstance(event, Injected | StepBegan):
                return isinstance(event, Injected)
        return False


def picture(events: Sequence[Event], violation: str) -> Picture | None:
    """Return the diagram of a history; None for an empty one."""
    del violation
    if not events:
        return None
    pid = next((str(event.pid) for event in events if isinstance(event, Started)), "")
    columns = (Column("user"), Column("client", pid), Column("server"))
    return Picture(columns, tuple(folded(_rows(events))))


def _rows(events: Sequence[Event]) -> list[Row]:
    sheet = _Sheet(events)
    for place, event in enumerate(events):
        if isinstance(event, StepBegan):
            if sheet.is_fault(place):
                sheet.say(event, f"fault: {event.text}", "bold")
        elif isinstance(event, Typed | Taken | Answered | Printed):
            sheet.flow(event)
        elif make := _MAKERS.get(type(event)):
            make(sheet, event)
    return sheet.rows


def _started(sheet: _Sheet, event: Started) -> None:
    sheet.lives[CLIENT] = Life.ALIVE
    sheet.draw(event, note=Note(CLIENT, "starts"))


def _connected(sheet: _Sheet, event: Accepted) -> None:
    sheet.draw(event, Arrow(CLIENT, SERVER, "connects"))


def _refused(sheet: _Sheet, event: Refused) -> None:
    arrow = Arrow(SERVER, CLIENT, "RST") if event.waiting else None
    sheet.draw(event, arrow, Note(SERVER, "listens no more"))


def _input_ended(sheet: _Sheet, event: InputEnded) -> None:
    if event.client_lives:
        sheet.draw(event, Arrow(USER, CLIENT, "end of input"))


def _input_refused(sheet: _Sheet, event: InputRefused) -> None:
    sheet.draw(event, note=Note(CLIENT, f"reads no more: {size(event.count)} left"))


def _finished(sheet: _Sheet, event: ClientFinished) -> None:
    sheet.draw(event, Arrow(CLIENT, SERVER, "RST" if event.by_reset else event.reason))


def _ended(sheet: _Sheet, event: PeerEnded) -> None:
    sheet.draw(event, Arrow(SERVER, CLIENT, ENDS[event.how]))


def _complained(sheet: _Sheet, event: Complained) -> None:
    words = " ".join(event.text.split())
    if words:
        sheet.draw(event, note=Note(CLIENT, f"says: {words}"))


def _marked(sheet: _Sheet, event: Marked) -> None:
    sheet.lives[CLIENT] = SIGNALLED.get(event.what, sheet.lives[CLIENT])
    sheet.draw(event, note=Note(CLIENT, event.what))


def _injected(sheet: _Sheet, event: Injected) -> None:
    colour = "" if event.status is Status.FIRED else "yellow"
    sheet.say(event, f"{event.status.value}: {event.detail}", colour)


def _waited(sheet: _Sheet, event: Waited) -> None:
    if event.conclusion is not Conclusion.MET:
        sheet.say(event, f"waited in vain for it {event.what.value}: {event.evidence}", "red")


def _rested(sheet: _Sheet, event: Rested) -> None:
    sheet.say(event, event.spinning or f"it does not come to rest: {event.conclusion.value}", "red")


def _altered(sheet: _Sheet, event: Altered) -> None:
    words = f"{event.place.value}, at byte {event.offset}: {event.actual!r} instead of"
    sheet.say(event, f"{words} {event.expected!r}", "red")


def _exited(sheet: _Sheet, event: Exited) -> None:
    sheet.draw(event, note=Note(CLIENT, event.ending), ends=True)


_MAKERS: dict[type[Event], Callable[[_Sheet, Any], None]] = {
    Started: _started,
    Accepted: _connected,
    Refused: _refused,
    InputEnded: _input_ended,
    InputRefused: _input_refused,
    ClientFinished: _finished,
    PeerEnded: _ended,
    Complained: _complained,
    Marked: _marked,
    Injected: _injected,
    Waited: _waited,
    Rested: _rested,
    Altered: _altered,
    Exited: _exited,
}
