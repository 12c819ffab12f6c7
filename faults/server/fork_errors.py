"""fork() fails: the system has no room for another process.

fork(2): EAGAIN at a limit, ENOMEM without memory; pthread_create(3) alike. The client may be turned
away, but the listener must live, must not keep the connection, and must serve the next client.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, FaultOutcome, Reading, names
from faults.gate.callers import await_call, await_calm, mark_handled, of_processes
from faults.gate.calls import Kind
from faults.gate.gate import Gate
from faults.gate.gate_fault import GateFault
from faults.gate.rules import Errno, NamedErrno, Rule
from faults.payloads import A_WORD
from faults.server_context import ServerContext


class ForkErrno(NamedErrno):
    """What fork() may fail with."""

    EAGAIN = "EAGAIN"
    ENOMEM = "ENOMEM"


@dataclass(frozen=True)
class ForkError(GateFault):
    """Let fork() fail for each of these clients, which connect one after the other."""

    name: ClassVar[str] = "fork_errors"
    section: ClassVar[str] = "fork(2)"
    summary: ClassVar[str] = "no process or thread can be made for a client"
    brings_clients: ClassVar[bool] = True
    calls: ClassVar[frozenset[Kind]] = frozenset({Kind.FORK, Kind.HANDLE_SIGNAL})

    clients: tuple[int, ...] = field(metadata=NAMES_CLIENTS)
    error: ForkErrno

    def at_gate(self, context: ServerContext, gate: Gate) -> FaultOutcome:
        """Arm the error, connect, and wait until the listener has met it."""
        before = gate.counts[Kind.FORK]
        rule = Rule(Kind.FORK, of_processes(context.listeners()), Errno(self.error.number))
        disturbed = frozenset(c for c in self.clients if self._turn_away(context, gate, c, rule))
        met = len(disturbed)
        if met:
            return FaultOutcome.fired(f"fork failed with {self.error.value} x {met}", disturbed)
        if not conditions.all_taken(context, self.clients):
            return FaultOutcome.missed("the listener did not accept the client")
        if gate.counts[Kind.FORK] == before:
            return FaultOutcome.impossible("it makes no process or thread when a client comes")
        return FaultOutcome.missed("the listener made no process")

    def _turn_away(self, context: ServerContext, gate: Gate, client: int, rule: Rule) -> int:
        if not context.may_open(client) or not await_calm(context, gate):
            return 0
        # Armed before: the listener forks as soon as it has accepted.
        armed = gate.arm(rule)
        if context.open(client, Reading.EAGER):
            context.send(client, A_WORD)
        await_call(context, gate, lambda: armed.is_done, (client,))
        gate.disarm(armed)
        return mark_handled(context, armed, self.error.value)

    def __str__(self) -> str:
        return f"fork fails with {self.error.value} for {names(self.clients)}"
