"""The record of one workload: what was done and what was observed, in order.

Invariants read nothing but this. Times are seconds of the monotonic clock since the history began.
"""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TypeVar

from properties.model.events import Event
from properties.model.oracle import EVERYTHING, ServiceScope

EventType = TypeVar("EventType", bound=Event)


@dataclass
class History:
    """An append-only list of events. `processes_seen` is False for a server known by address.

    `scope` says what can be judged of the service.
    """

    processes_seen: bool = True
    events: list[Event] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    scope: ServiceScope = EVERYTHING

    def now(self) -> float:
        """Return seconds since the history began."""
        return time.monotonic() - self.began

    def add(self, event: Event) -> None:
        """Append an event."""
        self.events.append(event)

    def of(self, kind: type[EventType]) -> Iterator[EventType]:
        """Return the events of one kind, in order."""
        return (event for event in self.events if isinstance(event, kind))
