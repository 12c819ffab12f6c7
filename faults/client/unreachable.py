"""The server's host cannot be reached: connect(2) fails, at once or by its own timeout.

UNP 4.3: a SYN that nobody answers is sent again until TCP gives up (ETIMEDOUT); a router may say
that the host or its network is unreachable (ICMP; EHOSTUNREACH, ENETUNREACH). The segments are real
ones of two hosts. It lasts until the workload is over: a client that tries again meets the same.
"""

import enum
from dataclasses import dataclass
from typing import ClassVar

from faults.client_context import NOT_STARTED, ClientContext
from faults.fault import FaultOutcome
from faults.wire.rules import Action, Rule
from faults.wire.segments import Direction
from faults.wire.wire import Wire
from faults.wire.wire_fault import WireFault


class Obstacle(enum.Enum):
    """Why the host cannot be reached."""

    DEAD_HOST = "the server's host is dead: no SYN is answered"
    HOST_UNREACHABLE = "a router says that the server's host is unreachable"
    NETWORK_UNREACHABLE = "a router says that the server's network is unreachable"


ACTIONS = {
    Obstacle.DEAD_HOST: (Action.LOSE, "ETIMEDOUT"),
    Obstacle.HOST_UNREACHABLE: (Action.HOST_UNREACHABLE, "EHOSTUNREACH"),
    Obstacle.NETWORK_UNREACHABLE: (Action.NETWORK_UNREACHABLE, "ENETUNREACH"),
}
"""What becomes of a SYN, and the error of connect that follows from it."""


@dataclass(frozen=True)
class CannotReach(WireFault[ClientContext]):
    """Let the client connect to a host that it cannot reach."""

    name: ClassVar[str] = "unreachable"
    section: ClassVar[str] = "UNP 4.3"
    summary: ClassVar[str] = "the server's host is dead, or it or its network is unreachable"
    brings_clients: ClassVar[bool] = True

    obstacle: Obstacle

    def on_wire(self, context: ClientContext, wire: Wire) -> FaultOutcome:
        """Start the client, and wait until its connect has failed."""
        if context.handle is not None:
            return NOT_STARTED
        action, error = ACTIONS[self.obstacle]
        number = wire.add(Rule(action, Direction.FROM_TARGET))
        context.start()
        tried = context.wait(lambda: wire.hits(number) > 0 and not context.is_connecting())
        if not tried:
            return FaultOutcome.missed("the client did not try to connect")
        context.link.note_unreached(error)
        context.rest()
        return FaultOutcome.fired(f"connect failed with {error}")

    def __str__(self) -> str:
        return self.obstacle.value
