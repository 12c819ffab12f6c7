"""Whether a client was served, where that is asked outside of a verdict."""

from properties.model.history import History
from properties.model.oracle import Service, scope_of
from properties.server.events import Opened, Received, Stalled


def was_served(history: History, service: Service) -> bool:
    """Return whether any client got an answer, or was read from where none is owed."""
    if any(history.of(Received)):
        return True
    waited = any(stall.awaited == "echo" for stall in history.of(Stalled))
    return not scope_of(service).is_answered and any(history.of(Opened)) and not waited
