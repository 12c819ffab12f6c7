"""Something happens between two calls of the server: the next one is held meanwhile.

Between accept and fork the client may have gone (UNP 5.11), between read and write the worker may
be killed (UNP 5.12) or interrupted (UNP 5.9), and a child may end while its parent is on its way
from one call to another, where the handler of SIGCHLD runs as well.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from faults.fault import NAMES_CLIENTS, FaultOutcome, Reading
from faults.gate.callers import (
    Matches,
    await_call,
    of_connection,
    of_processes,
)
from faults.gate.calls import Kind
from faults.gate.gate import Gate
from faults.gate.gate_fault import GateFault
from faults.gate.held import await_end, caller_of, interrupt, kill, serve_beside
from faults.gate.rules import ArmedRule, Hold, Rule
from faults.payloads import A_LINE
from faults.server_context import NO_WORKER, ServerContext


class Place(Enum):
    """Which call is held."""

    WRITE = "between read and write"
    FORK = "between accept and fork"
    READ = "before it reads"

    @property
    def kind(self) -> Kind:
        """The kind of the call that is held."""
        return Kind[self.name]


class Meanwhile(Enum):
    """What happens while the call is held."""

    RESET = "the client resets"
    CLOSE = "the client closes"
    SEND = "the client sends more"
    KILL = "the process is killed"
    SIGNAL = "the process gets a caught signal"
    CHILD_ENDS = "another worker ends"


ENDS_CLIENT = frozenset({Meanwhile.RESET, Meanwhile.CLOSE, Meanwhile.KILL})


@dataclass(frozen=True)
class HeldCall(GateFault):
    """Open two clients; hold a call that the server makes for the first, act, and let it go on."""

    name: ClassVar[str] = "held_calls"
    section: ClassVar[str] = "UNP 5.11"
    summary: ClassVar[str] = "reset, kill or signal between accept and fork, read and write"
    brings_clients: ClassVar[bool] = True
    calls: ClassVar[frozenset[Kind]] = frozenset(
        {Kind.FORK, Kind.READ, Kind.WRITE, Kind.HANDLE_SIGNAL}
    )

    client: int = field(metadata=NAMES_CLIENTS)
    other: int = field(metadata=NAMES_CLIENTS)
    place: Place
    meanwhile: Meanwhile

    @property
    def stopping(self) -> frozenset[Kind]:
        """The kind of the call that is held."""
        return frozenset({self.place.kind, Kind.HANDLE_SIGNAL})

    def at_gate(self, context: ServerContext, gate: Gate) -> FaultOutcome:
        """Bring the server to the call, act while it waits there, and let it go on."""
        if refused := serve_beside(context, gate, self.client, self.other):
            return refused
        armed, forks = self._bring(context, gate)
        if not gate.is_held(armed):
            if self.place is Place.FORK and gate.counts.get(Kind.FORK, 0) == forks:
                return FaultOutcome.impossible("it makes no process or thread when a client comes")
            if self.place is not Place.FORK and not armed.seen and context.accepted(self.client):
                return FaultOutcome.impossible(
                    f"it makes no call {self.place.kind.value} for a client"
                )
            return FaultOutcome.missed(f"no call was held {self.place.value}")
        refused = _ACTIONS[self.meanwhile](self, context, armed)
        context.mark("goes on", caller_of(armed))
        gate.release(armed)
        gate.disarm(armed)
        if refused is not None:
            return refused
        what = f"{armed.handled[0].name} was held: {self.meanwhile.value}"
        return FaultOutcome.fired(what, self.ended)

    @property
    def ended(self) -> frozenset[int]:
        """The clients whose connections it ends."""
        if self.meanwhile is Meanwhile.CHILD_ENDS:
            return frozenset({self.other})
        return frozenset({self.client}) if self.meanwhile in ENDS_CLIENT else frozenset()

    def _bring(self, context: ServerContext, gate: Gate) -> tuple[ArmedRule, int]:
        forks = gate.counts.get(Kind.FORK, 0)
        if self.place is Place.FORK:
            armed = self._arm(gate, of_processes(context.listeners()))
            context.open(self.client, Reading.EAGER)
        elif context.open(self.client, Reading.EAGER):
            armed = self._arm(gate, of_connection(context, self.client))
            context.send(self.client, A_LINE)
        else:
            return self._arm(gate, lambda _: False), forks
        if await_call(
            context,
            gate,
            lambda: gate.is_held(armed),
            (self.client,),
        ):
            context.mark(f"{armed.handled[0].name}: held", caller_of(armed))
        return armed, forks

    def _arm(self, gate: Gate, matches: Matches) -> ArmedRule:
        return gate.arm(Rule(self.place.kind, matches, Hold()))

    def __str__(self) -> str:
        return (
            f"open c{self.client} beside c{self.other}; {self.place.value}, {self.meanwhile.value}"
        )


Action = Callable[[HeldCall, ServerContext, ArmedRule], FaultOutcome | None]


def _reset(fault: HeldCall, context: ServerContext, armed: ArmedRule) -> FaultOutcome | None:
    del armed
    context.reset(fault.client)
    return None


def _close(fault: HeldCall, context: ServerContext, armed: ArmedRule) -> FaultOutcome | None:
    del armed
    context.close(fault.client)
    return None


def _send(fault: HeldCall, context: ServerContext, armed: ArmedRule) -> FaultOutcome | None:
    del armed
    context.send(fault.client, A_LINE)
    return None


def _kill(fault: HeldCall, context: ServerContext, armed: ArmedRule) -> FaultOutcome | None:
    workers = context.workers(fault.client)
    if context.handle is None or caller_of(armed) not in {one.identity.pid for one in workers}:
        return NO_WORKER
    kill(context, workers)
    if await_end(context, workers):
        return None
    return FaultOutcome.missed("the worker did not die", frozenset({fault.client}))


def _signal(fault: HeldCall, context: ServerContext, armed: ArmedRule) -> FaultOutcome | None:
    del fault
    return interrupt(context, caller_of(armed))


def _child_ends(fault: HeldCall, context: ServerContext, armed: ArmedRule) -> FaultOutcome | None:
    del armed
    workers = context.workers(fault.other)
    if not workers:
        return NO_WORKER
    context.close(fault.other)
    if await_end(context, workers):
        return None
    return FaultOutcome.missed("the other worker did not end", frozenset({fault.other}))


_ACTIONS: dict[Meanwhile, Action] = {
    Meanwhile.RESET: _reset,
    Meanwhile.CLOSE: _close,
    Meanwhile.SEND: _send,
    Meanwhile.KILL: _kill,
    Meanwhile.SIGNAL: _signal,
    Meanwhile.CHILD_ENDS: _child_ends,
}
