"""A client sends without end, and reads as fast; another one waits for the echo of a line.

A loop that serves one client until there is nothing more to be read (an edge-triggered one that
reads until EAGAIN, or one that serves the first that is ready) never comes to the others. By hand
that depends on who is faster. Here each read of the flooding client's connection is held until its
queue is full again, so that there is always more; and what is counted is how many of these reads,
and of these bytes, the server serves after the line has come. A server with another thread or
process for the line serves it while the first of these reads is held.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, FaultOutcome, Reading
from faults.gate.callers import await_call, of_connection
from faults.gate.calls import Kind
from faults.gate.gate import Gate
from faults.gate.gate_fault import GateFault
from faults.gate.rules import ArmedRule, Hold, Rule
from faults.payloads import A_LINE, Content, Payload
from faults.server_context import ServerContext

MANY_READS = 1024
MANY_BYTES = 8 << 20
"""Served to the flooding client after the line has come; a turn has less of at least one of both.
Libraries give each connection some 16 to 32 reads, or 64 KiB to 2 MiB, before its turn is over."""

MOST_READS = 1 << 12
"""Reads after which a server that reads a few bytes at a time is not followed any longer."""

FLOOD = Payload(Content.LETTERS, 1 << 30)
"""More than is served: what is left of it in the end is not sent."""

FULL = 16 << 10
"""Bytes to be read before a read goes on: no loop finds that there is nothing more."""


SOON = 0.01
"""Seconds for the next read to come, before it is waited for with more care."""


MOST_LATE = 128
"""Reads that come later, after which a slow server is not followed any longer."""


def _goes_on(reads: int, count: int, late: int) -> bool:
    is_followed = reads < MOST_READS and late < MOST_LATE
    return is_followed and (reads < MANY_READS or count < MANY_BYTES)


@dataclass(frozen=True)
class FloodingClient(GateFault):
    """Open two clients; `client` sends without end, `other` a line in the middle of it."""

    name: ClassVar[str] = "flooding_client"
    section: ClassVar[str] = "UNP 6.8"
    summary: ClassVar[str] = "a client sends without end while another waits for its echo"
    brings_clients: ClassVar[bool] = True
    calls: ClassVar[frozenset[Kind]] = frozenset({Kind.READ})

    client: int = field(metadata=NAMES_CLIENTS)
    other: int = field(metadata=NAMES_CLIENTS)

    def at_gate(self, context: ServerContext, gate: Gate) -> FaultOutcome:
        """Flood it, send the line while a read is held, and count what is served before it."""
        for one in (self.client, self.other):
            if not self._is_served(context, one):
                return self._not_served(context, one)
        calls = of_connection(context, self.client)
        armed = gate.arm(Rule(Kind.READ, calls, Hold(), times=MOST_READS))
        context.send(self.client, A_LINE)
        if not await_call(context, gate, lambda: gate.is_held(armed), (self.client,)):
            return FaultOutcome.impossible(f"it makes no call read for c{self.client}")
        context.send(self.other, A_LINE)
        context.wait(lambda: context.has_arrived(self.other))
        context.send(self.client, FLOOD)
        try:
            reads, count, is_answered = self._flood(context, gate, armed)
        finally:
            context.send_no_more(self.client)
        context.note_overtaking(self.other, self.client, reads, count, is_answered=is_answered)
        return FaultOutcome.fired(f"{reads} reads of c{self.client} were held and let go on")

    def _not_served(self, context: ServerContext, client: int) -> FaultOutcome:
        if context.is_open(client):
            return FaultOutcome.missed(f"c{client} was not served")
        return conditions.not_connected(context, client)

    def _is_served(self, context: ServerContext, client: int) -> bool:
        if not (context.may_open(client) and context.open(client, Reading.EAGER)):
            return False
        context.send(client, A_LINE)
        return context.wait(lambda: context.is_satisfied(client)) and context.is_open(client)

    def _flood(self, context: ServerContext, gate: Gate, armed: ArmedRule) -> tuple[int, int, bool]:
        """Let reads go on until the line is back, or many were served; return what was."""
        reads, count, late, before = 0, 0, 0, context.taken(self.client)
        full = FULL
        while not self._has_echo(context) and gate.is_held(armed) and _goes_on(reads, count, late):
            # Where large segments wait for a large window, the rest comes with the last read of
            # what is there (RFC 9293, 3.8.6.2): it is there before that read returns.
            full = full if self._fill(context, full) else 1
            gate.release(armed)
            reads += 1
            late += not armed.has_come.wait(SOON)
            context.wait(lambda: gate.is_held(armed) or self._has_echo(context))
            count = context.taken(self.client) - before
        # Another thread may have been about to serve it: nothing else moves while a read is held.
        is_answered = context.wait(lambda: self._has_echo(context))
        return reads, count, is_answered

    def _has_echo(self, context: ServerContext) -> bool:
        return context.is_satisfied(self.other)

    def _fill(self, context: ServerContext, count: int) -> bool:
        """Wait until there is that much to be read; return whether there is.

        And until its echo is acknowledged so far: a server that has no room for more of it rightly
        reads no more.
        """
        return context.wait(lambda: self._is_filled(context, count))

    def _is_filled(self, context: ServerContext, count: int) -> bool:
        end = context.link.server_end(self.client)
        return end is not None and end.receive_queue >= count and end.send_queue == 0

    def __str__(self) -> str:
        return f"c{self.client} sends without end while c{self.other} waits for a line"
