"""The rows of segments between clients and the server, and what stands beside them.

Where all segments are shown, they stand for what clients did and saw: arrows of those are left out,
and a client's lifeline lasts as long as its kernel says something.
"""

from collections.abc import Callable, Sequence
from typing import Any

from faults.payloads import size
from faults.wire.segments import Direction
from properties.engine.segment_names import is_first
from properties.engine.segment_rows import ARRIVING, SegmentRows
from properties.model.events import Carried, Event
from properties.model.ladder import Arrow, Life, Note
from properties.server.events import (
    Closed,
    End,
    Ended,
    HalfClosed,
    Opened,
    Received,
    Sent,
    UrgentSent,
)
from properties.server.timeline.drawing import ServerRowBuilder


class Segments:
    """What is known of the segments of a history, and how they are drawn."""

    def __init__(self, rows: ServerRowBuilder, events: Sequence[Event], *, all_shown: bool) -> None:
        self.all_shown = all_shown
        self._rows = rows
        self._drawn = SegmentRows(rows, all_shown=all_shown)
        self._clients = _clients_of(events)
        self._last = _last_places(events, self._clients)
        self._unheard = _unheard(events, self._clients)

    def carried(self, event: Carried, place: int) -> None:
        """Add a segment, if its client has a column."""
        client = self._clients.get(place, 0)
        column = self._rows.participants.clients.get(client)
        if column is None:
            return
        if self.all_shown and self._rows.life(column) is Life.ABSENT and event.fate in ARRIVING:
            self._rows.live(column, Life.ALIVE)
        way = (column, self._rows.server_of(client))
        self._drawn.add(event, *(way if event.direction is Direction.TO_TARGET else way[::-1]))
        self.end_lifeline(client, place)

    def end_lifeline(self, client: int, place: int) -> None:
        """End the lifeline of a client after the last that is seen of it."""
        if self.all_shown and self._last.get(client) == place:
            self._rows.live(self._rows.participants.clients[client], Life.ABSENT)

    def replace(self, event: Event, place: int) -> bool:
        """Draw what is left of an event that segments stand for; return whether it is one."""
        if isinstance(event, Closed) and event.client in self._unheard and not self.all_shown:
            self._rows.live(self._rows.participants.clients[event.client], Life.ABSENT)
            return True
        make = _QUIETLY.get(type(event)) if self.all_shown else None
        if make is None:
            return False
        make(self._rows, event)
        if isinstance(event, Closed):
            self.end_lifeline(event.client, place)
        return True


def _clients_of(events: Sequence[Event]) -> dict[int, int]:
    """Return place -> client, for the segments of clients that have connected.

    A port may be that of several, one after the other: a first segment with another number is that
    of the next.
    """
    of_port: dict[int, list[int]] = {}
    for event in events:
        if isinstance(event, Opened):
            _, _, port = event.address.rpartition(":")
            if port.isdecimal() and port.isascii():
                of_port.setdefault(int(port), []).append(event.client)
    found, first = {}, dict[int, int]()
    for place, event in enumerate(events):
        if not isinstance(event, Carried) or not of_port.get(event.port):
            continue
        if is_first(event.flags.split(", ")):
            known = first.setdefault(event.port, event.seq)
            if known != event.seq and len(of_port[event.port]) > 1:
                of_port[event.port].pop(0)
            first[event.port] = event.seq
        found[place] = of_port[event.port][0]
    return found


def _last_places(events: Sequence[Event], clients: dict[int, int]) -> dict[int, int]:
    """Return client -> the place after which nothing more comes from it; for those that close."""
    closing = {e.client for e in events if isinstance(e, Closed)}
    last = {}
    for place, event in enumerate(events):
        client = event.client if isinstance(event, Closed) else clients.get(place, 0)
        if client in closing and getattr(event, "fate", None) in (None, *ARRIVING):
            last[client] = place
    return last


def _unheard(events: Sequence[Event], clients: dict[int, int]) -> set[int]:
    """Return the clients of which the server's host never got the FIN or RST that they sent."""
    said, heard = set[int](), set[int]()
    for place, client in clients.items():
        one = events[place]
        if isinstance(one, Carried) and one.direction is Direction.TO_TARGET and _ends(one):
            (heard if one.fate in ARRIVING else said).add(client)
    return said - heard


def _ends(segment: Carried) -> bool:
    """Return whether a segment ends its connection, or one half of it."""
    return "FIN" in segment.flags or "RST" in segment.flags


def _opened(rows: ServerRowBuilder, event: Opened) -> None:
    rows.live(rows.participants.clients[event.client], Life.ALIVE)
    worker = rows.forks_at_connect.get(event.client)
    if worker is not None:
        rows.live(worker, Life.ALIVE)
        rows.draw(event, Arrow(rows.participants.server, worker, "fork"))


def _ended(rows: ServerRowBuilder, event: Ended) -> None:
    missing = f"{size(event.missing)} missing" if event.missing else ""
    words = ", ".join(filter(None, (event.reason if event.end is End.OTHER else "", missing)))
    if words:
        column = rows.participants.clients[event.client]
        rows.draw(event, notes=[Note(column, words)], colour="red" if missing else "")


def _nothing(rows: ServerRowBuilder, event: Event) -> None:
    del rows, event


_QUIETLY: dict[type[Event], Callable[[ServerRowBuilder, Any], None]] = {
    Opened: _opened,
    Sent: _nothing,
    UrgentSent: _nothing,
    Received: _nothing,
    HalfClosed: _nothing,
    Ended: _ended,
    Closed: _nothing,
}
