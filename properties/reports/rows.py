"""From the events of a history to the rows of its diagram.

Data of one client in one direction is one row, for as long as nothing else happens, and the plain
exchanges before and after the workload are one row each. A fork is drawn where its client
connects: that a process is there is noticed only at the next look.
"""

from collections.abc import Sequence

from properties.events import Census, Ended, Event, Received, Sent, Stalled, StepBegan
from properties.history import FIRST_EXCHANGE, LAST_EXCHANGE
from properties.reports import client_rows, sentences, server_rows
from properties.reports.cast import Cast
from properties.reports.diagram import Row
from properties.reports.page import Page
from properties.sightings import Waiting

EXCHANGES = (FIRST_EXCHANGE, LAST_EXCHANGE)


def rows_of(events: Sequence[Event], cast: Cast) -> list[Row]:
    """Return the rows of a history for the columns of a cast."""
    page = Page(events, cast)
    in_vain = _waits_in_vain(events, cast)
    last = {getattr(event, "client", 0): place for place, event in enumerate(events)}
    for place, event in enumerate(events):
        client = getattr(event, "client", 0)
        if client not in EXCHANGES:
            _draw(page, event, place, in_vain)
        elif place == last[client]:
            _exchange(page, event, client)
    return page.rows


def _draw(page: Page, event: Event, place: int, in_vain: dict[int, list[Stalled]]) -> None:
    if isinstance(event, StepBegan):
        _step(page, event, place)
    elif place in in_vain:
        page.say(event.at, sentences.in_vain(in_vain[place]), "red")
    elif isinstance(event, Waiting):
        if _explains(page.events, place, in_vain):
            server_rows.waiting(page, event)
    elif make := server_rows.MAKERS.get(type(event)):
        make(page, event)
    elif getattr(event, "client", 0) in page.cast.clients and type(event) in client_rows.MAKERS:
        client_rows.MAKERS[type(event)](page, event)


def _exchange(page: Page, last: Event, client: int) -> None:
    events = [event for event in page.events if getattr(event, "client", 0) == client]
    worker = page.cast.workers.get(client)
    about = "" if worker is None else sentences.worker_of_an_exchange(worker, page.events)
    words, is_well = sentences.exchange(events, about)
    page.say(last.at, words, "" if is_well else "red", events=len(events))


def _step(page: Page, event: StepBegan, place: int) -> None:
    """Head a fault with its step; a client that sends anew after an echo begins new rows."""
    if place in page.headings:
        page.say(event.at, f"fault: {event.text}", "bold")
    for following in page.events[place + 1 : place + 2]:
        if isinstance(following, Sent) and page.has_answered(following.client):
            page.end_of_flow(following.client)


def _waits_in_vain(events: Sequence[Event], cast: Cast) -> dict[int, list[Stalled]]:
    """Return place -> who waits in vain from there on, where one of them has a column.

    Clients that wait for the same, one behind the other, are told together, and each is told once
    for as long as nothing comes.
    """
    told: dict[int, list[Stalled]] = {}
    waiting: dict[int, str] = {}
    first = 0
    for place, event in enumerate(events):
        if isinstance(event, Received | Ended):
            waiting.pop(event.client, None)
        if not isinstance(event, Stalled) or event.client in EXCHANGES:
            continue
        before = events[place - 1] if place else None
        if not (isinstance(before, Stalled) and _same_wait(before, event)):
            first = place
        if waiting.get(event.client) != event.awaited:
            waiting[event.client] = event.awaited
            told.setdefault(first, []).append(event)
    return {
        place: stalls
        for place, stalls in told.items()
        if any(stall.client in cast.clients for stall in stalls)
    }


def _same_wait(one: Stalled, other: Stalled) -> bool:
    return (one.awaited, one.conclusion, one.accepted) == (
        other.awaited,
        other.conclusion,
        other.accepted,
    )


def _explains(events: Sequence[Event], place: int, in_vain: dict[int, list[Stalled]]) -> bool:
    """Tell whether what the processes were in explains what is told beside it."""
    before = events[place - 1] if place else None
    after = events[place + 1] if place + 1 < len(events) else None
    is_before_a_stall = place + 1 in in_vain or (
        isinstance(after, Stalled) and after.client in EXCHANGES
    )
    return is_before_a_stall or (isinstance(before, Census) and server_rows.is_bad(before))
