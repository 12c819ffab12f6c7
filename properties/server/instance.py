"""The server under test as the interpreter sees it: a handle with its baseline, or an address."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from faults.gate.calls import Kind
from faults.gate.gate import Gate
from faults.gate.kernel import unavailable
from faults.harmless_signals import BY_CONVENTION, Harmless
from faults.wire.wire import Wire
from properties.model.learnt import Starts
from properties.model.steps import Workload, calls_held_for, inherited_for, needs_wire
from properties.server.pool import with_refills
from properties.server.resources import InitialResources, count_initial_resources
from target.chamber import Network
from target.command import Command
from target.errors import EndedError, GateError, TargetError
from target.handle import Handle
from target.inherited import NOTHING_UNUSUAL, Inherited
from target.pace import Pace
from target.ports import Reservation
from target.sockets import Endpoint
from target.start import start as start_target

NOT_NEEDED = "no fault of this workload needs one"
ENDS_AT_A_GATE = "where calls of it stop at a gate, it ends before it listens"
"""Such as a program that has itself told of calls: the kernel allows one who is (seccomp(2))."""

NOT_OURS = "a server known only by its address is on a network that is not ours"


TIMES_AS_LONG = 10
LEAST = 3.0
"""Seconds that an unusual start may take at least. Some servers never listen then, and compute for
ever: one whose listening socket got the number of standard input, and which closes that."""


@dataclass
class ServerInstance:
    """A running server. `handle` and `baseline` are None when only its address is known.

    `gate` is where its system calls stop; `why_no_gate` says why none do, in words.
    `reservation` holds its port, None for a server that we did not start. `is_new`: it has served
    no client yet, as far as we know. `timers_ran_out`: its timers have run out once while clients
    were silent, and no client was cut off; `outlasted`: these have, in words, while clients did not
    read, and no client was given up. `counted` are the
    clients that may have a place, where there are so many (`properties.server.clients.places`).
    `harmless`: which signals that it catches may be sent. `inherited` is what it was started with;
    `keeps_back`: why its accept queue does not show all connections, empty where it does, None
    where that was not asked yet; `why_started_as_usual`: why that is not what it was to inherit.
    `wire`: what its clients' segments pass, None where they are on its own host; `why_no_wire` says
    why.
    """

    endpoint: Endpoint
    handle: Handle | None = None
    baseline: InitialResources | None = None
    is_new: bool = True
    timers_ran_out: bool = False
    outlasted: set[str] = field(default_factory=set)
    counted: set[Endpoint] = field(default_factory=set)
    gate: Gate | None = None
    reservation: Reservation | None = None
    harmless: Harmless = BY_CONVENTION
    inherited: Inherited = NOTHING_UNUSUAL
    why_started_as_usual: str = ""
    why_no_gate: str = "a server known only by its address has no system calls to be held"
    keeps_back: str | None = None
    wire: Wire | None = None
    why_no_wire: str = NOT_OURS

    def settle_for(self, descriptors: int, threads: int) -> None:
        """Raise the baseline to what a pool or a cache now holds."""
        if self.baseline is not None:
            self.baseline = replace(
                self.baseline,
                descriptors=max(descriptors, self.baseline.descriptors),
                threads=max(threads, self.baseline.threads),
            )

    def take_in_refills(self) -> None:
        """Put the processes that have replaced others of a pool into the baseline."""
        if self.handle is not None and self.baseline is not None:
            self.baseline = with_refills(self.handle, self.baseline)

    def stop(self) -> None:
        """Stop it, if we started it. Idempotent."""
        if self.handle is not None:
            self.handle.stop()
        if self.gate is not None:
            self.gate.close()


def start(
    command: Command,
    host: str,
    reservation: Reservation,
    patience: float,
    kinds: frozenset[Kind] = frozenset(),
    pace: Pace | None = None,
    *,
    witness: bool = False,
    why_not_held: str = NOT_NEEDED,
) -> ServerInstance:
    """Start a server and count its resources before anything happens.

    Its calls of these kinds stop at a gate, where there can be one, and where it has a `witness`
    those that set timers. `why_not_held` says why no others do, and `pace` is what is known of its
    command. Raises TargetError when it does not start.
    """
    wanted = kinds or witness
    refusal = unavailable() if wanted else why_not_held
    gate = None if refusal else Gate(kinds)
    pace = pace or Pace()

    def begin(gate: Gate | None) -> Handle:
        # Not the patience of a rehearsal: how long a start takes has nothing to do with it.
        return start_target(command, host, reservation, gate=gate)

    try:
        started = _started(begin, gate, refusal, pace, patience)
    except (GateError, EndedError) as error:
        if gate is None:
            raise
        refusal = ENDS_AT_A_GATE
        if isinstance(error, GateError):
            refusal = f"a gate is denied here: {error}"
        started = _started(begin, None, refusal, pace, patience)
    started.reservation = reservation
    if gate is not None and started.gate is gate:
        started.why_no_gate = why_not_held
        gate.witness.begin()
    if started.handle is not None:
        started.handle.pace = pace
        started.handle.may_be_witnessed = not wanted and unavailable() is None
    return started


def _started(
    begin: Callable[[Gate | None], Handle],
    gate: Gate | None,
    refusal: str | None,
    pace: Pace,
    patience: float,
) -> ServerInstance:
    handle = None
    try:
        handle = begin(gate)
        if pace.spun_at_start:
            # Otherwise it may compute now for longer than it ever does later.
            handle.pace = pace
        baseline = count_initial_resources(handle, patience)
        pace.spun_at_start |= baseline.spins
    except BaseException:
        if handle is not None:
            handle.stop()
        if gate is not None:
            gate.close()
        raise
    handle.witness = gate.witness.watching(patience) if gate else None
    return ServerInstance(
        handle.endpoint,
        handle,
        baseline,
        gate=gate,
        why_no_gate=refusal or "there is one",
    )


@dataclass(frozen=True)
class Needs:
    """The kinds of calls that must stop at a gate, what the server must inherit, and a wire."""

    kinds: frozenset[Kind] = frozenset()
    inherited: Inherited = NOTHING_UNUSUAL
    wire: bool = False


NO_NEEDS = Needs()


def needs_of(workload: Workload, *, held: bool, network: Network = Network.HOST) -> Needs:
    """Return what a workload needs in a network; `held`: whether calls may be held."""
    kinds = calls_held_for(workload) if held else frozenset()
    over_wire = network is Network.WIRE or needs_wire(workload)
    return Needs(kinds, inherited_for(workload), over_wire)


Start = Callable[[Command], ServerInstance]


def start_with(
    inherited: Inherited, command: Command, start: Start, known: Starts
) -> ServerInstance:
    """Start a server that inherits this, or as usual where it does not start so, and say why.

    What was seen once not to start is not tried again.
    Raises TargetError where it does not start as usual either.
    """
    if inherited == NOTHING_UNUSUAL:
        return _as_usual(command, start, known)
    if inherited not in known.refused:
        if not known.longest:
            _as_usual(command, start, known).stop()
        try:
            started = _that_stays(start(_unusual(inherited, command, known)))
        except TargetError as error:
            known.refused[inherited] = str(error).splitlines()[0]
        else:
            started.inherited = inherited
            return started
    started = _as_usual(command, start, known)
    started.why_started_as_usual = known.refused[inherited]
    return started


def _as_usual(command: Command, start: Start, known: Starts) -> ServerInstance:
    began = time.monotonic()
    started = start(command)
    known.longest = max(known.longest, time.monotonic() - began)
    return started


def _unusual(inherited: Inherited, command: Command, known: Starts) -> Command:
    """Return the command with what it inherits, and no more time than its start needs."""
    surroundings = command.surroundings
    longest = surroundings.start_timeout
    if longest is None:
        longest = max(LEAST, TIMES_AS_LONG * known.longest)
    changed = replace(surroundings, inherited=inherited, start_timeout=longest)
    return replace(command, surroundings=changed)


def _that_stays(started: ServerInstance) -> ServerInstance:
    """Return a server that listens at rest. Raises TargetError for one that has ended already."""
    handle = started.handle
    if handle is None or (handle.listener_lives() and handle.listening_socket() is not None):
        return started
    ending, output = handle.ending_of(handle.root), handle.output()
    started.stop()
    raise TargetError(f"it ended as soon as it listened: {ending or 'it listens no more'}", output)
