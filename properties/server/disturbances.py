"""Which clients a fault disturbed, or we ended abruptly: the server owes them nothing more."""

from faults.fault import Status
from properties.model.events import Injected, StepBegan
from properties.model.history import History
from properties.server.events import Closed


def disturbed_clients(history: History) -> dict[int, float]:
    """Return the clients that a fault disturbed or that we ended abruptly, and from when on.

    A fault is recorded when it is over; it counts from the time when its step began.
    """
    disturbed: dict[int, float] = {}
    began = 0.0
    for event in history.events:
        if isinstance(event, StepBegan):
            began = event.at
        elif isinstance(event, Injected) and event.status is not Status.IMPOSSIBLE:
            for client in event.disturbed:
                disturbed.setdefault(client, began)
        elif isinstance(event, Closed) and is_abrupt(event):
            disturbed.setdefault(event.client, event.at)
    return disturbed


def is_abrupt(event: Closed) -> bool:
    """Return whether we ended a connection in the middle of the workload, with something owed."""
    return not event.final and bool(event.by_reset or event.unread or event.missing)
