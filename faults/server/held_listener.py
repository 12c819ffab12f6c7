"""Something happens while the listener is about to make a call.

A signal handler may run between any two calls of the listener: while it holds the lock of its log,
or just before it goes to sleep, when what the handler announces is slept through (the lost wake-up
that pselect() was made for, UNP 20.5). Another process of a pool may take the connection that was
announced to this one (UNP 16.6), and a client may come while a second thread holds a lock that
fork() copies (fork(2)).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, FaultOutcome, Reading
from faults.freezing import frozen
from faults.gate.callers import (
    are_quiet,
    await_call,
    is_calm,
    living,
    moves_bytes_of_a_client,
    of_processes,
)
from faults.gate.calls import SLEEPING, Kind
from faults.gate.gate import Gate
from faults.gate.gate_fault import GateFault
from faults.gate.held import (
    await_end,
    caller_of,
    have_ended,
    interrupt,
    is_about_to_handle,
    let_go,
    serve_beside,
    thread_of,
)
from faults.gate.kernel import Call
from faults.gate.rules import ArmedRule, Hold, Rule
from faults.payloads import A_LINE
from faults.server_context import NO_WORKER, ServerContext
from target.processes import Process


class ListenerCall(Enum):
    """Which call of the listener is held."""

    ACCEPT = "accept"
    WAIT = "poll"
    READ = "read"
    """Of anything but a client's connection: a pipe that its signal handler writes to."""
    WRITE = "write"
    """To anything but a client's connection: its log."""
    CLOSE = "close"
    LOCK = "futex"
    REAP = "wait"

    @property
    def kind(self) -> Kind:
        """The kind of the call that is held."""
        return Kind[self.name]


class ListenerEvent(Enum):
    """What happens while the call is held."""

    CHILD_ENDS = "a worker ends"
    SIGNAL = "it gets a caught signal"
    CLIENT_COMES = "a client comes"
    """The call is one that it makes when a worker has ended."""
    TAKEN = "another process takes the connection"


_WHEN_A_WORKER_HAS_ENDED = (
    ListenerCall.READ,
    ListenerCall.WRITE,
    ListenerCall.CLOSE,
    ListenerCall.REAP,
)

HELD = tuple(call for call in ListenerCall if call is not ListenerCall.LOCK)
"""The calls that are held. One for a lock is not: see `NO_LOCKS`."""

NO_LOCKS = FaultOutcome.impossible(
    "calls for a lock are not held: a signal that interrupts one at the gate ends some programs"
)
"""With several threads it may return what the C library does not expect: then it aborts."""

CALLS: dict[ListenerEvent, tuple[ListenerCall, ...]] = {
    ListenerEvent.CHILD_ENDS: HELD,
    ListenerEvent.SIGNAL: HELD,
    ListenerEvent.CLIENT_COMES: _WHEN_A_WORKER_HAS_ENDED,
    ListenerEvent.TAKEN: (ListenerCall.ACCEPT,),
}
"""The calls during which each may happen."""


@dataclass(frozen=True)
class HeldListener(GateFault):
    """Hold a call that the listener makes when a client comes, act, and let it go on.

    A signal that is pending then is handled just before a call that may sleep. That is only done
    where all other threads of the process block it: one of them may have taken it otherwise.
    """

    name: ClassVar[str] = "held_listener"
    section: ClassVar[str] = "UNP 20.5"
    summary: ClassVar[str] = "a child ends, or a signal comes, at any call of the listener"
    brings_clients: ClassVar[bool] = True
    calls: ClassVar[frozenset[Kind]] = frozenset(one.kind for one in HELD)

    client: int = field(metadata=NAMES_CLIENTS)
    other: int = field(metadata=NAMES_CLIENTS)
    call: ListenerCall
    event: ListenerEvent

    @property
    def stopping(self) -> frozenset[Kind]:
        """The kind of the call that is held."""
        return frozenset({self.call.kind}) & self.calls

    @property
    def ended(self) -> frozenset[int]:
        """The clients whose connections it ends."""
        ends = self.event in (ListenerEvent.CHILD_ENDS, ListenerEvent.CLIENT_COMES)
        return frozenset({self.other}) if ends else frozenset()

    def at_gate(self, context: ServerContext, gate: Gate) -> FaultOutcome:
        """Bring the listener to the call, act while it waits there, and let it go on."""
        if self.call is ListenerCall.LOCK:
            return NO_LOCKS
        # What is left to do for an earlier client would be held in the place of what comes now.
        context.wait(lambda: are_quiet(gate, lambda: living(context)))
        if refused := serve_beside(context, gate, self.client, self.other):
            return refused
        return _EVENTS[self.event](self, context, gate)

    def arm(self, context: ServerContext, gate: Gate, *found: Process) -> ArmedRule:
        """Hold the next call of these processes, of the listener if none are given."""
        from_these = of_processes(found or context.listeners())

        def matches(call: Call) -> bool:
            return from_these(call) and not moves_bytes_of_a_client(call)

        return gate.arm(Rule(self.call.kind, matches, Hold()))

    def bring(self, context: ServerContext, gate: Gate) -> ArmedRule:
        """Let a client come; return the rule, which holds the call if the listener made it."""
        armed = self.arm(context, gate)
        context.open(self.client, Reading.EAGER)
        await_call(context, gate, lambda: gate.is_held(armed), (self.client,))
        return armed

    def fired(self, armed: ArmedRule, how: str) -> FaultOutcome:
        """Return the outcome of a call that was held."""
        what = f"{armed.handled[0].name} of the listener was held: {self.event.value}{how}"
        return FaultOutcome.fired(what, self.ended)

    def never_made(self, when: str) -> FaultOutcome:
        """Return the outcome where the listener makes no such call."""
        return FaultOutcome.impossible(f"its listener makes no call {self.call.value} when {when}")

    def __str__(self) -> str:
        return (
            f"open c{self.client} beside c{self.other}; "
            f"{self.event.value} while the listener is about to {_WORDS[self.call]}"
        )


_WORDS: dict[ListenerCall, str] = {
    ListenerCall.ACCEPT: "accept",
    ListenerCall.WAIT: "poll",
    ListenerCall.READ: "read from something else than a client",
    ListenerCall.WRITE: "write to something else than a client",
    ListenerCall.CLOSE: "close",
    ListenerCall.LOCK: "wait for a lock",
    ListenerCall.REAP: "wait for a child",
}


def _child_ends(fault: HeldListener, context: ServerContext, gate: Gate) -> FaultOutcome:
    workers = context.workers(fault.other)
    if not workers:
        return NO_WORKER
    armed = fault.bring(context, gate)
    if not gate.is_held(armed):
        return fault.never_made("a client comes")
    _mark(context, armed, "held")
    context.close(fault.other)
    if not await_end(context, workers):
        return FaultOutcome.missed("the worker did not end", fault.ended)
    outcome = fault.fired(armed, _go_on(fault, context, gate, armed))
    # What the handler announced may be slept through: the next child's end would hide it.
    context.see_it_reap()
    return outcome


def _signal(fault: HeldListener, context: ServerContext, gate: Gate) -> FaultOutcome:
    armed = fault.bring(context, gate)
    if not gate.is_held(armed):
        return fault.never_made("a client comes")
    _mark(context, armed, "held")
    if refused := interrupt(context, caller_of(armed)):
        gate.disarm(armed)
        return refused
    return fault.fired(armed, _go_on(fault, context, gate, armed))


def _client_comes(fault: HeldListener, context: ServerContext, gate: Gate) -> FaultOutcome:
    workers = context.workers(fault.other)
    if not workers:
        return NO_WORKER
    armed = fault.arm(context, gate)
    context.close(fault.other)
    context.wait(lambda: gate.is_held(armed) or (have_ended(workers) and is_calm(context, gate)))
    if not gate.is_held(armed):
        context.open(fault.client, Reading.EAGER)
        return fault.never_made("a worker ends")
    _mark(context, armed, "held")
    context.open(fault.client, Reading.EAGER)
    context.send(fault.client, A_LINE)
    # A second thread accepts it meanwhile; where there is none, the listener sleeps at the call.
    context.wait(lambda: context.is_satisfied(fault.client) or is_calm(context, gate))
    return fault.fired(armed, _go_on(fault, context, gate, armed))


def _taken(fault: HeldListener, context: ServerContext, gate: Gate) -> FaultOutcome:
    serving = conditions.of_a_pool(context, fault.other)
    # Two looks at one process are not equal: its state changes.
    ours = {one.identity for one in serving}
    others = tuple(one for one in context.listeners() if one.identity not in ours)
    if not serving or not others or context.handle is None:
        return FaultOutcome.impossible("no process of a pool serves one client and accepts others")
    armed = fault.arm(context, gate, *serving)
    # The others take nothing before the one that serves a client has woken up.
    with frozen(context, context.handle, others) as are_stopped:
        context.open(fault.client, Reading.EAGER)
        context.wait(lambda: gate.is_held(armed) or are_quiet(gate, lambda: serving))
    if not are_stopped:
        return FaultOutcome.missed("the other processes of the pool did not stop")
    if not gate.is_held(armed):
        return FaultOutcome.impossible("one that serves a client does not wake up for the next")
    _mark(context, armed, "held")
    if not context.wait(lambda: context.accepted(fault.client)):
        return FaultOutcome.missed("no other process took the connection")
    return fault.fired(armed, _go_on(fault, context, gate, armed))


_EVENTS: dict[ListenerEvent, Callable[[HeldListener, ServerContext, Gate], FaultOutcome]] = {
    ListenerEvent.CHILD_ENDS: _child_ends,
    ListenerEvent.SIGNAL: _signal,
    ListenerEvent.CLIENT_COMES: _client_comes,
    ListenerEvent.TAKEN: _taken,
}


def _go_on(fault: HeldListener, context: ServerContext, gate: Gate, armed: ArmedRule) -> str:
    """Let the call go on; return when a signal was handled, if that is known."""
    before = fault.call.kind in SLEEPING and is_about_to_handle(thread_of(armed))
    _mark(context, armed, "made after the handler has run" if before else "goes on")
    let_go(gate, armed, after_handler=before)
    return ", and the handler runs just before the call" if before else ""


def _mark(context: ServerContext, armed: ArmedRule, what: str) -> None:
    context.mark(f"{armed.handled[0].name}: {what}", caller_of(armed))
