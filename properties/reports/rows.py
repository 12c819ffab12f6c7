"""From the events of a history to the rows of its diagram.

Data of one client in one direction is one row, for as long as nothing else happens, and the plain
exchanges before and after the workload are one row each. A fork is drawn where its client
connects: that a process is there is noticed only at the next look.
"""

from collections.abc import Sequence

from properties.events import Event, Sent, Stalled, StepBegan
from properties.history import FIRST_EXCHANGE, LAST_EXCHANGE
from properties.reports import client_rows, sentences, server_rows
from properties.reports.cast import Cast
from properties.reports.diagram import Row
from properties.reports.page import Page

EXCHANGES = (FIRST_EXCHANGE, LAST_EXCHANGE)


def rows_of(events: Sequence[Event], cast: Cast) -> list[Row]:
    """Return the rows of a history for the columns of a cast."""
    page = Page(events, cast)
    last = {getattr(event, "client", 0): place for place, event in enumerate(events)}
    for place, event in enumerate(events):
        client = getattr(event, "client", 0)
        if client in EXCHANGES:
            if place == last[client]:
                _exchange(page, event, client)
        elif isinstance(event, StepBegan):
            _step(page, event, place)
        elif isinstance(event, Stalled):
            _stalled(page, event, place)
        elif type(event) in server_rows.MAKERS:
            server_rows.MAKERS[type(event)](page, event)
        elif client in cast.clients and type(event) in client_rows.MAKERS:
            client_rows.MAKERS[type(event)](page, event)
    return page.rows


def _exchange(page: Page, last: Event, client: int) -> None:
    events = [event for event in page.events if getattr(event, "client", 0) == client]
    words, is_well = sentences.exchange(events, page.cast.workers.get(client))
    page.say(last.at, words, "" if is_well else "red", events=len(events))


def _step(page: Page, event: StepBegan, place: int) -> None:
    """Head a fault with its step; a client that sends anew after an echo begins new rows."""
    if place in page.headings:
        page.say(event.at, f"fault: {event.text}", "bold")
    for following in page.events[place + 1 : place + 2]:
        if isinstance(following, Sent) and page.has_answered(following.client):
            page.end_of_flow(following.client)


def _stalled(page: Page, event: Stalled, place: int) -> None:
    """Tell clients that wait for the same, one behind the other, in one row."""
    key = _key(event)
    together = [event]
    for other in page.events[place + 1 :]:
        if not isinstance(other, Stalled) or _key(other) != key:
            break
        together.append(other)
    previous = page.events[place - 1] if place else None
    if not (isinstance(previous, Stalled) and _key(previous) == key):
        page.say(event.at, sentences.in_vain(together), "red", events=len(together))


def _key(event: Stalled) -> tuple[object, ...]:
    return event.awaited, event.conclusion, event.accepted
