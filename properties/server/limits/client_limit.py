"""Clients that a server turned away because it serves no more at once: a limit, and no defect."""

from properties.model.history import History
from properties.server.connection_records import (
    ConnectionRecord,
    connection_records,
    undisturbed,
)
from properties.server.events import LimitSeen


def turned_away(history: History) -> list[ConnectionRecord]:
    """Return the clients that nothing was done to and that were ended before they got a byte."""
    return [record for record in undisturbed(history) if record.was_turned_away]


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
