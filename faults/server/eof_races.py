"""The end of a connection meets data that is still on its way.

UNP 5.13 and 6.6: FIN after the last byte, FIN before any byte, a half-close with megabytes still
to come back, RST after data, and a close while the server is blocked in a write. What the client
then sees depends on which came first; what the server owes does not.
"""

import enum
from dataclasses import dataclass, field
from typing import ClassVar

from faults import conditions
from faults.fault import MAKES_CERTAIN, NAMES_CLIENTS, Fault, FaultOutcome, Reading
from faults.freezing import frozen
from faults.payloads import Payload
from faults.server_context import NO_PROCESS, ServerContext
from target.handle import Handle
from target.processes import Process

ROOM_UNREAD = 1 << 16
"""Bytes for which a server that does not read has room (tcp_rmem)."""


class Race(enum.Enum):
    """The races, by what meets what."""

    FIN_AFTER_DATA = "FIN in the segment of the last byte"
    FIN_BEFORE_DATA = "FIN before anything else"
    HALF_CLOSE_OWED = "half-close while the echo is still owed"
    RST_AFTER_DATA = "RST directly after data"
    CLOSE_AFTER_DATA = "close directly after data, before its echo"
    CLOSE_IN_WRITE = "close while the server is blocked in write"


@dataclass(frozen=True)
class EofRace(Fault[ServerContext]):
    """One connection ends in one of these ways, after sending `payload`."""

    name: ClassVar[str] = "eof_races"
    section: ClassVar[str] = "UNP 5.13"
    summary: ClassVar[str] = "FIN or RST directly after, before or against data"

    client: int = field(metadata=NAMES_CLIENTS)
    race: Race
    payload: Payload
    frozen: bool = field(default=False, metadata=MAKES_CERTAIN)

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Run the race on the client, which must be connected.

        Frozen, what holds the connection is stopped meanwhile and finds data and end together.
        """
        if not context.is_open(self.client):
            return conditions.not_connected(context, self.client)
        if not self.frozen or self.race in _NEEDS_THE_SERVER:
            return self._run(context)
        if context.handle is None:
            return NO_PROCESS
        if not conditions.wait_until_served(context, self.client):
            return conditions.not_accepted(context, self.client)
        with frozen(context, context.handle, self._holders(context, context.handle)) as stopped:
            outcome = self._run(context)
            self._await_arrival(context)
        return (
            outcome
            if stopped
            else FaultOutcome.missed("the server did not stop", outcome.disturbed)
        )

    def _await_arrival(self, context: ServerContext) -> None:
        """Over a wire, wait until the server's kernel has data and end, where they find room."""
        if context.link.wire is None or self.payload.length > ROOM_UNREAD:
            return
        arrived, by_reset = context.scheduling.deed_has_arrived, self.race is Race.RST_AFTER_DATA
        context.wait(lambda: arrived(self.client, by_reset=by_reset))

    def _holders(self, context: ServerContext, handle: Handle) -> tuple[Process, ...]:
        return context.workers(self.client) or handle.holders(context.endpoint(self.client))

    def _run(self, context: ServerContext) -> FaultOutcome:
        return {
            Race.FIN_AFTER_DATA: self._fin_after_data,
            Race.FIN_BEFORE_DATA: self._fin_before_data,
            Race.HALF_CLOSE_OWED: self._half_close_owed,
            Race.RST_AFTER_DATA: self._rst_after_data,
            Race.CLOSE_AFTER_DATA: self._close_after_data,
            Race.CLOSE_IN_WRITE: self._close_in_write,
        }[self.race](context)

    def _fin_after_data(self, context: ServerContext) -> FaultOutcome:
        context.send(self.client, self.payload, end=True)
        return FaultOutcome.fired(f"{self.payload} and FIN")

    def _fin_before_data(self, context: ServerContext) -> FaultOutcome:
        context.half_close(self.client)
        return FaultOutcome.fired("FIN")

    def _half_close_owed(self, context: ServerContext) -> FaultOutcome:
        context.set_reading(self.client, Reading.LATE)
        context.send(self.client, self.payload)
        context.half_close(self.client)
        return FaultOutcome.fired(f"FIN after {self.payload}, nothing read yet")

    def _rst_after_data(self, context: ServerContext) -> FaultOutcome:
        context.send(self.client, self.payload)
        context.reset(self.client)
        return FaultOutcome.fired(f"{self.payload} and RST", frozenset({self.client}))

    def _close_after_data(self, context: ServerContext) -> FaultOutcome:
        context.send(self.client, self.payload)
        context.close(self.client)
        return FaultOutcome.fired(
            f"{self.payload} and FIN, then the client is gone", frozenset({self.client})
        )

    def _close_in_write(self, context: ServerContext) -> FaultOutcome:
        blocked = conditions.block_in_write(context, self.client, conditions.TOO_MUCH)
        context.close(self.client)
        disturbed = frozenset({self.client})
        if not blocked:
            return FaultOutcome.missed("the server did not block in a write", disturbed)
        return FaultOutcome.fired("closed while the server was blocked in write", disturbed)

    def __str__(self) -> str:
        what = "" if self.race in _WITHOUT_PAYLOAD else f" ({self.payload})"
        when = "" if not self.frozen or self.race in _NEEDS_THE_SERVER else " while it is frozen"
        return f"c{self.client}: {self.race.value}{what}{when}"


_NEEDS_THE_SERVER = frozenset({Race.CLOSE_IN_WRITE})
_WITHOUT_PAYLOAD = frozenset({Race.FIN_BEFORE_DATA, Race.CLOSE_IN_WRITE})
