"""Any call of a plain exchange fails, with an error that is lawful there: once, or for good.

The call is named by who makes it, by its name, by what it is about and by its number, counted from
the connect of one client, whose line is echoed and who half-closes. What an error of one connection
leaves behind is what the kernel would leave: that connection is over.

A call that fails once may cost its client the connection and nothing else. One that fails for good
may cost more: a listener that ends because it cannot go on is right. It must not compute without
end, send wrong bytes or leave zombies; and where a worker's call fails for good, the listener and
the other clients must not suffer.
"""

from dataclasses import dataclass, field
from typing import ClassVar

from faults.fault import NAMES_CLIENTS, FaultOutcome
from faults.gate.callers import NOT_CALM, await_calm, gate_of, mark_handled
from faults.gate.calls import Kind, kind_named
from faults.gate.gate import Gate
from faults.gate.gate_fault import GateFault
from faults.gate.kernel import process_of
from faults.gate.lawful_errors import (
    ENDS_THE_CONNECTION,
    KINDS,
    LOSES_THE_CONNECTION,
    About,
    CallErrno,
    points_of,
)
from faults.gate.rules import ArmedRule, Errno, LoseConnection, Rule
from faults.server.exchange import Caller, CallKey, exchange, keys_of, waits_for_another
from faults.server_context import ServerContext
from target import processes

WITHOUT_A_PAUSE = 1000
"""With so many failures, and no pause between any two of them, a program computes without end."""

PAUSES = 3
"""A program that was seen asleep so often between its attempts gives others time."""

ALWAYS = 1 << 30
"""More calls than any target makes while the rule is armed."""

OF_A_WORKER = frozenset(
    {"no_spin", "exact_echo", "no_zombies", "listener_survives", "isolation"},
)
"""The invariants that a worker must hold of whose calls one fails for good."""

OF_A_LISTENER = frozenset({"no_spin", "exact_echo", "no_zombies"})
"""Those that a listener must hold of whose calls one fails for good."""


@dataclass
class Pauses:
    """Follows a thread whose call fails again and again: whether it sleeps in another call."""

    armed: ArmedRule
    call: str
    seen: int = 0

    def were_seen(self) -> bool:
        """Look once; return whether it was seen asleep between its attempts often enough."""
        pid = process_of(self.armed.handled[-1].thread) or 0
        asleep = (one.wait for one in processes.threads_of(pid) if one.sleeps)
        self.seen += any(wait is not None and wait.call != self.call for wait in asleep)
        return self.seen >= PAUSES


@dataclass(frozen=True)
class FailCall(GateFault):
    """Let a call fail while a client connects, sends a line and half-closes.

    It is the `nth` of these of the caller; `for_good`: all from then on fail as well.
    """

    name: ClassVar[str] = "failed_calls"
    section: ClassVar[str] = "errno(3)"
    summary: ClassVar[str] = "any call of a plain exchange fails, once or for good (--sweep)"
    brings_clients: ClassVar[bool] = True
    calls: ClassVar[frozenset[Kind]] = KINDS

    client: int = field(metadata=NAMES_CLIENTS)
    caller: Caller
    call: str
    about: About
    nth: int
    error: CallErrno
    for_good: bool
    newcomer: int = field(metadata=NAMES_CLIENTS)

    @property
    def stopping(self) -> frozenset[Kind]:
        """The kind of the call."""
        kind = kind_named(self.call)
        return frozenset() if kind is None else frozenset({kind})

    @property
    def cause(self) -> str:
        """What a violation after it comes from: violations with the same cause are one finding."""
        return f"{self.call} of the {self.caller.value} failed"

    @property
    def judged_for(self) -> frozenset[str] | None:
        """The invariants that must hold after it, None for all."""
        if not self.for_good:
            return None
        return OF_A_LISTENER if self.caller is Caller.LISTENER else OF_A_WORKER

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Make it happen, where this machine has such a call and a gate for it."""
        kind = kind_named(self.call)
        if kind is None:
            return FaultOutcome.impossible(f"no call {self.call} stops at the gate of this machine")
        if (self.error, self.for_good) not in points_of(kind, self.call, self.about):
            return FaultOutcome.impossible(f"{self.call} never reports {self.error.value} so")
        gate = gate_of(context, *self.stopping)
        return gate if isinstance(gate, FaultOutcome) else self.at_gate(context, gate)

    def at_gate(self, context: ServerContext, gate: Gate) -> FaultOutcome:
        """Arm the error, make the exchange, and disarm it once the server rests."""
        kind = kind_named(self.call)
        if kind is None or not await_calm(context, gate):
            return NOT_CALM
        wanted, key = CallKey(self.caller, self.call, self.about), keys_of(context)
        times = ALWAYS if self.for_good else 1
        rule = Rule(kind, lambda call: key(call) == wanted, self._action, self.nth, times)
        armed = gate.arm(rule)
        connected = exchange(context, gate, self.client, armed, self.newcomer)
        if waits_for_another(armed):
            # A call that is held keeps the server from resting.
            gate.disarm(armed)
        self._see_what_it_does(context, armed)
        gate.disarm(armed)
        return self._outcome(context, armed, connected=connected)

    def _see_what_it_does(self, context: ServerContext, armed: ArmedRule) -> None:
        """See it rest; where it calls again and again, see whether it pauses in between."""
        if not armed.is_repeated:
            context.see_it_rest()
            return
        pauses = Pauses(armed, self.call)
        context.wait(lambda: pauses.were_seen() or len(armed.handled) >= WITHOUT_A_PAUSE)
        if pauses.were_seen():
            return
        calls = len(armed.handled)
        if calls < WITHOUT_A_PAUSE:
            context.see_it_rest()
            return
        thread = armed.handled[-1].thread
        context.note_spin(
            f"{process_of(thread) or thread} called {self.call} {WITHOUT_A_PAUSE} times without a "
            f"pause, though it failed with {self.error.value} each time"
        )

    @property
    def _action(self) -> Errno | LoseConnection:
        number = self.error.number
        if self.about is About.LISTENING and self.error in LOSES_THE_CONNECTION:
            return LoseConnection(number)
        return Errno(number, severs=self.error in ENDS_THE_CONNECTION)

    def _outcome(
        self, context: ServerContext, armed: ArmedRule, *, connected: bool
    ) -> FaultOutcome:
        met = mark_handled(context, armed, self.error.value) if not self.for_good else 0
        met = met or len(armed.handled)
        if not connected and not met:
            return FaultOutcome.missed(f"c{self.client} could not connect")
        if not met:
            return FaultOutcome.missed(f"{self.call} was called {armed.seen} times")
        if self.for_good:
            context.mark(f"{self.call}: {self.error.value}, each time")
        context.wait(lambda: not context.accepted(self.client))
        of_the_listener = self.caller is Caller.LISTENER
        others = range(1, self.client) if self.for_good and of_the_listener else ()
        disturbed = frozenset({self.client, self.newcomer, *others})
        return FaultOutcome.fired(f"{self.call} failed with {self.error.value} x {met}", disturbed)

    def __str__(self) -> str:
        number = f" number {self.nth}" if self.nth > 1 else ""
        how = "for good " if self.for_good else ""
        return (
            f"{self.call}{number} of the {self.caller.value}, about {self.about.value}, fails "
            f"{how}with {self.error.value}, while c{self.client} has a line echoed"
        )
