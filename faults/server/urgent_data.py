"""A client sends an urgent byte (UNP 24.2, MSG_OOB).

What a server makes of the byte is left open: it may leave it out of the stream, take it with
MSG_OOB, or have it in its place with SO_OOBINLINE; so it may come back once, or not. The bytes
before and after it are owed as ever. A server that waits for exceptional conditions (POLLPRI, the
third set of select) and never takes the byte is told of it again and again, until it has read past
it.
"""

import enum
from dataclasses import dataclass, field
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, Fault, FaultOutcome
from faults.freezing import frozen
from faults.payloads import A_LINE
from faults.server_context import ServerContext

UNKNOWN = FaultOutcome.impossible("the service does not say what may come back for an urgent byte")


class Neighbours(enum.Enum):
    """What is sent beside the urgent byte."""

    NONE = "with nothing beside it"
    BYTES = "among ordinary bytes"
    FIN = "directly before FIN"


@dataclass(frozen=True)
class UrgentData(Fault[ServerContext]):
    """A connected client sends one urgent byte, and a line after it."""

    name: ClassVar[str] = "urgent_data"
    section: ClassVar[str] = "UNP 24.2"
    summary: ClassVar[str] = "a client sends an urgent byte (MSG_OOB)"

    client: int = field(metadata=NAMES_CLIENTS)
    neighbours: Neighbours

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Send it, once all before it has come back, and see the server rest where it must."""
        if not context.is_open(self.client):
            return conditions.not_connected(context, self.client)
        if not context.knows_urgent_data(self.client):
            return UNKNOWN
        if not conditions.await_echo(context, self.client):
            return FaultOutcome.missed(f"c{self.client} did not get what it was owed before")
        is_sent = {
            Neighbours.NONE: self._alone,
            Neighbours.BYTES: self._among_bytes,
            Neighbours.FIN: self._before_fin,
        }[self.neighbours](context)
        if not is_sent:
            return FaultOutcome.missed("the urgent byte could not be sent")
        return FaultOutcome.fired(f"an urgent byte, {self.neighbours.value}")

    def _alone(self, context: ServerContext) -> bool:
        if not self._send(context):
            return False
        if context.all_are_satisfied():
            # Once the server reads past the byte, the condition is over.
            context.see_it_rest()
        context.send(self.client, A_LINE)
        return True

    def _among_bytes(self, context: ServerContext) -> bool:
        """Let the server find the bytes before and after it together, where it can be stopped."""
        if context.handle is None:
            return self._send_among(context)
        holders = context.workers(self.client) or context.handle.holders(
            context.endpoint(self.client)
        )
        with frozen(context, context.handle, holders):
            return self._send_among(context)

    def _send_among(self, context: ServerContext) -> bool:
        context.send(self.client, A_LINE)
        is_sent = self._send(context)
        context.send(self.client, A_LINE)
        return is_sent and context.wait(lambda: context.has_arrived(self.client))

    def _before_fin(self, context: ServerContext) -> bool:
        is_sent = self._send(context)
        context.half_close(self.client)
        return is_sent

    def _send(self, context: ServerContext) -> bool:
        return context.send_urgent(self.client) and context.wait(
            lambda: context.has_arrived(self.client)
        )

    def __str__(self) -> str:
        return f"c{self.client} sends an urgent byte {self.neighbours.value}"
