"""The rehearsal: which of the signals that a client catches are no order to it, and its names.

Each is sent once to a fresh client that waits for input, and twice to another. The same processes
must go on, with the same descriptors and threads, and all that the client owes must come: then the
signal is no order, and may be sent at any other moment. A client that ends may have obeyed: it is
left alone.

Whether it takes a name for the server's address is tried with one that has this address alone: a
client that does not connect then cannot be blamed for a name that has two.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import ClassVar

from faults.client.connecting import BY_NAME, HinderConnect
from faults.client.signals import REPORTING, ClientCall, ClientSignal, SignalClient
from faults.client_context import Addresses, ClientContext
from faults.fault import Fault, FaultOutcome, Status
from faults.harmless_signals import Harmless, SignalName, number_of
from faults.payloads import A_LINE
from properties.client.steps import Answer, Type
from properties.model.events import Injected
from properties.model.learnt import Rehearsed
from properties.model.settings import SignalChoice
from properties.model.steps import Inject, Workload
from properties.model.trial import Trial
from target import processes
from target.processes import Identity

REHEARSED = (ClientSignal.USR1, ClientSignal.USR2)
"""Those that a program gives a meaning of its own. SIGHUP says that the terminal has gone: it asks
a client to end (signal(7))."""

Run = Callable[[Workload, Harmless], Trial]
"""Runs a workload on a fresh client and judges it."""

ECHOED: Workload = (Type(A_LINE), Answer())

State = tuple[tuple[Identity, int, dict[int, str]], ...]
"""For each process of a client its threads and its descriptors."""


@dataclass(frozen=True)
class _Look(Fault[ClientContext]):
    """Note what an idle client has; does nothing to it."""

    name: ClassVar[str] = "look"
    section: ClassVar[str] = ""
    summary: ClassVar[str] = "a look at an idle client"

    seen: list[State] = field(default_factory=list)

    def apply(self, context: ClientContext) -> FaultOutcome:
        """Wait until the client waits for input, and look."""
        if not context.wait(context.is_idle):
            return FaultOutcome.missed("the client did not wait for input")
        self.seen.append(
            tuple(
                (one.identity, one.threads, processes.descriptors_of(one.identity.pid))
                for one in context.processes()
            )
        )
        return FaultOutcome.impossible("a look does nothing")

    def __str__(self) -> str:
        return "look at the client"


def rehearse(run: Run, choice: SignalChoice) -> Rehearsed:
    """Try the signals that a client catches, each on a fresh one. Raises TargetError."""
    said = {*choice.more, *choice.fewer}
    names = [one for one in REHEARSED if number_of(SignalName(one.value)) not in said]
    sent = tuple(Inject(SignalClient(ClientCall.INPUT, one, 1)) for one in names)
    if not names or not _was_sent(run((*ECHOED, *sent), _allowing(*names))):
        return Rehearsed()
    found = {}
    for one in names:
        effect = _effect_of(one, run)
        if effect is not None:
            found[number_of(SignalName(one.value))] = effect
    return Rehearsed(
        tuple(number for number, effect in found.items() if not effect),
        tuple((number, effect) for number, effect in found.items() if effect),
    )


@dataclass(frozen=True)
class _StartByName(Fault[ClientContext]):
    """Give the client a name that has the server's address alone."""

    name: ClassVar[str] = "name"
    section: ClassVar[str] = ""
    summary: ClassVar[str] = "a name with one address"

    def apply(self, context: ClientContext) -> FaultOutcome:
        """Start the client, and see whether it connects."""
        if why_not := context.start_by_name(Addresses.LIVE):
            return FaultOutcome.impossible(why_not)
        if not context.meet():
            return FaultOutcome.missed(NO_NAMES)
        return FaultOutcome.fired("it takes a name")

    def __str__(self) -> str:
        return "give the client a name"


NO_NAMES = "it takes no names: it did not connect to one that has the server's address alone"


def needs_a_name(workload: Workload) -> bool:
    """Return whether a client is given a name for the server's address in a workload."""
    faults = (step.fault for step in workload if isinstance(step, Inject))
    return any(isinstance(one, HinderConnect) and one.hindrance in BY_NAME for one in faults)


def why_it_takes_no_names(run: Run) -> str:
    """Try whether a client takes a name; return why not, "" where it does. Raises TargetError."""
    trial = run((Inject(_StartByName()),), harmless_after(None, SignalChoice()))
    status, words = trial.fault_status()
    return "" if status is Status.FIRED else words


def harmless_after(rehearsed: Rehearsed | None, choice: SignalChoice) -> Harmless:
    """Return which signals may be sent: by convention, as rehearsed, and as the user says."""
    tried = rehearsed.harmless if rehearsed else ()
    return Harmless(REPORTING, (*tried, *choice.more), frozenset(choice.fewer))


def _allowing(*names: ClientSignal) -> Harmless:
    return Harmless(REPORTING, tuple(number_of(SignalName(one.value)) for one in names))


def _was_sent(trial: Trial) -> bool:
    return any(event.status is Status.FIRED for event in trial.history.of(Injected))


def _effect_of(name: ClientSignal, run: Run) -> str | None:
    """Return what a signal does, in words: "" for nothing, None where it is not caught."""
    once = _effect_of_so_many(name, 1, run)
    return once if once != "" else _effect_of_so_many(name, 2, run)


def _effect_of_so_many(name: ClientSignal, count: int, run: Run) -> str | None:
    look = _Look()
    sent = Inject(SignalClient(ClientCall.INPUT, name, count))
    trial = run((*ECHOED, Inject(look), sent, Inject(look), *ECHOED), _allowing(name))
    if not _was_sent(trial):
        return None
    if len(look.seen) < 2 or not look.seen[1]:
        return "it waited for input no more"
    if look.seen[0] != look.seen[1]:
        return "it had other processes, descriptors or threads"
    return "" if trial.is_healthy else "it served its user no more as before"
