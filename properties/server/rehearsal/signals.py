"""The rehearsal: which of the signals that a server catches are no order to it.

Each is sent once to a fresh server that has nothing to do, and to the worker of an idle client, and
twice to another, for what comes with one may go with the next. The same processes must go on
serving, with the same listening sockets, descriptors and threads: Node.js opens its debugger's port
at a SIGUSR1, nginx ends its workers at a SIGWINCH.

A server that ends may have obeyed, or may have died of the EINTR that any signal with a handler
brings (UNP 5.9). So its calls are failed with EINTR while no signal is sent: where it ends in the
same way and with the same last words, the signal was no order. In doubt it is taken for one.
"""

from collections.abc import Callable
from dataclasses import dataclass

from faults.fault import Status
from faults.gate.calls import Kind
from faults.harmless_signals import (
    BY_CONVENTION,
    CATCHES_EVERYTHING,
    Harmless,
    SignalName,
    number_of,
)
from faults.payloads import A_LINE
from faults.server.accept_errors import AcceptErrno, AcceptError
from faults.server.io_errors import IoError, IoFailure
from faults.server.signals import SignalSlowCall, SlowCall
from properties.model.events import Injected
from properties.model.history import History
from properties.model.learnt import Rehearsed
from properties.model.settings import Rules, SignalChoice
from properties.model.steps import Inject, Workload, calls_held_for
from properties.model.trial import judged
from properties.server import resources
from properties.server.client_numbers import FIRST_EXCHANGE, LAST_EXCHANGE
from properties.server.events import ListenerEnded
from properties.server.instance import ServerInstance
from properties.server.interpreter import Interpreter
from properties.server.invariants.registry import INVARIANTS
from properties.server.resources import Possessions
from properties.server.steps import Open, Receive, Send
from target import process_status
from target.handle import Handle
from target.processes import Identity
from target.sockets import Endpoint

REHEARSED = (SignalName.HUP, SignalName.USR1, SignalName.USR2, SignalName.WINCH)
"""Those that a program gives a meaning of its own. SIGTERM, SIGINT and SIGQUIT stop by convention,
SIGALRM and its like say that a time is over that the program has set, and the rest report, stop or
tell of an error of the program itself (signal(7))."""

Start = Callable[[frozenset[Kind]], ServerInstance]
"""Returns a fresh server, whose calls of these kinds stop at a gate."""

TIMES = (1, 2)
"""How often a signal is sent, each time to a fresh server."""

ONE_MORE = 5
"""The number of a client that no step of a rehearsal has."""

SERVED: Workload = (Open(1), Send(1, A_LINE), Receive(1))
STILL_SERVED: Workload = (Send(1, A_LINE), Receive(1))
INTERRUPTED: Workload = (
    Inject(IoError(1, IoFailure.POLL_INTERRUPTED, 1, 1, 2)),
    Inject(AcceptError((3, 4), AcceptErrno.EINTR, 1)),
)
"""EINTR without a signal, wherever a listener waits."""


def candidates(server: ServerInstance, choice: SignalChoice) -> tuple[SignalName, ...]:
    """Return the signals that the listeners catch, and that must be tried to know what they do."""
    listeners = server.handle.listeners() if server.handle else ()
    masks = [process_status.signals_of(one.identity.pid) for one in listeners]
    caught = [one.caught for one in masks if one and len(one.caught) < CATCHES_EVERYTHING]
    said = {*choice.more, *choice.fewer}
    numbers = {number for one in caught for number in one} - said
    return tuple(name for name in REHEARSED if number_of(name) in numbers)


def rehearse(found: tuple[SignalName, ...], fresh: Start, rules: Rules) -> Rehearsed:
    """Try each of these signals on a fresh server. Raises TargetError when none can be started."""
    effects = {number_of(name): _effect_of(name, fresh, rules) for name in found}
    return Rehearsed(
        tuple(number for number, effect in effects.items() if not effect),
        tuple((number, effect) for number, effect in effects.items() if effect),
    )


def harmless_after(rehearsed: Rehearsed | None, choice: SignalChoice) -> Harmless:
    """Return which signals may be sent: by convention, as rehearsed, and as the user says."""
    tried = rehearsed.harmless if rehearsed else ()
    return Harmless(others=(*tried, *choice.more), never=frozenset(choice.fewer))


@dataclass(frozen=True)
class _State:
    """What must not change while nothing is asked of a server."""

    processes: frozenset[Identity]
    listening: frozenset[Endpoint]
    held: Possessions


@dataclass(frozen=True)
class _Tried:
    """What became of a server: what changed, in words ("" for nothing), and how it ended."""

    effect: str
    ended: ListenerEnded | None

    @property
    def last_words(self) -> tuple[str, str] | None:
        """How it ended, and the last line that it said; None where neither tells of a mistake."""
        if self.ended is None or self.ended.status == 0:
            return None
        said = [line.strip() for line in self.ended.output.splitlines() if line.strip()]
        if not said and self.ended.status is not None:
            return None
        return self.ended.ending, said[-1] if said else ""


def _effect_of(name: SignalName, fresh: Start, rules: Rules) -> str:
    """Return what the signal does to a server, in words; "" where it is no order."""
    harmless = Harmless(BY_CONVENTION.reporting, (number_of(name),))
    tried = _Tried("", None)
    for count in TIMES:
        if not tried.effect:
            sent = tuple(
                Inject(SignalSlowCall(1, call, name, count, volley=False))
                for call in (SlowCall.ACCEPT, SlowCall.READ)
            )
            tried = _try(fresh(frozenset()), harmless, sent, rules)
    if not tried.effect or tried.last_words is None:
        return tried.effect
    again = _try(fresh(calls_held_for(INTERRUPTED)), harmless, INTERRUPTED, rules)
    return "" if again.last_words == tried.last_words else tried.effect


def _try(server: ServerInstance, harmless: Harmless, steps: Workload, rules: Rules) -> _Tried:
    """Do this to a server with one idle client, and see whether anything has changed."""
    server.harmless = harmless
    history = History(processes_seen=True)
    interpreter = Interpreter(server, rules, history)
    try:
        interpreter.exchange(FIRST_EXCHANGE)
        interpreter.steps(SERVED)
        before = _state(server, history, rules)
        interpreter.steps(steps)
        after = _state(server, history, rules)
        interpreter.steps(STILL_SERVED)
        interpreter.finish()
        interpreter.exchange(LAST_EXCHANGE)
        # What is done once that one has left is seen by the next.
        interpreter.exchange(ONE_MORE)
    finally:
        interpreter.clear()
    ended = next(history.of(ListenerEnded), None)
    return _Tried(_change(before, after, ended, history), ended)


def _state(server: ServerInstance, history: History, rules: Rules) -> _State | None:
    handle, baseline = server.handle, server.baseline
    if handle is None or baseline is None:
        return None
    if not resources.take_idle(handle, history, baseline, rules.patience):
        return None
    return _state_of(handle)


def _state_of(handle: Handle) -> _State:
    members = frozenset(one.identity for one in handle.tree() if not one.is_zombie)
    listening = frozenset(one.local for one in handle.listening_sockets())
    return _State(members, listening, resources.possessions(members))


def _change(
    before: _State | None, after: _State | None, ended: ListenerEnded | None, history: History
) -> str:
    if ended is not None:
        return f"the listener {ended.ending}"
    if before is None or after is None:
        return "it did not come to rest"
    if before.listening != after.listening:
        return "it listened elsewhere"
    if before.processes != after.processes:
        return "it had other processes"
    if before.held != after.held:
        return "it had other descriptors or threads"
    if not any(event.status is Status.FIRED for event in history.of(Injected)):
        return "it could not be delivered"
    return "it served no more as before" if judged((), history, INVARIANTS).violated else ""
