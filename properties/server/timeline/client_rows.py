"""The rows of what clients do and see."""

from collections.abc import Callable
from typing import Any

from faults.payloads import size
from properties.model.events import Event
from properties.model.ladder import Arrow, Life, Note
from properties.server.events import (
    Closed,
    End,
    Ended,
    HalfClosed,
    Mismatched,
    Opened,
    OpenFailed,
    Received,
    Sent,
    UrgentSent,
)
from properties.server.timeline import wording
from properties.server.timeline.drawing import ServerRowBuilder


def _opened(rows: ServerRowBuilder, event: Opened) -> None:
    column = rows.participants.clients[event.client]
    rows.live(column, Life.ALIVE)
    arrows = [Arrow(column, rows.participants.server, "connects")]
    worker = rows.forks_at_connect.get(event.client)
    if worker is not None:
        rows.live(worker, Life.ALIVE)
        arrows.append(Arrow(rows.participants.server, worker, "fork"))
    rows.draw(event, *arrows)


def _open_failed(rows: ServerRowBuilder, event: OpenFailed) -> None:
    rows.say(event.at, f"c{event.client} cannot connect: {event.reason}", "red")


def _sent(rows: ServerRowBuilder, event: Sent) -> None:
    column = rows.participants.clients[event.client]
    flow = rows.flow(event, (event.client, False), event.count)
    writes = f" in {flow.parts} writes" if flow.parts > 1 else ""
    words = size(flow.count)
    rows.label(flow, Arrow(column, rows.server_of(event.client), words + writes, words))


def _urgent_sent(rows: ServerRowBuilder, event: UrgentSent) -> None:
    column = rows.participants.clients[event.client]
    rows.draw(event, Arrow(column, rows.server_of(event.client), "an urgent byte", "urgent"))


def _received(rows: ServerRowBuilder, event: Received) -> None:
    column = rows.participants.clients[event.client]
    flow = rows.flow(event, (event.client, True), event.count)
    rows.label(flow, Arrow(rows.server_of(event.client), column, size(flow.count)))


def _mismatched(rows: ServerRowBuilder, event: Mismatched) -> None:
    column = rows.participants.clients[event.client]
    rows.draw(event, Arrow(rows.server_of(event.client), column, "wrong bytes"), colour="red")
    rows.say(None, wording.mismatch(event), "red", events=0)


def _half_closed(rows: ServerRowBuilder, event: HalfClosed) -> None:
    rows.draw(
        event, Arrow(rows.participants.clients[event.client], rows.server_of(event.client), "FIN")
    )


def _ended(rows: ServerRowBuilder, event: Ended) -> None:
    column = rows.participants.clients[event.client]
    server = rows.server_of(event.client)
    colour = "red" if event.missing else ""
    missing = f", {size(event.missing)} missing" if event.missing else ""
    if event.end is End.OTHER:
        rows.draw(event, notes=[Note(column, f"{event.reason}{missing}")], colour=colour)
    else:
        what = "FIN" if event.end is End.EOF else "RST"
        rows.draw(event, Arrow(server, column, f"{what}{missing}", what), colour=colour)


def _closed(rows: ServerRowBuilder, event: Closed) -> None:
    column = rows.participants.clients[event.client]
    before = rows.lives()
    rows.live(column, Life.ABSENT)
    if what := _on_the_wire(rows, event):
        unread = f", {size(event.unread)} unread" if event.unread else ""
        arrow = Arrow(column, rows.server_of(event.client), f"{what}{unread}", what)
        rows.draw(event, arrow, before=before)


def _on_the_wire(rows: ServerRowBuilder, event: Closed) -> str:
    """Return what close(2) sends: "" where both sides have ended, or the other has reset."""
    mine = [e for e in rows.events if getattr(e, "client", 0) == event.client and e.at <= event.at]
    ended = next((e for e in mine if isinstance(e, Ended)), None)
    half_closed = any(isinstance(e, HalfClosed) for e in mine)
    if ended is not None and (half_closed or ended.end is not End.EOF):
        return ""
    if event.by_reset or event.unread:
        return "RST"
    return "" if half_closed else "FIN"


MAKERS: dict[type[Event], Callable[[ServerRowBuilder, Any], None]] = {
    Opened: _opened,
    OpenFailed: _open_failed,
    Sent: _sent,
    UrgentSent: _urgent_sent,
    Received: _received,
    Mismatched: _mismatched,
    HalfClosed: _half_closed,
    Ended: _ended,
    Closed: _closed,
}
