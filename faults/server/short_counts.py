"""A read or a write moves fewer bytes than it was asked to.

UNP 3.9: on a stream socket both may, at any time, and it is no error. A program that takes a
read for a line, or a write for all of the bytes, loses some.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, FaultOutcome
from faults.gate.callers import await_call, mark_handled, of_connection
from faults.gate.calls import Kind
from faults.gate.gate import Gate
from faults.gate.gate_fault import GateFault
from faults.gate.rules import Rule, Shorten
from faults.payloads import Content, Payload
from faults.server_context import ServerContext

A_LETTER = Payload(Content.LETTERS, 1)


class ShortCall(Enum):
    """Which calls are cut short."""

    WRITE = "write"
    READ = "read"

    @property
    def kind(self) -> Kind:
        """The kind of call."""
        return Kind[self.name]


@dataclass(frozen=True)
class ShortCount(GateFault):
    """Let the next `count` reads or writes move at most `length` bytes, while the client sends."""

    name: ClassVar[str] = "short_counts"
    section: ClassVar[str] = "UNP 3.9"
    summary: ClassVar[str] = "a read or a write moves fewer bytes than it was asked to"
    calls: ClassVar[frozenset[Kind]] = frozenset({Kind.READ, Kind.WRITE})

    client: int = field(metadata=NAMES_CLIENTS)
    call: ShortCall
    length: int
    count: int
    payload: Payload

    def at_gate(self, context: ServerContext, gate: Gate) -> FaultOutcome:
        """Arm it, send, and wait until calls were cut short."""
        if not context.is_open(self.client):
            return conditions.not_connected(context, self.client)
        calls = of_connection(context, self.client)
        armed = gate.arm(Rule(self.call.kind, calls, Shorten(self.length), times=self.count))
        if self.call is ShortCall.READ:
            # A read that has begun returns what comes first: the next one is to be cut short.
            context.send(self.client, A_LETTER)
            await_call(context, gate, lambda: armed.seen > 0, (self.client,))
        context.send(self.client, self.payload)
        await_call(context, gate, lambda: armed.is_done, (self.client,))
        gate.disarm(armed)
        met = mark_handled(context, armed, f"{self.length} B at most")
        if met:
            return FaultOutcome.fired(f"{self.call.value} of {self.length} B at most x {met}")
        if armed.spared:
            return FaultOutcome.impossible(
                "it is edge-triggered: a short count means more (epoll(7))"
            )
        if not armed.seen and context.is_satisfied(self.client):
            return FaultOutcome.impossible(f"it makes no call {self.call.value} for c{self.client}")
        return FaultOutcome.missed(f"no {self.call.value} was longer than {self.length} B")

    def __str__(self) -> str:
        calls = f"{self.count} {self.call.value}s" if self.count > 1 else f"a {self.call.value}"
        return (
            f"{calls} of the server move {self.length} B at most, "
            f"while c{self.client} sends {self.payload}"
        )
