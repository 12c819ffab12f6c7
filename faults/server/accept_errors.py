"""accept() fails for a reason that passes.

accept(2) lists what a server must expect: EINTR, ECONNABORTED (UNP 5.11), network errors that are
pending on the new socket and are to be treated like EAGAIN, and a shortage of descriptors or memory
that ends when a client leaves. The listener must go on, and the clients that wait must be served.

An error of one connection takes that connection out of the queue: its client sees a reset, and is
owed nothing. With EINTR or a shortage all connections stay where they are.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, FaultOutcome, Reading, names
from faults.gate.callers import (
    NOT_CALM,
    Interruptible,
    await_call,
    await_calm,
    mark_handled,
    of_listening_socket,
)
from faults.gate.calls import Kind
from faults.gate.gate import Gate
from faults.gate.gate_fault import GateFault
from faults.gate.lawful_errors import LOSES_THE_CONNECTION
from faults.gate.rules import ArmedRule, Errno, LoseConnection, NamedErrno, Rule
from faults.server_context import ServerContext
from target.sockets import Endpoint


class AcceptErrno(NamedErrno):
    """What accept() may fail with, and a server must survive: its row of the table, and EINTR."""

    ECONNABORTED = "ECONNABORTED"
    EPROTO = "EPROTO"
    EMFILE = "EMFILE"
    EINTR = "EINTR"
    ENFILE = "ENFILE"
    ENOBUFS = "ENOBUFS"
    ENOMEM = "ENOMEM"
    ENETDOWN = "ENETDOWN"
    ENOPROTOOPT = "ENOPROTOOPT"
    EHOSTDOWN = "EHOSTDOWN"
    ENONET = "ENONET"
    EHOSTUNREACH = "EHOSTUNREACH"
    EOPNOTSUPP = "EOPNOTSUPP"
    ENETUNREACH = "ENETUNREACH"


OF_A_CONNECTION = frozenset(AcceptErrno[one.name] for one in LOSES_THE_CONNECTION)
"""Errors of the connection at the head of the queue, which is lost with them."""

SCARCE = frozenset(AcceptErrno) - OF_A_CONNECTION - {AcceptErrno.EINTR}
"""A server that is short of these may turn clients away: that is no defect."""


@dataclass(frozen=True)
class AcceptError(GateFault):
    """Let the next `count` calls of accept() fail, while these clients connect."""

    name: ClassVar[str] = "accept_errors"
    section: ClassVar[str] = "accept(2)"
    summary: ClassVar[str] = (
        "accept fails for a passing reason: aborted, interrupted, scarcity, ..."
    )
    brings_clients: ClassVar[bool] = True
    uses_signals: ClassVar[bool] = True
    calls: ClassVar[frozenset[Kind]] = frozenset({Kind.ACCEPT, Kind.HANDLE_SIGNAL})

    clients: tuple[int, ...] = field(metadata=NAMES_CLIENTS)
    error: AcceptErrno
    count: int

    def at_gate(self, context: ServerContext, gate: Gate) -> FaultOutcome:
        """Arm the errors, connect, and wait until the listener has met them."""
        if not await_calm(context, gate):
            return NOT_CALM
        listening = of_listening_socket(context)
        matches = Interruptible(gate, listening, context.harmless)
        chosen = matches if self.error is AcceptErrno.EINTR else listening
        armed = gate.arm(Rule(Kind.ACCEPT, chosen, self._action, times=self.count))
        opened = self._connect(context)
        await_call(context, gate, lambda: armed.is_done, opened.values())
        gate.disarm(armed)
        met = mark_handled(context, armed, self.error.value)
        if not met:
            return self._why_not(gate, opened, matches)
        context.wait(lambda: conditions.all_taken(context, opened.values()))
        # A client that is accepted only to be turned away is closed before the listener rests.
        await_calm(context, gate)
        return self._fired(context, opened, armed)

    @property
    def _action(self) -> Errno | LoseConnection:
        action = LoseConnection if self.error in OF_A_CONNECTION else Errno
        return action(self.error.number)

    def _connect(self, context: ServerContext) -> dict[Endpoint, int]:
        clients = (client for client in self.clients if context.open(client, Reading.EAGER))
        return {context.endpoint(client): client for client in clients}

    def _fired(
        self, context: ServerContext, opened: dict[Endpoint, int], armed: ArmedRule
    ) -> FaultOutcome:
        failed = f"accept failed with {self.error.value} x {len(armed.handled)}"
        if self.error in SCARCE:
            away = frozenset(c for c in opened.values() if not context.is_open(c))
            return FaultOutcome.fired(failed, away)
        lost = tuple(opened[client] for client in armed.lost if client in opened)
        ended = f", which ended the connection of {names(lost)}" if lost else ""
        return FaultOutcome.fired(failed + ended, frozenset(lost))

    def _why_not(
        self, gate: Gate, opened: dict[Endpoint, int], matches: Interruptible
    ) -> FaultOutcome:
        if not opened:
            return FaultOutcome.missed("no client could connect")
        if matches.others:
            return FaultOutcome.impossible(
                "no signal interrupts its accept: none is caught, or it polls"
            )
        if not gate.counts[Kind.ACCEPT]:
            return FaultOutcome.impossible("it takes connections without the call accept")
        if self.error in OF_A_CONNECTION and len(opened) == 1:
            return FaultOutcome.missed("accept was called before, and only one client connected")
        return FaultOutcome.missed("accept was not called again")

    def __str__(self) -> str:
        times = f" {self.count} times" if self.count > 1 else ""
        return f"accept fails{times} with {self.error.value}, while {names(self.clients)} connect"
