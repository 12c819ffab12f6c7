"""Segments are lost, doubled, reordered and split: a client must not notice (RFC 9293 3.8).

What it gets of it are echoes that come late, and in other portions. The segments are real ones of
two hosts, with a wire between them.
"""

import enum
from dataclasses import dataclass
from typing import ClassVar

from faults.client_context import NOT_CONNECTED, NOT_STARTED, ClientContext
from faults.fault import FaultOutcome
from faults.payloads import Payload
from faults.wire.rules import Action, Rule
from faults.wire.segments import Direction, Kind
from faults.wire.wire import Wire
from faults.wire.wire_fault import WireFault
from target.hosts import SMALLEST_MTU

_OUT, _IN = Direction.FROM_TARGET, Direction.TO_TARGET
_DATA = frozenset({Kind.DATA})


class Mishap(enum.Enum):
    """What happens to which segment."""

    LOST_SYN = "the SYN is lost"
    LOST_ACK = "the last ACK of the handshake is lost"
    LOST_LINE = "the first segment of a line is lost"
    LOST_ECHO = "the first segment of an echo is lost"
    DOUBLED_LINE = "a segment of a line comes twice"
    DOUBLED_ECHO = "a segment of an echo comes twice"
    OVERTAKEN_ECHO = "the second segment of an echo comes before the first"
    UNREACHABLE = "a router says six times that the server's host is unreachable"
    SMALL_PACKETS = f"no packet is longer than {SMALLEST_MTU} bytes"


OF_THE_HANDSHAKE = (Mishap.LOST_SYN, Mishap.LOST_ACK)
"""They befall a client that is not connected yet."""

RULES = {
    Mishap.LOST_SYN: Rule(Action.LOSE, _OUT, frozenset({Kind.SYN}), count=1),
    Mishap.LOST_ACK: Rule(Action.LOSE, _OUT, frozenset({Kind.ACK}), count=1),
    Mishap.LOST_LINE: Rule(Action.LOSE, _OUT, _DATA, count=1),
    Mishap.LOST_ECHO: Rule(Action.LOSE, _IN, _DATA, count=1),
    Mishap.DOUBLED_LINE: Rule(Action.DOUBLE, _OUT, _DATA, count=1),
    Mishap.DOUBLED_ECHO: Rule(Action.DOUBLE, _IN, _DATA, count=1),
    Mishap.OVERTAKEN_ECHO: Rule(Action.OVERTAKEN, _IN, _DATA, count=1),
    # Some of it must come when the client is in no write (`faults.server.segments`).
    Mishap.UNREACHABLE: Rule(Action.HOST_UNREACHABLE, _OUT, _DATA, count=6),
}
"""What becomes of the segments."""


@dataclass(frozen=True)
class ClientSegmentFault(WireFault[ClientContext]):
    """One of the connection's segments is lost, doubled, late or split, or said to be."""

    name: ClassVar[str] = "segments"
    section: ClassVar[str] = "RFC 9293 3.8"
    summary: ClassVar[str] = "segments are lost, doubled or reordered between two hosts"
    brings_clients: ClassVar[bool] = True

    mishap: Mishap
    payload: Payload

    def on_wire(self, context: ClientContext, wire: Wire) -> FaultOutcome:
        """Put the rule in force, type something, let it be answered, and see the rule act."""
        if self.mishap in OF_THE_HANDSHAKE and context.handle is not None:
            return NOT_STARTED
        if self.mishap not in OF_THE_HANDSHAKE and not context.meet():
            return NOT_CONNECTED
        if self.mishap is Mishap.SMALL_PACKETS:
            wire.set_mtu(SMALLEST_MTU)
            self._talk(context)
            return FaultOutcome.fired(self.mishap.value)
        return self._with_rule(context, wire)

    def _with_rule(self, context: ClientContext, wire: Wire) -> FaultOutcome:
        rule = RULES[self.mishap]
        with wire.ruled(rule) as number:
            if self.mishap is Mishap.LOST_ACK:
                # What is typed before would acknowledge the SYN-ACK as well.
                context.meet()
            self._talk(context)
            met = context.wait(lambda: wire.hits(number) >= (rule.count or 1))
        return (
            FaultOutcome.fired(self.mishap.value)
            if met
            else FaultOutcome.missed("no such segment was sent")
        )

    def _talk(self, context: ClientContext) -> None:
        context.type(self.payload)
        if context.meet():
            context.answer()

    def __str__(self) -> str:
        return f"{self.payload} are typed and echoed: {self.mishap.value}"
