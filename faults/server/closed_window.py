"""A client's window closes while it is owed much, and stays closed (UNP 2.10, RFC 9293, 3.8.6.1).

The server can write no more, and must not wait for that client alone: it sleeps, and serves the
others. When the window opens, the rest comes. The segment that says so may be lost: then the
server's kernel asks (a probe of the persist timer). And the host may crash meanwhile: its kernel's
probes are answered by nobody, and after `tcp_retries2` of them the connection is over.
"""

import enum
from dataclasses import dataclass, field
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, FaultOutcome, Reading
from faults.payloads import Content, Payload
from faults.server.given_up import await_given_up, crash
from faults.server_context import ServerContext
from faults.wire.rules import Action, Rule
from faults.wire.segments import Direction
from faults.wire.wire import Wire
from faults.wire.wire_fault import WireFault
from target.sockets import TcpState, Timer

_IN = Direction.TO_TARGET

MUCH = Payload(Content.LINES, 2 << 20)
"""More than the server may send: the window is some kilobytes, and its send buffer as small."""

ALL_HAS_COME = (TcpState.FIN_WAIT2, TcpState.TIME_WAIT)
"""States in which the server's FIN, and all before it, was acknowledged."""


class Window(enum.Enum):
    """What becomes of the closed window."""

    OPENS = "opens in the end"
    UPDATE_LOST = "opens in the end, and the segment that says so is lost"
    CRASH = "stays closed, as the client's host crashes"


class Closing(enum.Enum):
    """What becomes of a window when much is sent and nothing read."""

    CLOSED = "it is closed"
    ANSWERED = "all that was asked may be answered, and it has room"
    UNKNOWN = "neither was seen"


@dataclass(frozen=True)
class ClosedWindow(WireFault[ServerContext]):
    """Let a new client send much and read nothing, until its window is closed."""

    name: ClassVar[str] = "closed_window"
    section: ClassVar[str] = "RFC 9293 3.8.6"
    summary: ClassVar[str] = "a client's window stays closed while it is owed much"

    newcomer: int = field(metadata=NAMES_CLIENTS)
    window: Window

    def on_wire(self, context: ServerContext, wire: Wire) -> FaultOutcome:
        """Close the window. What follows opens it when it reads, unless the host crashes."""
        if not context.may_open(self.newcomer) or not context.open(self.newcomer, Reading.SLOW):
            return FaultOutcome.missed(f"c{self.newcomer} could not connect")
        context.set_reading(self.newcomer, Reading.LATE)
        port = context.endpoint(self.newcomer).port
        closed = self._closes(context, wire, port)
        if closed is not Closing.CLOSED:
            return self._why_not(context, closed)
        context.mark(f"the window of c{self.newcomer} is closed")
        if self.window is Window.CRASH:
            wire.add(Rule(Action.LOSE, port=port))
            crash(context, self.newcomer)
            return await_given_up(context, wire, self.newcomer)
        if self.window is Window.UPDATE_LOST:
            wire.add(Rule(Action.LOSE, _IN, port=port, least_window=1, count=1))
        return FaultOutcome.fired("the server's kernel asks again and again whether it has opened")

    def _closes(self, context: ServerContext, wire: Wire, port: int) -> Closing:
        """Send much, and wait until the window is closed, or all may be answered."""
        found = Closing.UNKNOWN

        def is_over() -> bool:
            nonlocal found
            if self._is_closed(context, wire, port):
                found = Closing.CLOSED
            elif self._may_be_answered(context):
                found = Closing.ANSWERED
            return found is not Closing.UNKNOWN

        context.send(self.newcomer, MUCH)
        context.wait(is_over)
        context.send_no_more(self.newcomer)
        return found

    def _is_closed(self, context: ServerContext, wire: Wire, port: int) -> bool:
        end = context.link.server_end(self.newcomer)
        if end is None or end.send_queue == 0 or end.timer is not Timer.PROBE:
            return False
        # It reads no more, or keeps all by itself.
        keeps_all = end.receive_queue == 0 and context.has_arrived(self.newcomer)
        is_over = keeps_all or conditions.awaits_room(context, self.newcomer)
        return is_over and wire.window(_IN, port) == 0

    def _may_be_answered(self, context: ServerContext) -> bool:
        """Return whether the server sleeps, and nothing is under way.

        A service may permit so many requests before the first answer was read.
        """
        end = context.link.server_end(self.newcomer)
        if end is None or end.state in ALL_HAS_COME:
            return True
        has_begun = end.acknowledged or context.is_satisfied(self.newcomer)
        if end.receive_queue or end.send_queue or not has_begun or context.handle is None:
            return False
        holders = context.handle.holders(context.endpoint(self.newcomer))
        return context.has_arrived(self.newcomer) and conditions.all_asleep(holders)

    def _why_not(self, context: ServerContext, found: Closing) -> FaultOutcome:
        """Let the client read, where that shows that no answer waited for it."""
        missed = FaultOutcome.missed("its window did not close")
        if found is Closing.UNKNOWN:
            return missed
        before = self._written(context)
        has_all = conditions.await_echo(context, self.newcomer)
        is_all = before is not None and before == self._written(context)
        if has_all and (is_all or context.was_let_go(self.newcomer)):
            return FaultOutcome.impossible("what comes back does not fill its window")
        return missed

    def _written(self, context: ServerContext) -> int | None:
        end = context.link.server_end(self.newcomer)
        return None if end is None else end.written

    def __str__(self) -> str:
        return f"c{self.newcomer} is owed much, and its window is closed; it {self.window.value}"
