"""A read, a write or a poll fails, as it may at any time.

EINTR (UNP 5.9) must be taken for what it is: nothing has happened, and the call is to be made
again. ECONNRESET and EPIPE (UNP 5.13 to 5.15) are the end of one connection and of nothing else.
"""

import errno
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, FaultOutcome, Reading
from faults.gate.callers import (
    NOT_CALM,
    Interruptible,
    await_call,
    await_calm,
    mark_handled,
    of_connection,
    of_processes,
)
from faults.gate.calls import Kind
from faults.gate.gate import Gate
from faults.gate.gate_fault import GateFault
from faults.gate.rules import ArmedRule, Errno, Hold, Rule
from faults.payloads import A_LINE
from faults.server_context import ServerContext


class IoFailure(Enum):
    """Which call fails with what."""

    READ_INTERRUPTED = "read fails with EINTR"
    WRITE_INTERRUPTED = "write fails with EINTR"
    POLL_INTERRUPTED = "poll fails with EINTR"
    READ_RESET = "read fails with ECONNRESET"
    WRITE_RESET = "write fails with ECONNRESET"
    WRITE_PIPE = "write fails with EPIPE"

    @property
    def kind(self) -> Kind:
        """The kind of call."""
        return _FAILURES[self][0]

    @property
    def error(self) -> str:
        """The name of the error."""
        return _FAILURES[self][1]


_FAILURES = {
    IoFailure.READ_INTERRUPTED: (Kind.READ, "EINTR"),
    IoFailure.WRITE_INTERRUPTED: (Kind.WRITE, "EINTR"),
    IoFailure.POLL_INTERRUPTED: (Kind.WAIT, "EINTR"),
    IoFailure.READ_RESET: (Kind.READ, "ECONNRESET"),
    IoFailure.WRITE_RESET: (Kind.WRITE, "ECONNRESET"),
    IoFailure.WRITE_PIPE: (Kind.WRITE, "EPIPE"),
}
"""The kind of call that fails, and the name of the error."""


@dataclass(frozen=True)
class IoError(GateFault):
    """Let `count` calls in a row fail, from the `nth` on, while the client sends lines.

    Where its lines do not make a listener wait again, a new client does.
    """

    name: ClassVar[str] = "io_errors"
    section: ClassVar[str] = "UNP 5.9"
    summary: ClassVar[str] = "read, write or poll fails: interrupted, or the connection is gone"
    uses_signals: ClassVar[bool] = True
    calls: ClassVar[frozenset[Kind]] = frozenset(
        {Kind.READ, Kind.WRITE, Kind.WAIT, Kind.HANDLE_SIGNAL}
    )

    client: int = field(metadata=NAMES_CLIENTS)
    failure: IoFailure
    nth: int
    count: int
    newcomer: int = field(metadata=NAMES_CLIENTS)

    def at_gate(self, context: ServerContext, gate: Gate) -> FaultOutcome:
        """Arm the error, send lines until the call was met, and wait for it."""
        if not context.is_open(self.client) or context.handle is None:
            return conditions.not_connected(context, self.client)
        if not context.wait(lambda: context.accepted(self.client)):
            return conditions.not_accepted(context, self.client)
        if not await_calm(context, gate):
            return NOT_CALM
        rule, matches = self._rule(context, gate)
        armed = gate.arm(rule)
        self._provoke(context, gate, armed)
        rules = [armed]
        if self.failure is IoFailure.READ_INTERRUPTED:
            rules += self._interrupt_a_read(context, gate, armed)
        gate.disarm()
        met = sum(mark_handled(context, one, self.failure.error) for one in rules)
        if met:
            disturbed = frozenset({self.client}) if self.failure.error != "EINTR" else frozenset()
            return FaultOutcome.fired(f"{self.failure.value} x {met}", disturbed)
        return self._why_not(context, armed, matches)

    def _interrupt_a_read(
        self, context: ServerContext, gate: Gate, armed: ArmedRule
    ) -> list[ArmedRule]:
        """Send more while the read is held: the client must still get it after the EINTR.

        Return the rules of the further reads that fail.
        """
        if not gate.is_held(armed):
            return []
        context.send(self.client, A_LINE)
        context.wait(lambda: conditions.has_unread_input(context, self.client))
        again = Rule(Kind.READ, armed.rule.matches, Errno(errno.EINTR), times=self.count - 1)
        rules = [gate.arm(again)] if again.times else []
        gate.fail(armed, errno.EINTR)
        context.wait(lambda: context.is_satisfied(self.client))
        return rules

    def _provoke(self, context: ServerContext, gate: Gate, armed: ArmedRule) -> None:
        for _ in range(self.nth + self.count):
            if armed.is_done or not context.is_open(self.client):
                break
            context.send(self.client, A_LINE)
            self._await(context, gate, armed, self.client)
        if self.failure.kind is Kind.WAIT and not armed.is_done and context.may_open(self.newcomer):
            context.open(self.newcomer, Reading.EAGER)
            self._await(context, gate, armed, self.newcomer)

    def _why_not(
        self, context: ServerContext, armed: ArmedRule, matches: Interruptible
    ) -> FaultOutcome:
        kind = self.failure.kind.value
        if matches.others:
            return FaultOutcome.impossible(
                f"no signal interrupts its {kind}: none is caught, or it polls"
            )
        if not armed.seen and context.is_satisfied(self.client):
            return FaultOutcome.impossible(f"it makes no call {kind} for c{self.client}")
        return FaultOutcome.missed(f"{kind} was not called so often")

    def _await(self, context: ServerContext, gate: Gate, armed: ArmedRule, client: int) -> None:
        await_call(context, gate, lambda: armed.is_done, (client,))

    def _rule(self, context: ServerContext, gate: Gate) -> tuple[Rule, Interruptible]:
        kind, handle = self.failure.kind, context.handle
        if kind is Kind.WAIT and handle is not None:
            holders = handle.holders(context.endpoint(self.client))
            calls = of_processes((*context.listeners(), *holders))
        else:
            calls = of_connection(context, self.client)
        matches = Interruptible(gate, calls, context.harmless)
        number = int(getattr(errno, self.failure.error))
        chosen = matches if number == errno.EINTR else calls
        if self.failure is IoFailure.READ_INTERRUPTED:
            return Rule(kind, chosen, Hold(), self.nth), matches
        action = Errno(number, severs=number != errno.EINTR)
        return Rule(kind, chosen, action, self.nth, self.count), matches

    def __str__(self) -> str:
        times = f" {self.count} times" if self.count > 1 else ""
        when = f", from call {self.nth} on" if self.nth > 1 else ""
        return f"{self.failure.value}{times}{when}, while c{self.client} sends lines"
