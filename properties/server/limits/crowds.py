"""How many other clients a server may have served meanwhile; whether it has seen a limit."""

from properties.model.events import Conclusion
from properties.model.history import History
from properties.server.events import Census, Closed, Ended, Idled, Opened, OpenFailed, Paused


def beside(history: History) -> dict[int, int]:
    """Return for each client how many others may have been served when it came, or saw its end.

    One that has left counts until the server was seen at rest: it may not have noticed before. A
    client that reads late sees its end long after it came.
    """
    there: set[int] = set()
    leaving: set[int] = set()
    counted: dict[int, int] = {}
    for event in history.events:
        match event:
            case OpenFailed(client=client):
                counted[client] = len(there | leaving)
            case Opened(client=client):
                counted[client] = len(there | leaving)
                there.add(client)
            case Ended(client=client) | Closed(client=client) if client in there:
                there.discard(client)
                counted[client] = max(counted[client], len(there | leaving))
                leaving.add(client)
            case Idled(conclusion=Conclusion.MET) | Census():
                leaving.clear()
    return counted


def connected_beside(history: History, client: int) -> int:
    """Return how many others were connected for certain when this client saw its end."""
    there: set[int] = set()
    for event in history.events:
        match event:
            case Opened(client=other) if other != client:
                there.add(other)
            case Ended(client=other) | Closed(client=other):
                if other == client:
                    return len(there)
                there.discard(other)
    return 0


def was_limited(history: History) -> bool:
    """Return whether the server stopped listening for a while: a limit, no connection's fault."""
    recovered = (failure.recovered_after for failure in history.of(OpenFailed))
    return any(history.of(Paused)) or any(after is not None for after in recovered)
