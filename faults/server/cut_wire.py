"""The network between a client and the server is cut in the middle of an echo, and mended.

UNP 5.14 and RFC 1122, 4.2.3.5: as long as TCP has not given up, nothing is lost. Until then the
server serves the others.
"""

import enum
from dataclasses import dataclass, field
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, FaultOutcome
from faults.payloads import Payload
from faults.server_context import ServerContext
from faults.wire.rules import Action, Rule
from faults.wire.segments import Direction
from faults.wire.wire import Wire
from faults.wire.wire_fault import WireFault

RETRIES = 3
"""Segments that are sent again in vain before the wire is mended."""


class Cut(enum.Enum):
    """Which way is cut."""

    TO_SERVER = "to the server"
    FROM_SERVER = "from the server"
    BOTH = "both ways"


_DIRECTIONS = {
    Cut.TO_SERVER: Direction.TO_TARGET,
    Cut.FROM_SERVER: Direction.FROM_TARGET,
    Cut.BOTH: None,
}


@dataclass(frozen=True)
class CutWire(WireFault[ServerContext]):
    """Cut one client off while it sends, until segments have been sent again in vain."""

    name: ClassVar[str] = "cut_wire"
    section: ClassVar[str] = "UNP 5.14"
    summary: ClassVar[str] = "the network is cut in the middle of an echo, and mended"

    client: int = field(metadata=NAMES_CLIENTS)
    cut: Cut
    payload: Payload

    def on_wire(self, context: ServerContext, wire: Wire) -> FaultOutcome:
        """Cut, send, wait until enough is lost, and mend."""
        if not context.is_open(self.client):
            return conditions.not_connected(context, self.client)
        port = context.endpoint(self.client).port
        with wire.ruled(Rule(Action.LOSE, _DIRECTIONS[self.cut], port=port)) as number:
            context.mark(f"the wire of c{self.client} is cut {self.cut.value}")
            context.send(self.client, self.payload)
            context.wait(
                lambda: wire.hits_again(number) >= RETRIES or self._nothing_is_lost(context)
            )
            lost = wire.hits_again(number) >= RETRIES
            is_silent = not lost and self._nothing_is_lost(context)
        context.mark(f"the wire of c{self.client} is mended")
        if lost:
            return FaultOutcome.fired(
                f"{self.cut.value}: {RETRIES} segments were sent again in vain"
            )
        if is_silent:
            return FaultOutcome.impossible(f"nothing is said to c{self.client}, or by it")
        if context.was_let_go(self.client):
            return conditions.not_connected(context, self.client)
        # For a while it was not there: a server with keepalive may have given it up.
        silent = frozenset({self.client})
        return FaultOutcome.missed("nothing was sent again while it was cut", silent)

    def _nothing_is_lost(self, context: ServerContext) -> bool:
        """Return whether nothing that is said is on the way that is cut, or about to be."""
        says_all = self.cut is Cut.TO_SERVER and self._has_said_all(context)
        return says_all or self._is_silent(context)

    def _has_said_all(self, context: ServerContext) -> bool:
        """Return whether all is at the server's end, and no request waits for its turn."""
        return context.has_arrived(self.client) and context.is_satisfied(self.client)

    def _is_silent(self, context: ServerContext) -> bool:
        """Return whether nobody has sent anything that has not arrived, or is about to."""
        found = (*context.listeners(), *context.workers(self.client))
        return conditions.sleep_while(found, lambda: self._all_has_arrived(context))

    def _all_has_arrived(self, context: ServerContext) -> bool:
        end = context.link.server_end(self.client)
        if end is not None and (end.receive_queue > 0 or end.send_queue > 0):
            return False
        return context.has_arrived(self.client)

    def __str__(self) -> str:
        return f"the wire is cut {self.cut.value} while c{self.client} sends {self.payload}"
