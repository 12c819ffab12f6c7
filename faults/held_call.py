"""Something happens between two calls of the server: the next one is held meanwhile.

Between accept and fork the client may have gone (UNP 5.11), between read and write the worker may
be killed (UNP 5.12) or interrupted (UNP 5.9), and a child may end while its parent is on its way
from one call to another, where the handler of SIGCHLD runs as well.
"""

import signal
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import ClassVar

from faults import moments
from faults.fault import NO_WORKER, Outcome, Reading, Scene
from faults.gate.callers import (
    NOT_CALM,
    Matches,
    await_call,
    await_calm,
    of_connection,
    of_processes,
)
from faults.gate.calls import Kind
from faults.gate.gate import Gate
from faults.gate.gate_fault import GateFault
from faults.gate.kernel import process_of
from faults.gate.rules import Armed, Hold, Rule
from faults.payloads import Content, Payload
from faults.signal_slow_call import SignalName, harmless_signal

A_LINE = Payload(Content.LINES, 24)


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
    begins: ClassVar[bool] = True
    calls: ClassVar[frozenset[Kind]] = frozenset(
        {Kind.FORK, Kind.READ, Kind.WRITE, Kind.HANDLE_SIGNAL}
    )

    client: int
    other: int
    place: Place
    meanwhile: Meanwhile

    @property
    def stopping(self) -> frozenset[Kind]:
        """The kind of the call that is held."""
        return frozenset({self.place.kind, Kind.HANDLE_SIGNAL})

    def at_gate(self, scene: Scene, gate: Gate) -> Outcome:
        """Bring the server to the call, act while it waits there, and let it go on."""
        if not (scene.may_open(self.client) and scene.open(self.other, Reading.EAGER)):
            return Outcome.missed("the clients could not connect")
        scene.send(self.other, A_LINE)
        scene.wait(lambda: scene.accepted(self.other), "the other client to be accepted")
        if not await_calm(scene, gate):
            return NOT_CALM
        armed, forks = self._bring(scene, gate)
        if not gate.is_held(armed):
            if self.place is Place.FORK and gate.counts.get(Kind.FORK, 0) == forks:
                return Outcome.impossible("it makes no process or thread when a client comes")
            if self.place is not Place.FORK and not armed.seen and scene.accepted(self.client):
                return Outcome.impossible(f"it makes no call {self.place.kind.value} for a client")
            return Outcome.missed(f"no call was held {self.place.value}")
        refused = _DEEDS[self.meanwhile](self, scene, armed)
        scene.mark("goes on", _caller(armed))
        gate.release(armed)
        gate.disarm(armed)
        if refused is not None:
            return refused
        what = f"{armed.treated[0].name} was held: {self.meanwhile.value}"
        return Outcome.fired(what, self.ended)

    @property
    def ended(self) -> frozenset[int]:
        """The clients that it ends."""
        if self.meanwhile is Meanwhile.CHILD_ENDS:
            return frozenset({self.other})
        return frozenset({self.client}) if self.meanwhile in ENDS_CLIENT else frozenset()

    def _bring(self, scene: Scene, gate: Gate) -> tuple[Armed, int]:
        forks = gate.counts.get(Kind.FORK, 0)
        if self.place is Place.FORK:
            armed = self._arm(gate, of_processes(scene.listeners()))
            scene.open(self.client, Reading.EAGER)
        elif scene.open(self.client, Reading.EAGER):
            armed = self._arm(gate, of_connection(scene, self.client))
            scene.send(self.client, A_LINE)
        else:
            return self._arm(gate, lambda _: False), forks
        if await_call(
            scene,
            gate,
            lambda: gate.is_held(armed),
            (self.client,),
            f"a call {self.place.value}",
        ):
            scene.mark(f"{armed.treated[0].name}: held", _caller(armed))
        return armed, forks

    def _arm(self, gate: Gate, matches: Matches) -> Armed:
        return gate.arm(Rule(self.place.kind, matches, Hold()))

    def __str__(self) -> str:
        return (
            f"open c{self.client} beside c{self.other}; {self.place.value}, {self.meanwhile.value}"
        )


Deed = Callable[[HeldCall, Scene, Armed], Outcome | None]


def _reset(fault: HeldCall, scene: Scene, armed: Armed) -> Outcome | None:
    del armed
    scene.reset(fault.client)
    return None


def _close(fault: HeldCall, scene: Scene, armed: Armed) -> Outcome | None:
    del armed
    scene.close(fault.client)
    return None


def _send(fault: HeldCall, scene: Scene, armed: Armed) -> Outcome | None:
    del armed
    scene.send(fault.client, A_LINE)
    return None


def _kill(fault: HeldCall, scene: Scene, armed: Armed) -> Outcome | None:
    workers = scene.workers(fault.client)
    if scene.handle is None or _caller(armed) not in {one.identity.pid for one in workers}:
        return NO_WORKER
    for worker in workers:
        scene.mark("SIGKILL", worker.identity.pid)
        scene.handle.signal(worker.identity, signal.SIGKILL)
    ended = scene.wait(
        lambda: all(moments.has_ended(worker.identity) for worker in workers), "the worker to die"
    )
    if ended:
        moments.mark_ended(scene, (worker.identity for worker in workers))
    return None if ended else Outcome.missed("the worker did not die", frozenset({fault.client}))


def _signal(fault: HeldCall, scene: Scene, armed: Armed) -> Outcome | None:
    del fault
    process = next(
        (
            p
            for p in (scene.handle.tree() if scene.handle else ())
            if p.identity.pid == _caller(armed)
        ),
        None,
    )
    number = harmless_signal(process, SignalName.CAUGHT) if process else None
    if process is None or number is None or scene.handle is None:
        return Outcome.impossible("no signal is caught that could be sent without harm")
    scene.mark(number.name, process.identity.pid)
    scene.handle.signal(process.identity, number)
    return None


def _child_ends(fault: HeldCall, scene: Scene, armed: Armed) -> Outcome | None:
    del armed
    workers = scene.workers(fault.other)
    if not workers:
        return NO_WORKER
    scene.close(fault.other)
    ended = scene.wait(
        lambda: all(moments.has_ended(worker.identity) for worker in workers), "the worker to end"
    )
    if not ended:
        return Outcome.missed("the other worker did not end", frozenset({fault.other}))
    moments.mark_ended(scene, (worker.identity for worker in workers))
    return None


_DEEDS: dict[Meanwhile, Deed] = {
    Meanwhile.RESET: _reset,
    Meanwhile.CLOSE: _close,
    Meanwhile.SEND: _send,
    Meanwhile.KILL: _kill,
    Meanwhile.SIGNAL: _signal,
    Meanwhile.CHILD_ENDS: _child_ends,
}


def _caller(armed: Armed) -> int:
    """Return the process whose call is held, 0 when it has gone."""
    return (process_of(armed.treated[0].thread) if armed.treated else None) or 0
