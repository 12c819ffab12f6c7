"""What a client got where it was owed an answer of a known form."""

from properties.model.history import History
from properties.server.clients.client_connection import ClientConnection
from properties.server.events import Unmatched


def note_unmatched(client: ClientConnection, history: History) -> None:
    """Record what has come, where the answer that is due next never matched its pattern."""
    found = client.owed.unmatched if client.missing and not client.closed else None
    if found is not None:
        history.add(Unmatched(history.now(), client.number, *found))
