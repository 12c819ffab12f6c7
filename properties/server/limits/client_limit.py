"""Clients that a server turned away because it serves no more at once: a limit, and no defect."""

from properties.model.events import Marked
from properties.model.history import History
from properties.server.connection_records import (
    ConnectionRecord,
    connection_records,
    undisturbed,
)
from properties.server.events import LimitSeen, Unmatched
from properties.server.limits.crowds import connected_beside
from properties.server.process_events import ProcessEnded, Serving

MOST = 128
"""Clients that are tried: more than any workload but a crowd has at once."""


def turned_away(history: History) -> list[ConnectionRecord]:
    """Return the clients that nothing was done to and that were ended before they got a byte."""
    return [record for record in undisturbed(history) if record.was_turned_away]


def why_lost(history: History, record: ConnectionRecord) -> str:
    """Return why a client may have lost what it was owed, in words; "" where nothing tells.

    An answer of another form than its service has. Of one that was ended unasked: a process of the
    server that has died of itself; or else the option for a server that means to serve no more
    clients than were there, where one beside others was ended before anything of its echo came,
    with words of the server or without.
    """
    return _answered_instead(history, record.client) + _why_ended(history, record)


def _answered_instead(history: History, client: int) -> str:
    found = next((one for one in history.of(Unmatched) if one.client == client), None)
    return "" if found is None else f"; {found}"


def _why_ended(history: History, record: ConnectionRecord) -> str:
    if not record.ended_unasked:
        return ""
    if (process := _died(history, record.client)) is not None:
        return f"; its process {process.pid} has ended: {process.ending}"
    return "" if record.received else _option_for(history, record)


def _died(history: History, client: int) -> ProcessEnded | None:
    """Return a process that has died of itself, and may have served the client; None for none."""
    serving = {(event.pid, event.client) for event in history.of(Serving)}
    others = {pid for pid, _ in serving} - {pid for pid, of in serving if of == client}
    not_it = {mark.pid for mark in history.of(Marked)} | others
    found = (one for one in history.of(ProcessEnded) if one.ending and one.pid not in not_it)
    return next(found, None)


def _option_for(history: History, record: ConnectionRecord) -> str:
    others = connected_beside(history, record.client)
    if not 0 < others < MOST:
        return ""
    return (
        f"; if it is meant to serve no more than {others} at once, say --max-connections {others}"
    )


def beyond_the_limit(history: History) -> str | None:
    """Return that clients were turned away for a limit, with the option; None where none was."""
    limit = next(history.of(LimitSeen), None)
    records = connection_records(history).values()
    if limit is None or not any(record.is_over_the_limit for record in records):
        return None
    return (
        f"the server serves {limit.clients} clients at once and ends further connections before "
        f"they get a byte: it seems to have a limit; try --max-connections {limit.clients}"
    )
