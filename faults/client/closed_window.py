"""The server does not read, and its window closes while the client has more (RFC 9293, 3.8.6.1).

The client can write no more. It must sleep until it can, and go on when the window opens, also
where the segment that says so is lost: its kernel asks again (a probe of the persist timer). The
server may reset meanwhile, or its host may crash: then the write that waits fails, and the client
has to say so (UNP 5.13, 5.14). A FIN alone wakes no write, so that it is not asked for here.
"""

import enum
from dataclasses import dataclass
from typing import ClassVar

from faults.client_context import NOT_CONNECTED, ClientContext, PeerEnd
from faults.fault import FaultOutcome
from faults.payloads import MAXLINE, Content, Payload
from faults.wire.rules import Action, Rule
from faults.wire.segments import Direction
from faults.wire.wire import Wire
from faults.wire.wire_fault import WireFault

MUCH = Payload(Content.LINES, 2 << 20)
"""More than the buffers hold between two hosts, and a pipe to the client."""

SOME = Payload(Content.LINES, 4 * MAXLINE)
"""Typed first: one that waits for the echo of a line, or of a read, does not send all of it."""

WAITS_FOR_ECHOES = "the client sends no more before it has an echo"


class ServerWindow(enum.Enum):
    """What becomes of the closed window."""

    OPENS = "opens in the end"
    UPDATE_LOST = "opens in the end, and the segment that says so is lost"
    RESET = "stays closed, and the server resets"
    CRASH = "stays closed, as the server's host crashes"


@dataclass(frozen=True)
class ServerClosedWindow(WireFault[ClientContext]):
    """Let the client send until the server's window is closed."""

    name: ClassVar[str] = "closed_window"
    section: ClassVar[str] = "RFC 9293 3.8.6"
    summary: ClassVar[str] = "the server's window stays closed while the client has more to send"
    brings_clients: ClassVar[bool] = True

    window: ServerWindow

    def on_wire(self, context: ClientContext, wire: Wire) -> FaultOutcome:
        """Type until the client is stuck, and let the window open, or what comes instead."""
        if not context.meet() or not context.may_end():
            return NOT_CONNECTED
        context.type(SOME)
        context.rest()
        if context.unread() < SOME.length:
            return FaultOutcome.impossible(WAITS_FOR_ECHOES)
        context.type(MUCH)
        if not context.wait(lambda: context.is_stuck() and wire.window(Direction.TO_TARGET) == 0):
            return FaultOutcome.impossible(WAITS_FOR_ECHOES)
        context.mark("the server's window is closed")
        context.rest()
        if self.window is ServerWindow.RESET:
            context.end(PeerEnd.RESET)
            arrived = context.wait(lambda: context.has_arrived(PeerEnd.RESET))
            return self._outcome(happened=arrived)
        if self.window is ServerWindow.CRASH:
            return self._crash(context, wire)
        lost = int(self.window is ServerWindow.UPDATE_LOST)
        update = Rule(Action.LOSE, Direction.TO_TARGET, least_window=1, count=lost)
        with wire.ruled(update) as number:
            context.answer()
            return self._outcome(happened=wire.hits(number) >= lost)

    def _crash(self, context: ClientContext, wire: Wire) -> FaultOutcome:
        wire.add(Rule(Action.LOSE))
        context.mark("the server's host crashes")
        context.link.vanish()
        with wire.impatient():
            known = context.wait(context.link.is_lost)
        if known:
            context.link.note_unreached("ETIMEDOUT")
        return self._outcome(happened=known)

    def _outcome(self, *, happened: bool) -> FaultOutcome:
        if not happened:
            return FaultOutcome.missed("the client's kernel did not learn of it")
        return FaultOutcome.fired(f"the window {self.window.value}")

    def __str__(self) -> str:
        return f"the server does not read, and its window is closed; it {self.window.value}"
