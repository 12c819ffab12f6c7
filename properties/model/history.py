"""The record of one workload: what was done and what was observed, in order.

Invariants read nothing but this. Times are seconds of the monotonic clock since the history began.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from properties.model.events import Event
from properties.model.oracle import EVERYTHING, ServiceScope

EventType = TypeVar("EventType", bound=Event)
Derived = TypeVar("Derived")


@dataclass
class History:
    """An append-only list of events. `processes_seen` is False for a server known by address.

    `scope` says what can be judged of the service.
    """

    processes_seen: bool = True
    events: list[Event] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)
    scope: ServiceScope = EVERYTHING
    _derived: dict[Callable[..., Any], tuple[list[Event], Any]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def now(self) -> float:
        """Return seconds since the history began."""
        return time.monotonic() - self.began

    def add(self, event: Event) -> None:
        """Append an event."""
        self.events.append(event)

    def of(self, kind: type[EventType]) -> Iterator[EventType]:
        """Return the events of one kind, in order."""
        return (event for event in self.events if isinstance(event, kind))

    def derived(self, make: Callable[["History"], Derived]) -> Derived:
        """Return what `make` gathers from the events; made once for as long as they are the same.

        It belongs to all that ask for it: nobody may change it.
        """
        known = self._derived.get(make)
        if known is None or known[0] != self.events:
            known = list(self.events), make(self)
            self._derived[make] = known
        made: Derived = known[1]
        return made
