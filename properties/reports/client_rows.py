"""The rows of what clients do and see."""

from collections.abc import Callable
from typing import Any

from faults.payloads import size
from properties.events import (
    Closed,
    End,
    Ended,
    Event,
    HalfClosed,
    Mismatched,
    Opened,
    OpenFailed,
    Received,
    Sent,
)
from properties.reports import sentences
from properties.reports.diagram import Arrow, Life, Note
from properties.reports.page import Page


def _opened(page: Page, event: Opened) -> None:
    column = page.cast.clients[event.client]
    page.live(column, Life.ALIVE)
    arrows = [Arrow(column, page.cast.server, "connects")]
    worker = page.forks_at_connect.get(event.client)
    if worker is not None:
        page.live(worker, Life.ALIVE)
        arrows.append(Arrow(page.cast.server, worker, "fork"))
    page.draw(event, *arrows)


def _open_failed(page: Page, event: OpenFailed) -> None:
    page.say(event.at, f"c{event.client} cannot connect: {event.reason}", "red")


def _sent(page: Page, event: Sent) -> None:
    column = page.cast.clients[event.client]
    flow = page.flow(event, event.client, event.count, back=False)
    writes = f" in {flow.parts} writes" if flow.parts > 1 else ""
    words = size(flow.count)
    page.label(flow, Arrow(column, page.server_of(event.client), words + writes, words))


def _received(page: Page, event: Received) -> None:
    column = page.cast.clients[event.client]
    flow = page.flow(event, event.client, event.count, back=True)
    page.label(flow, Arrow(page.server_of(event.client), column, size(flow.count)))


def _mismatched(page: Page, event: Mismatched) -> None:
    column = page.cast.clients[event.client]
    page.draw(event, Arrow(page.server_of(event.client), column, "wrong bytes"), colour="red")
    page.say(None, sentences.mismatch(event), "red", events=0)


def _half_closed(page: Page, event: HalfClosed) -> None:
    page.draw(event, Arrow(page.cast.clients[event.client], page.server_of(event.client), "FIN"))


def _ended(page: Page, event: Ended) -> None:
    column = page.cast.clients[event.client]
    server = page.server_of(event.client)
    colour = "red" if event.missing else ""
    missing = f", {size(event.missing)} missing" if event.missing else ""
    if event.end is End.OTHER:
        page.draw(event, notes=[Note(column, f"{event.reason}{missing}")], colour=colour)
    else:
        what = "FIN" if event.end is End.EOF else "RST"
        page.draw(event, Arrow(server, column, f"{what}{missing}", what), colour=colour)


def _closed(page: Page, event: Closed) -> None:
    column = page.cast.clients[event.client]
    before = page.lives()
    page.live(column, Life.ABSENT)
    if what := _on_the_wire(page, event):
        unread = f", {size(event.unread)} unread" if event.unread else ""
        arrow = Arrow(column, page.server_of(event.client), f"{what}{unread}", what)
        page.draw(event, arrow, before=before)


def _on_the_wire(page: Page, event: Closed) -> str:
    """Say what close(2) sends: nothing where both sides have ended, or the other has reset."""
    mine = [e for e in page.events if getattr(e, "client", 0) == event.client and e.at <= event.at]
    ended = next((e for e in mine if isinstance(e, Ended)), None)
    half_closed = any(isinstance(e, HalfClosed) for e in mine)
    if ended is not None and (half_closed or ended.end is not End.EOF):
        return ""
    if event.by_reset or event.unread:
        return "RST"
    return "" if half_closed else "FIN"


MAKERS: dict[type[Event], Callable[[Page, Any], None]] = {
    Opened: _opened,
    OpenFailed: _open_failed,
    Sent: _sent,
    Received: _received,
    Mismatched: _mismatched,
    HalfClosed: _half_closed,
    Ended: _ended,
    Closed: _closed,
}
