"""The calls of the server go on one at a time, in an order that is chosen.

Races between processes happen at system calls (UNP 5.9, 5.11, 16.6, 20.5). All calls that matter
are held, and of those that could go on, the server's and our clients', one does at a time: that of
the actor with the highest priority. At a change point it falls behind all others (PCT,
`faults.scheduling.priorities`). Priorities and change points are fields, so that an order that
shows a mistake can be made again, and shrinks to the switches that matter.

What a thread does between two calls is not seen: two threads that write the same memory there race
as they like. Nor are io_uring and splice(2), which pass the gate.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import ClassVar

from faults.fault import MAY_BE_EMPTY, NAMES_CLIENTS, FaultOutcome
from faults.gate.callers import NOT_CALM, are_quiet, gate_of, living
from faults.gate.calls import Kind
from faults.gate.gate import Gate
from faults.gate.gate_fault import GateFault
from faults.scheduling.actors import Actors
from faults.scheduling.deeds import WORDS, Deed, Sign, What
from faults.scheduling.priorities import SERVER
from faults.scheduling.processor import on_one_processor
from faults.scheduling.scheduler import SIGNAL, Scheduler
from faults.scheduling.trace import Place, Trace
from faults.server_context import NO_PROCESS, ServerContext
from target.handle import Handle

HELD = frozenset(
    {
        *(Kind.ACCEPT, Kind.FORK, Kind.READ, Kind.WRITE, Kind.WAIT, Kind.CLOSE),
        *(Kind.REAP, Kind.PAUSE, Kind.EXIT, Kind.SEND_SIGNAL, Kind.SHUTDOWN),
        *(Kind.OPEN_FILE, Kind.FILE_NAME),
    }
)
"""The kinds of calls that are held: those by which processes and threads meet."""


@dataclass(frozen=True)
class Schedule(GateFault):
    """Hold all calls of the server that matter, and let one thread at a time go on.

    `order`: the actors, the highest priority first; those that are not named come after them, in
    the order in which they appear, our clients first. `changes`: places at which an actor falls
    behind all others. `sequence`: places that go on in this order. `held`: the kinds that are held,
    all of HELD if there are none here.
    """

    name: ClassVar[str] = "schedules"
    section: ClassVar[str] = "UNP 20.5"
    summary: ClassVar[str] = "its calls go on one at a time, in a chosen order"
    brings_clients: ClassVar[bool] = True
    uses_signals: ClassVar[bool] = True
    decides_order: ClassVar[bool] = True
    calls: ClassVar[frozenset[Kind]] = HELD

    deeds: tuple[Deed, ...] = field(metadata=NAMES_CLIENTS)
    signs: tuple[Sign, ...] = field(default=(), metadata=MAY_BE_EMPTY)
    order: tuple[str, ...] = field(default=(), metadata=MAY_BE_EMPTY)
    changes: tuple[Place, ...] = field(default=(), metadata=MAY_BE_EMPTY)
    sequence: tuple[Place, ...] = field(default=(), metadata=MAY_BE_EMPTY)
    held: tuple[Kind, ...] = ()

    @property
    def stopping(self) -> frozenset[Kind]:
        """The kinds of calls that are held."""
        return frozenset(self.held) & HELD or HELD

    def at_gate(self, context: ServerContext, gate: Gate) -> FaultOutcome:
        """Hold all calls, let them go on in turn until nothing is left, and hold no more."""
        if context.handle is None:
            return NO_PROCESS
        trace = self.run(context, gate, context.handle)
        if trace is None:
            return NOT_CALM
        context.scheduling.record(trace)
        if trace.released:
            return FaultOutcome.missed(f"all were let go on: {trace.released}", self._disturbed)
        return FaultOutcome.fired(_in_words(len(trace.turns), trace.unmet), self._disturbed)

    def run(self, context: ServerContext, gate: Gate, handle: Handle) -> Trace | None:
        """Return what went on, in which order; None where the server did not come to rest first."""
        if not context.wait(lambda: are_quiet(gate, lambda: living(context))):
            return None
        listeners = {process.identity for process in context.listeners()}
        actors = Actors(handle, listeners)
        queue = gate.open_queue(self.stopping)
        try:
            with on_one_processor(handle):
                return Scheduler(self, context, gate, queue, actors).run()
        finally:
            queue.close()

    @property
    def our_actors(self) -> tuple[str, ...]:
        """The actors that are ours: the clients, and what sends signals."""
        clients = dict.fromkeys(deed.actor for deed in self.deeds)
        return (*clients, *((SIGNAL,) if self.signs else ()))

    @property
    def _disturbed(self) -> frozenset[int]:
        return frozenset(deed.client for deed in self.deeds if deed.what is What.KILL)

    def __str__(self) -> str:
        return "; ".join(self._lines())

    def _lines(self) -> Iterator[str]:
        by_client = attrgetter("client")
        for client, deeds in groupby(sorted(self.deeds, key=by_client), key=by_client):
            yield f"c{client} {', '.join(WORDS[deed.what] for deed in deeds)}"
        if self.signs:
            signals = "signal" if len(self.signs) == 1 else "signals"
            yield f"the listener gets {len(self.signs)} caught {signals}"
        first = f" by priority {', '.join(self.order)}, others" if self.order else ""
        yield f"one call at a time goes on{first}"
        if self.sequence:
            yield f"in this order: {', then '.join(map(str, self.sequence))}"
        for place in self.changes:
            yield f"{place.actor} waits for all others before {place.call} number {place.nth}"


def exchange_in_turns(context: ServerContext, client: int) -> str:
    """Let a new client connect, send a line and half-close, and the server do what it will do.

    One call at a time goes on, the server's first: what is left afterwards is the same each time,
    also in a pool whose processes race for the client. Does nothing without a gate for that.
    Return why all had to be let go on, in words; empty where that was not so.
    """
    gate = gate_of(context, *HELD)
    if not isinstance(gate, Gate) or context.handle is None:
        return ""
    deeds = tuple(Deed(client, what) for what in (What.CONNECT, What.SEND, What.HALF_CLOSE))
    try:
        trace = Schedule(deeds, order=(SERVER,)).run(context, gate, context.handle)
    except (OSError, LookupError, ValueError) as error:
        return f"it broke off: {error}"
    return trace.released if trace else ""


def _in_words(turns: int, unmet: tuple[Place, ...]) -> str:
    missing = f", not met: {', '.join(map(str, unmet))}" if unmet else ""
    return f"{turns} calls and actions went on one at a time{missing}"
