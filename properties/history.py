"""The record of one workload: what was done and what was observed, in order.

Invariants read nothing but this. Times are seconds of the monotonic clock since the history began.
Client numbers are those of the workload; the plain exchanges that run first and last have the
numbers FIRST_EXCHANGE and LAST_EXCHANGE.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from properties.events import Event

FIRST_EXCHANGE = -1
LAST_EXCHANGE = -2

REPETITIONS = 6
"""How often a workload that left more than it found is repeated: each time must leave more."""

SMALLEST_LIMIT = 8
"""Clients at once from which a server counts as one with a limit, not as one that is held up."""

FILLING = 512
"""Plain exchanges before the last of these repetitions: what is a pool is full by then."""


def client_name(client: int) -> str:
    """Name a client for a person."""
    plain = {FIRST_EXCHANGE: "before", LAST_EXCHANGE: "after"}
    return f"the plain exchange {plain[client]}" if client in plain else f"c{client}"


EventType = TypeVar("EventType", bound=Event)


@dataclass
class History:
    """An append-only list of events. `processes_seen` is False for a server known by address."""

    processes_seen: bool = True
    events: list[Event] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def now(self) -> float:
        """Return seconds since the history began."""
        return time.monotonic() - self.began

    def add(self, event: Event) -> None:
        """Append an event."""
        self.events.append(event)

    def of(self, kind: type[EventType]) -> Iterator[EventType]:
        """Return the events of one kind, in order."""
        return (event for event in self.events if isinstance(event, kind))
