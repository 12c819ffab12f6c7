"""A read, a write or a poll fails, as it may at any time.

EINTR (UNP 5.9) must be taken for what it is: nothing has happened, and the call is to be made
again. ECONNRESET and EPIPE (UNP 5.13 to 5.15) are the end of one connection and of nothing else.
"""

import errno
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from faults import moments
from faults.fault import Outcome, Reading, Scene
from faults.gate.callers import (
    NOT_CALM,
    Interruptible,
    await_call,
    await_calm,
    mark_treated,
    of_connection,
    of_processes,
)
from faults.gate.calls import Kind
from faults.gate.gate import Gate
from faults.gate.gate_fault import GateFault
from faults.gate.rules import Armed, Errno, Hold, Rule
from faults.payloads import Content, Payload

A_LINE = Payload(Content.LINES, 24)


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
        return Kind(self.value.split()[0])

    @property
    def error(self) -> str:
        """The name of the error."""
        return self.value.split()[-1]


@dataclass(frozen=True)
class IoError(GateFault):
    """Let `count` calls in a row fail, from the `nth` on, while the client sends lines.

    Where its lines do not make a listener wait anew, a newcomer does.
    """

    name: ClassVar[str] = "io_errors"
    section: ClassVar[str] = "UNP 5.9"
    summary: ClassVar[str] = "read, write or poll fails: interrupted, or the connection is gone"
    calls: ClassVar[frozenset[Kind]] = frozenset(
        {Kind.READ, Kind.WRITE, Kind.WAIT, Kind.HANDLE_SIGNAL}
    )

    client: int
    failure: IoFailure
    nth: int
    count: int
    newcomer: int

    def at_gate(self, scene: Scene, gate: Gate) -> Outcome:
        """Arm the error, send lines until the call was met, and wait for it."""
        if not scene.is_open(self.client) or scene.handle is None:
            return Outcome.missed(f"c{self.client} was not connected")
        if not scene.wait(lambda: scene.accepted(self.client), "the client to be accepted"):
            return Outcome.missed(f"c{self.client} was not accepted")
        if not await_calm(scene, gate):
            return NOT_CALM
        rule, matches = self._rule(scene, gate)
        armed = gate.arm(rule)
        self._provoke(scene, gate, armed)
        if self.failure is IoFailure.READ_INTERRUPTED:
            self._interrupt_a_read(scene, gate, armed)
        gate.disarm()
        met = mark_treated(scene, armed, self.failure.error)
        if met:
            hurt = frozenset({self.client}) if self.failure.error != "EINTR" else frozenset()
            return Outcome.fired(f"{self.failure.value} x {met}", hurt)
        return self._why_not(scene, armed, matches)

    def _interrupt_a_read(self, scene: Scene, gate: Gate, armed: Armed) -> None:
        """Let more come while the read is held: the client must still get it after the EINTR."""
        if not gate.is_held(armed):
            return
        scene.send(self.client, A_LINE)
        scene.wait(lambda: moments.has_unread_input(scene, self.client), "the bytes to arrive")
        if self.count > 1:
            again = Rule(Kind.READ, armed.rule.matches, Errno(errno.EINTR), times=self.count - 1)
            gate.arm(again)
        gate.fail(armed, errno.EINTR)
        scene.wait(lambda: scene.is_satisfied(self.client), "the client to be served")

    def _provoke(self, scene: Scene, gate: Gate, armed: Armed) -> None:
        for _ in range(self.nth + self.count):
            if armed.is_done or not scene.is_open(self.client):
                break
            scene.send(self.client, A_LINE)
            self._await(scene, gate, armed, self.client)
        if self.failure.kind is Kind.WAIT and not armed.is_done and scene.may_open(self.newcomer):
            scene.open(self.newcomer, Reading.EAGER)
            self._await(scene, gate, armed, self.newcomer)

    def _why_not(self, scene: Scene, armed: Armed, matches: Interruptible) -> Outcome:
        kind = self.failure.kind.value
        if matches.others:
            return Outcome.impossible(
                f"no signal interrupts its {kind}: none is caught, or it polls"
            )
        if not armed.seen and scene.is_satisfied(self.client):
            return Outcome.impossible(f"it makes no call {kind} for c{self.client}")
        return Outcome.missed(f"{kind} was not called so often")

    def _await(self, scene: Scene, gate: Gate, armed: Armed, client: int) -> None:
        await_call(scene, gate, lambda: armed.is_done, (client,), self.failure.value)

    def _rule(self, scene: Scene, gate: Gate) -> tuple[Rule, Interruptible]:
        kind, handle = self.failure.kind, scene.handle
        if kind is Kind.WAIT and handle is not None:
            holders = handle.holders(scene.endpoint(self.client))
            calls = of_processes((*scene.listeners(), *holders))
        else:
            calls = of_connection(scene, self.client)
        matches = Interruptible(gate, calls)
        number = int(getattr(errno, self.failure.error))
        asked = matches if number == errno.EINTR else calls
        if self.failure is IoFailure.READ_INTERRUPTED:
            return Rule(kind, asked, Hold(), self.nth), matches
        deed = Errno(number, severs=number != errno.EINTR)
        return Rule(kind, asked, deed, self.nth, self.count), matches

    def __str__(self) -> str:
        times = f" {self.count} times" if self.count > 1 else ""
        when = f", from call {self.nth} on" if self.nth > 1 else ""
        return f"{self.failure.value}{times}{when}, while c{self.client} sends lines"
