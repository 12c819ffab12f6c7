"""A client's history as a ladder diagram: the user, the client and the server, time downward.

A pure function from a history to a picture. Bytes that go the same way are one row, for as long as
nothing else happens but other bytes.
"""

from collections.abc import Callable, Sequence
from typing import Any

from faults.client_context import PeerEnd
from faults.fault import Status
from faults.payloads import size
from faults.wire.segments import Direction
from properties.client.events import (
    Accepted,
    Alone,
    Altered,
    Answered,
    ClientFinished,
    Complained,
    DescriptorsLeft,
    Exited,
    InputEnded,
    InputRefused,
    Named,
    OutputFailed,
    PeerEnded,
    Printed,
    ProcessesLeft,
    Refused,
    Rested,
    Started,
    Taken,
    Typed,
    Waited,
)
from properties.engine.segment_rows import SegmentRows
from properties.model.events import Carried, Conclusion, Event, Injected, Marked, StepBegan
from properties.model.ladder import (
    MOST_COLUMNS,
    SIGNALLED,
    Arrow,
    Column,
    Life,
    Note,
    Picture,
    Row,
    RowBuilder,
    folded,
)

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


WAYS = {Direction.TO_TARGET: (SERVER, CLIENT), Direction.FROM_TARGET: (CLIENT, SERVER)}
"""The way of a segment: from which column to which."""

SEGMENTS_SAY_IT = (Accepted, Taken, Answered, ClientFinished, PeerEnded)
"""Events that are left out where all segments are shown."""


class ClientRowBuilder(RowBuilder):
    """The rows so far; the user, the client and the server have a lifeline each."""

    def __init__(self, events: Sequence[Event]) -> None:
        super().__init__(events, 3)
        for column in (USER, SERVER):
            self.live(column, Life.ALIVE)

    def note(self, event: Event, words: str, column: int = CLIENT) -> None:
        """Add a row with words beside a lifeline."""
        self.draw(event, notes=[Note(column, words)])


def picture(
    events: Sequence[Event],
    violation: str,
    most_columns: int = MOST_COLUMNS,
    *,
    segments: bool = False,
) -> Picture | None:
    """Return the diagram of a history, which always has three columns; None for an empty one.

    `segments`: all that the wire has carried is shown, instead of what both sides did to send it.
    """
    del violation, most_columns
    if not events:
        return None
    pid = next((str(event.pid) for event in events if isinstance(event, Started)), "")
    columns = (Column("user"), Column("client", pid), Column("server"))
    return Picture(columns, tuple(folded(_rows(events, segments=segments))))


def _rows(events: Sequence[Event], *, segments: bool) -> list[Row]:
    rows = ClientRowBuilder(events)
    wire = SegmentRows(rows, all_shown=segments)
    for place, event in enumerate(events):
        if isinstance(event, StepBegan):
            if place in rows.headings:
                rows.say(event.at, f"fault: {event.text}", "bold")
        elif isinstance(event, Carried):
            wire.add(event, *WAYS[event.direction])
        elif segments and isinstance(event, SEGMENTS_SAY_IT):
            continue
        elif isinstance(event, Typed | Taken | Answered | Printed):
            flow = rows.flow(event, type(event).__name__, event.count)
            rows.label(flow, Arrow(*FLOWS[type(event)], size(flow.count)))
        elif make := _MAKERS.get(type(event)):
            make(rows, event)
    return rows.rows


def _started(rows: ClientRowBuilder, event: Started) -> None:
    rows.live(CLIENT, Life.ALIVE)
    rows.note(event, "starts")


def _named(rows: ClientRowBuilder, event: Named) -> None:
    rows.note(event, f"is to connect to {event.name}: {', '.join(event.addresses)}")


def _alone(rows: ClientRowBuilder, event: Alone) -> None:
    rows.note(event, "is alone in its network")


def _connected(rows: ClientRowBuilder, event: Accepted) -> None:
    rows.draw(event, Arrow(CLIENT, SERVER, "connects"))


def _refused(rows: ClientRowBuilder, event: Refused) -> None:
    arrows = [Arrow(SERVER, CLIENT, "RST")] if event.waiting else []
    rows.draw(event, *arrows, notes=[Note(SERVER, "listens no more")])


def _input_ended(rows: ClientRowBuilder, event: InputEnded) -> None:
    if event.client_lives:
        rows.draw(event, Arrow(USER, CLIENT, "end of input"))


def _input_refused(rows: ClientRowBuilder, event: InputRefused) -> None:
    rows.note(event, f"reads no more: {size(event.count)} left")


def _output_failed(rows: ClientRowBuilder, event: OutputFailed) -> None:
    rows.note(event, event.failure.value, USER)


def _finished(rows: ClientRowBuilder, event: ClientFinished) -> None:
    rows.draw(event, Arrow(CLIENT, SERVER, "RST" if event.by_reset else event.reason))


def _ended(rows: ClientRowBuilder, event: PeerEnded) -> None:
    rows.draw(event, Arrow(SERVER, CLIENT, ENDS[event.how]))


def _complained(rows: ClientRowBuilder, event: Complained) -> None:
    words = " ".join(event.text.split())
    if words:
        rows.note(event, f"says: {words}")


def _marked(rows: ClientRowBuilder, event: Marked) -> None:
    rows.live(CLIENT, SIGNALLED.get(event.what, rows.life(CLIENT)))
    rows.note(event, event.what)


def _injected(rows: ClientRowBuilder, event: Injected) -> None:
    colour = "" if event.status is Status.FIRED else "yellow"
    rows.say(event.at, f"{event.status.value}: {event.detail}", colour)


def _waited(rows: ClientRowBuilder, event: Waited) -> None:
    if event.conclusion is not Conclusion.MET:
        words = f"waited in vain for it {event.what.value}: {event.evidence}"
        rows.say(event.at, words, "red")


def _rested(rows: ClientRowBuilder, event: Rested) -> None:
    words = event.spinning or f"it does not come to rest: {event.conclusion.value}"
    rows.say(event.at, words, "red")


def _altered(rows: ClientRowBuilder, event: Altered) -> None:
    words = f"{event.place.value}, at byte {event.offset}: {event.actual!r} instead of"
    rows.say(event.at, f"{words} {event.expected!r}", "red")


def _left(rows: ClientRowBuilder, event: DescriptorsLeft) -> None:
    if event.changed:
        rows.say(event.at, f"left behind: {event.changed}", "red")


def _left_processes(rows: ClientRowBuilder, event: ProcessesLeft) -> None:
    rows.say(event.at, f"left behind: {event.processes}", "red")


def _exited(rows: ClientRowBuilder, event: Exited) -> None:
    before = rows.lives()
    rows.live(CLIENT, Life.ABSENT)
    rows.draw(event, notes=[Note(CLIENT, event.ending)], before=before)


_MAKERS: dict[type[Event], Callable[[ClientRowBuilder, Any], None]] = {
    Started: _started,
    Named: _named,
    Alone: _alone,
    Accepted: _connected,
    Refused: _refused,
    InputEnded: _input_ended,
    InputRefused: _input_refused,
    OutputFailed: _output_failed,
    ClientFinished: _finished,
    PeerEnded: _ended,
    Complained: _complained,
    Marked: _marked,
    Injected: _injected,
    Waited: _waited,
    Rested: _rested,
    Altered: _altered,
    DescriptorsLeft: _left,
    ProcessesLeft: _left_processes,
    Exited: _exited,
}
