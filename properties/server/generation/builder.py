"""A workload while it is drawn: its steps so far, the open clients, what may still be sent."""

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from faults.fault import Reading
from faults.payloads import DRAWN, MAXLINE, Content, Payload
from properties.engine.choosing import among, between, one_of, times
from properties.model.settings import Limits
from properties.model.steps import Step
from properties.server.steps import Close, Open

if TYPE_CHECKING:
    from hypothesis import strategies as st

MOST_CLIENTS = 48
LARGE = 1 << 20
MOST_BYTES = 12 << 20
"""Bytes that one workload sends by its own steps; faults that block a write send more."""

EDGES = (
    0,
    1,
    2,
    3,
    100,
    1000,
    MAXLINE - 1,
    MAXLINE,
    MAXLINE + 1,
    2 * MAXLINE,
    65535,
    65536,
    100_000,
)
UNITS = (10, 80, 255, 512, 1024, 1460, 1500, 2048, 8192, 10_000, 16_384)
"""Usual sizes of buffers, segments and frames: a mistake may show at a multiple."""

_LARGE = (LARGE, LARGE + 1, 3 * LARGE, 4 * LARGE)


@cache
def _lengths() -> "st.SearchStrategy[int]":
    return one_of(
        between(1, 64),
        among(*EDGES),
        between(1, 3 * MAXLINE),
        times(among(*UNITS), between(1, 4)),
        among(*EDGES, *_LARGE),
    )


@dataclass
class WorkloadBuilder:
    """The state of a workload while it is drawn."""

    draw: "st.DrawFn"
    limits: Limits
    steps: list[Step] = field(default_factory=list)
    open: list[int] = field(default_factory=list)
    is_gated: bool = False
    """Whether a server's calls are held: then clients come one by one, and many take long."""
    next_client: int = 1
    budget: int = MOST_BYTES

    @property
    def room(self) -> int:
        """How many more clients may be opened."""
        most = min(self.limits.connections or MOST_CLIENTS, MOST_CLIENTS)
        return max(0, most - len(self.open))

    def new_clients(self, count: int) -> tuple[int, ...]:
        """Take the next free numbers."""
        numbers = tuple(range(self.next_client, self.next_client + min(count, self.room)))
        self.next_client += len(numbers)
        return numbers

    def open_clients(self, count: int, reading: Reading = Reading.EAGER) -> tuple[int, ...]:
        """Add steps that open clients."""
        numbers = self.new_clients(count)
        self.steps += [Open(number, reading) for number in numbers]
        self.open += numbers
        return numbers

    def make_room(self, count: int) -> None:
        """Close clients until so many more may be opened, or none is left."""
        while self.room < count and self.open:
            client = self.some_client()
            self.steps.append(Close(client))
            self.forget(client)

    def forget(self, client: int) -> None:
        """Record that a client is no longer open."""
        if client in self.open:
            self.open.remove(client)

    def some_client(self) -> int:
        """Choose an open client."""
        return self.open[self.draw(between(0, len(self.open) - 1))]

    def payload(self) -> Payload:
        """Choose what to send, within the budget of bytes."""
        length = min(self.draw(_lengths()), max(1, self.budget))
        self.budget -= length
        return Payload(self.draw(among(*DRAWN)), length)

    def a_word(self) -> Payload:
        """Return a few bytes, as many as the budget still has, which is at least one."""
        length = min(16, max(1, self.budget))
        self.budget -= length
        return Payload(Content.LINES, length)

    def piece(self, length: int) -> int:
        """Choose how many bytes each write gets: 0 for all, else not more than 64 writes."""
        least = max(1, length // 64)
        return self.draw(one_of(among(0), between(least, max(least, length))))
