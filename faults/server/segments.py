"""The network loses, doubles and reorders segments, and TCP makes up for it (RFC 9293, 3.8).

What a server gets of it are bytes that come late, and in other portions than they were sent. All of
them must come back. The segments are real ones of two hosts, with a wire between them.
"""

import enum
from dataclasses import dataclass, field
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, FaultOutcome, Reading
from faults.payloads import Payload
from faults.server_context import ServerContext
from faults.wire.rules import Action, Rule
from faults.wire.segments import Direction, Kind
from faults.wire.wire import Wire
from faults.wire.wire_fault import WireFault
from target.hosts import SMALLEST_MTU

_IN, _OUT = Direction.TO_TARGET, Direction.FROM_TARGET
_DATA, _FIN = frozenset({Kind.DATA}), frozenset({Kind.FIN})


class Doing(enum.Enum):
    """What a client does for the segments to come."""

    CONNECT = "connects"
    SEND = "sends"
    END = "sends its FIN"


class Trouble(enum.Enum):
    """What happens to which segment."""

    LOST_SYN = "the SYN is lost"
    LOST_SYN_ACK = "the answer to the SYN is lost"
    LOST_HANDSHAKE_ACK = "the last ACK of the handshake is lost"
    LOST_DATA = "the first data segment is lost"
    LOST_SECOND_DATA = "the second data segment is lost"
    LOST_ECHO = "the first segment of the echo is lost"
    LOST_ACK = "the first acknowledgement of the echo is lost"
    LOST_FIN = "the FIN is lost"
    LOST_LAST_FIN = "the server's FIN is lost"
    DOUBLED_SYN = "the SYN comes twice"
    DOUBLED_DATA = "the first data segment comes twice"
    DOUBLED_FIN = "the FIN comes twice"
    OVERTAKEN_DATA = "the second data segment comes before the first"
    OVERTAKEN_ECHO = "the second segment of the echo comes before the first"
    SMALL_PACKETS = f"no packet is longer than {SMALLEST_MTU} bytes"
    UNREACHABLE = "a router says six times that the client's host is unreachable"


RULES: dict[Trouble, tuple[Doing, Rule]] = {
    Trouble.LOST_SYN: (Doing.CONNECT, Rule(Action.LOSE, _IN, frozenset({Kind.SYN}), count=1)),
    Trouble.LOST_SYN_ACK: (
        Doing.CONNECT,
        Rule(Action.LOSE, _OUT, frozenset({Kind.SYN_ACK}), count=1),
    ),
    Trouble.LOST_HANDSHAKE_ACK: (
        Doing.CONNECT,
        Rule(Action.LOSE, _IN, frozenset({Kind.ACK}), count=1),
    ),
    Trouble.DOUBLED_SYN: (Doing.CONNECT, Rule(Action.DOUBLE, _IN, frozenset({Kind.SYN}), count=1)),
    Trouble.LOST_DATA: (Doing.SEND, Rule(Action.LOSE, _IN, _DATA, count=1)),
    Trouble.LOST_SECOND_DATA: (Doing.SEND, Rule(Action.LOSE, _IN, _DATA, first=2, count=1)),
    Trouble.LOST_ECHO: (Doing.SEND, Rule(Action.LOSE, _OUT, _DATA, count=1)),
    Trouble.LOST_ACK: (Doing.SEND, Rule(Action.LOSE, _IN, frozenset({Kind.ACK}), count=1)),
    Trouble.DOUBLED_DATA: (Doing.SEND, Rule(Action.DOUBLE, _IN, _DATA, count=1)),
    Trouble.OVERTAKEN_DATA: (Doing.SEND, Rule(Action.OVERTAKEN, _IN, _DATA, count=1)),
    Trouble.OVERTAKEN_ECHO: (Doing.SEND, Rule(Action.OVERTAKEN, _OUT, _DATA, count=1)),
    # Answers that come while the server is still in its write are no errors, even where it asks for
    # them (ip(7), IP_RECVERR). The last ones are to segments that are sent again, after it.
    Trouble.UNREACHABLE: (Doing.SEND, Rule(Action.HOST_UNREACHABLE, _OUT, _DATA, count=6)),
    Trouble.LOST_FIN: (Doing.END, Rule(Action.LOSE, _IN, _FIN, count=1)),
    Trouble.LOST_LAST_FIN: (Doing.END, Rule(Action.LOSE, _OUT, _FIN, count=1)),
    Trouble.DOUBLED_FIN: (Doing.END, Rule(Action.DOUBLE, _IN, _FIN, count=1)),
}
"""What is done for each, and what becomes of the segments."""


@dataclass(frozen=True)
class SegmentFault(WireFault[ServerContext]):
    """One of a connection's segments is lost, doubled, late or split, or said to be.

    `newcomer` is the client that connects where the handshake is meant, `client` all others.
    """

    name: ClassVar[str] = "segments"
    section: ClassVar[str] = "RFC 9293 3.8"
    summary: ClassVar[str] = "segments are lost, doubled or reordered between two hosts"

    client: int = field(metadata=NAMES_CLIENTS)
    trouble: Trouble
    payload: Payload
    newcomer: int = field(metadata=NAMES_CLIENTS)

    def on_wire(self, context: ServerContext, wire: Wire) -> FaultOutcome:
        """Put the rule in force, let the client act, and wait until the rule has acted."""
        if self.trouble is Trouble.SMALL_PACKETS:
            return self._in_small_packets(context, wire)
        doing, rule = RULES[self.trouble]
        if doing is not Doing.CONNECT and not context.is_open(self.client):
            return conditions.not_connected(context, self.client)
        if doing is Doing.CONNECT and not context.may_open(self.newcomer):
            return FaultOutcome.missed(f"there was no room for c{self.newcomer}")
        with wire.ruled(rule) as number:
            self._do(context, doing)
            wanted = rule.count or 1
            met = context.wait(lambda: wire.hits(number) >= wanted)
        return (
            FaultOutcome.fired(self.trouble.value)
            if met
            else FaultOutcome.missed("no such segment was sent")
        )

    def _do(self, context: ServerContext, doing: Doing) -> None:
        if doing is Doing.CONNECT:
            context.open(self.newcomer, Reading.EAGER)
        elif doing is Doing.SEND:
            context.send(self.client, self.payload)
        else:
            context.half_close(self.client)

    def _in_small_packets(self, context: ServerContext, wire: Wire) -> FaultOutcome:
        if not context.is_open(self.client):
            return conditions.not_connected(context, self.client)
        wire.set_mtu(SMALLEST_MTU)
        context.send(self.client, self.payload)
        conditions.await_echo(context, self.client)
        return FaultOutcome.fired(self.trouble.value)

    def __str__(self) -> str:
        if self.trouble is Trouble.SMALL_PACKETS:
            return f"{self.trouble.value}, while c{self.client} sends {self.payload}"
        doing, _ = RULES[self.trouble]
        acting = self.newcomer if doing is Doing.CONNECT else self.client
        what = f"sends {self.payload}" if doing is Doing.SEND else doing.value
        return f"c{acting} {what}: {self.trouble.value}"
