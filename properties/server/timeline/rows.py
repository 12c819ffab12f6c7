"""From the events of a history to the rows of its diagram.

Data of one client in one direction is one row, for as long as nothing else happens, and the control
exchanges before and after the workload are one row each. A fork is drawn where its client connects,
although the process is seen only at the next look.
"""

from collections.abc import Sequence

from properties.model.events import Carried, Event, StepBegan
from properties.model.ladder import Row
from properties.server.client_numbers import FIRST_EXCHANGE, LAST_EXCHANGE
from properties.server.events import Census, Ended, Received, Sent, Stalled
from properties.server.process_events import Waiting
from properties.server.timeline import client_rows, server_rows, wording
from properties.server.timeline.drawing import ServerRowBuilder
from properties.server.timeline.participants import Participants
from properties.server.timeline.segments import Segments

EXCHANGES = (FIRST_EXCHANGE, LAST_EXCHANGE)


def rows_of(
    events: Sequence[Event], participants: Participants, *, segments: bool = False
) -> list[Row]:
    """Return the rows of a history for the columns of its participants.

    `segments`: all that the wire has carried is shown, instead of what clients did and saw.
    """
    rows = ServerRowBuilder(events, participants)
    wire = Segments(rows, events, all_shown=segments)
    in_vain = _waits_in_vain(events, participants)
    last = {getattr(event, "client", 0): place for place, event in enumerate(events)}
    for place, event in enumerate(events):
        client = getattr(event, "client", 0)
        if client not in EXCHANGES:
            _draw(rows, event, place, in_vain, wire)
        elif place == last[client]:
            _exchange(rows, event, client)
    return rows.rows


def _draw(
    rows: ServerRowBuilder,
    event: Event,
    place: int,
    in_vain: dict[int, list[Stalled]],
    wire: Segments,
) -> None:
    if isinstance(event, StepBegan):
        _step(rows, event, place)
    elif place in in_vain:
        rows.say(event.at, wording.in_vain(in_vain[place]), "red")
    elif isinstance(event, Waiting):
        if _explains(rows.events, place, in_vain):
            server_rows.waiting(rows, event)
    elif make := server_rows.MAKERS.get(type(event)):
        make(rows, event)
    elif isinstance(event, Carried):
        wire.carried(event, place)
    elif (
        getattr(event, "client", 0) in rows.participants.clients
        and type(event) in client_rows.MAKERS
        and not wire.replace(event, place)
    ):
        client_rows.MAKERS[type(event)](rows, event)


def _exchange(rows: ServerRowBuilder, last: Event, client: int) -> None:
    events = [event for event in rows.events if getattr(event, "client", 0) == client]
    worker = rows.participants.workers.get(client)
    about = "" if worker is None else wording.worker_of_an_exchange(worker, rows.events)
    words, is_well = wording.exchange(events, about)
    rows.say(last.at, words, "" if is_well else "red", events=len(events))


def _step(rows: ServerRowBuilder, event: StepBegan, place: int) -> None:
    """Add the heading of a fault; a client that sends again after an echo begins new rows."""
    if place in rows.headings:
        rows.say(event.at, f"fault: {event.text}", "bold")
    for following in rows.events[place + 1 : place + 2]:
        if isinstance(following, Sent) and rows.has_flow((following.client, True)):
            for back in (False, True):
                rows.end_flow((following.client, back))


def _waits_in_vain(events: Sequence[Event], participants: Participants) -> dict[int, list[Stalled]]:
    """Return place -> stalls to be shown there, where the client of one of them has a column.

    Stalls in a row with the same cause are shown together, and each client only once for as long as
    nothing comes.
    """
    shown: dict[int, list[Stalled]] = {}
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
            shown.setdefault(first, []).append(event)
    return {
        place: stalls
        for place, stalls in shown.items()
        if any(stall.client in participants.clients for stall in stalls)
    }


def _same_wait(one: Stalled, other: Stalled) -> bool:
    return (one.awaited, one.conclusion, one.accepted) == (
        other.awaited,
        other.conclusion,
        other.accepted,
    )


def _explains(events: Sequence[Event], place: int, in_vain: dict[int, list[Stalled]]) -> bool:
    """Return whether what the processes were in explains the event before or after."""
    before = events[place - 1] if place else None
    after = events[place + 1] if place + 1 < len(events) else None
    is_before_a_stall = place + 1 in in_vain or (
        isinstance(after, Stalled) and after.client in EXCHANGES
    )
    return is_before_a_stall or (isinstance(before, Census) and server_rows.is_bad(before))
