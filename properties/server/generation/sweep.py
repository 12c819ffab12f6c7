"""The finite choices of a server's workloads: each fault's parameters.

Each is tried in its cheapest form: as few clients as it needs, and one more that was served.
"""

from collections.abc import Callable
from itertools import chain, product

from faults.fault import Fault, Reading
from faults.harmless_signals import SignalName
from faults.payloads import A_LINE, MAXLINE, Content, Payload, size
from faults.server.aborted_connections import AbortPending, Order
from faults.server.accept_errors import SCARCE, AcceptErrno, AcceptError
from faults.server.disconnect_burst import DisconnectBurst, Manner
from faults.server.eof_races import ROOM_UNREAD, EofRace, Race
from faults.server.flooding_client import FloodingClient
from faults.server.fork_errors import ForkErrno, ForkError
from faults.server.freeze import Freeze
from faults.server.held_calls import HeldCall, Meanwhile, Place
from faults.server.held_listener import CALLS, HeldListener, ListenerCall
from faults.server.inherited import Inheritance, StartedWith
from faults.server.io_errors import IoError, IoFailure
from faults.server.killed_children import OF_A_POOL, KillMoment, KillSignal, KillWorker
from faults.server.many_clients import ManyClients
from faults.server.scarce_descriptors import ScarceDescriptors
from faults.server.schedules import Schedule
from faults.server.short_counts import ShortCall, ShortCount
from faults.server.signals import SignalSlowCall, SlowCall
from faults.server.stops import StopMoment, StopServer, StopSignal, StopTo
from faults.server.urgent_data import Neighbours, UrgentData
from faults.server_context import ServerContext
from properties.model.steps import Inject
from properties.model.sweep import Choice
from properties.server.generation.shapes import around, served
from properties.server.generation.traffic import BLOCKING, Choices
from properties.server.generation.wire_faults import WIRE_SWEEPS
from properties.server.schedules.scenes import SCENES
from properties.server.steps import Close, Open, Receive, Reset, Send

OFTEN_INHERITED = (Inheritance.NO_STREAMS, Inheritance.OUTPUT_GONE, Inheritance.CHLD_IGNORED)

LONGER = Payload(Content.LETTERS, MAXLINE + 1)

_ALL_BUT_512 = Payload(Content.LETTERS, MAXLINE - 512)
_A_SEGMENT = Payload(Content.LETTERS, 1024)

MORE_THAN_AT_ONCE = Payload(Content.LETTERS, ROOM_UNREAD)
"""All that waits for a server that is frozen, and more than it can write before the first answer to
it is there (RFC 6928; tcp_wmem)."""


def _freeze() -> Choices:
    yield Choice("stops", "listener", around(Freeze(), 1), matters=True)


def _signals() -> Choices:
    for call, name in product(SlowCall, SignalName):
        if call is SlowCall.WRITE and name not in (SignalName.CAUGHT, SignalName.CHLD):
            # Eight megabytes each: what a write does is seen with two.
            continue
        fault = SignalSlowCall(1, call, name, 1, volley=False)
        value = f"{name.value}, {call.value}"
        yield Choice("signals", value, around(fault, 1), matters=name is SignalName.CAUGHT)
    for call in SlowCall:
        # The first signal may only cut a write short: EINTR is for one that has written nothing.
        fault = SignalSlowCall(1, call, SignalName.CAUGHT, 20, volley=call is not SlowCall.WRITE)
        yield Choice("signals", f"20 caught, {call.value}", around(fault, 1))


def _bursts() -> Choices:
    for manner, frozen in product(Manner, (True, False)):
        fault = DisconnectBurst((1, 2, 3), manner, frozen)
        value = f"{manner.value}{', frozen' if frozen else ''}"
        yield Choice("bursts", value, around(fault, 1, 2, 3), 3, matters=frozen)


def _kills() -> Choices:
    for signal, moment in product(KillSignal, KillMoment):
        if moment in OF_A_POOL and signal is not KillSignal.KILL:
            continue
        value = f"SIG{signal.value} {moment.value}"
        workload = around(KillWorker(1, signal, moment), 1, 2)
        yield Choice("killed children", value, workload, matters=signal is KillSignal.KILL)
    kills = (KillWorker(client, KillSignal.KILL, KillMoment.IDLE) for client in range(2, 18))
    # Each leaves before the next comes: of a pool (UNP 30.6) the last processes are spared.
    each = ((*around(kill, kill.client), Close(kill.client)) for kill in kills)
    workload = (*served(1), *chain.from_iterable(each), *served(18))
    yield Choice("killed children", "SIGKILL of sixteen, one after the other", workload)


def _aborts() -> Choices:
    for order, with_data in product(Order, (False, True)):
        value = f"{order.value} others{', after data' if with_data else ''}"
        workload = around(AbortPending((2, 3), (4,), order, with_data), 1)
        matters = order is Order.BEFORE
        yield Choice("aborted connections", value, workload, 4, matters=matters)


def _races() -> Choices:
    for race, frozen in product(Race, (True, False)):
        if race is Race.CLOSE_IN_WRITE and frozen:
            continue
        for payload in (A_LINE, LONGER):
            if race in (Race.CLOSE_IN_WRITE, Race.FIN_BEFORE_DATA) and payload is LONGER:
                continue
            value = f"{race.value}, {size(payload.length)}{', frozen' if frozen else ''}"
            workload = around(EofRace(1, race, payload, frozen), 1, 2)
            yield Choice("races of FIN and RST", value, workload, matters=payload is A_LINE)
    race = Race.CLOSE_AFTER_DATA
    value = f"{race.value}, {size(MORE_THAN_AT_ONCE.length)}, frozen"
    workload = around(EofRace(1, race, MORE_THAN_AT_ONCE, frozen=True), 1, 2)
    yield Choice("races of FIN and RST", value, workload)


def _urgent_data() -> Choices:
    for neighbours in Neighbours:
        workload = (*around(UrgentData(1, neighbours), 1, 2), Send(2, A_LINE), Receive(2))
        yield Choice("urgent bytes", neighbours.value, workload, matters=True)


def _scarce() -> Choices:
    first = ScarceDescriptors((2, 3), 0)
    workload = around(first, 1)
    yield Choice("descriptors left", "none", workload, 3, matters=True)
    # Who waits is to be served once another has left: no new client may be needed for that.
    asked = (step for client in (2, 3) for step in (Send(client, A_LINE), Receive(client)))
    workload = (*workload, Close(1), *asked)
    yield Choice("descriptors left", "none, until a client leaves", workload, 3)
    # A descriptor that is kept for such a moment has to be opened anew after it.
    again = (*served(4), Inject(ScarceDescriptors((5, 6), 0)))
    yield Choice("descriptors left", "none, twice", (*around(first, 1), *again), 6)


def _accept_errors() -> Choices:
    often = (AcceptErrno.ECONNABORTED, AcceptErrno.EMFILE, AcceptErrno.EINTR)
    # A call of accept that waits already takes the first client, and the next call fails.
    for error in AcceptErrno:
        workload = around(AcceptError((2, 3), error, 1), 1)
        matters = error in often or error is AcceptErrno.EPROTO
        yield Choice("errors of accept", error.value, workload, 3, matters=matters)
    for error in (*often, *sorted(SCARCE - set(often), key=lambda one: one.value)):
        workload = around(AcceptError((2, 3, 4, 5), error, 3), 1)
        yield Choice("errors of accept, three times", error.value, workload, 5)


def _fork_errors() -> Choices:
    for error in ForkErrno:
        workload = around(ForkError((2,), error), 1)
        yield Choice("errors of fork", error.value, workload, matters=True)


def _io_errors() -> Choices:
    for failure in IoFailure:
        workload = around(IoError(1, failure, 1, 1, 2), 1)
        yield Choice("errors of read, write and poll", failure.value, workload, matters=True)
        if failure.error == "EINTR":
            workload = around(IoError(1, failure, 1, 3, 2), 1)
            value = f"{failure.value}, three times"
            yield Choice("errors of read, write and poll", value, workload)


def _short_counts() -> Choices:
    for call, length in product(ShortCall, (1, 7, 100)):
        workload = around(ShortCount(1, call, length, 20, LONGER), 1)
        value = f"{call.value} of {size(length)}"
        yield Choice("short counts", value, workload, matters=length == 1)
    # In a ring of the book's size (MAXLINE) what comes next, as a whole, is in two parts.
    used = (Open(1), Send(1, _ALL_BUT_512), Receive(1))
    cut = Inject(ShortCount(1, ShortCall.WRITE, 768, 20, _A_SEGMENT))
    yield Choice("short counts", "write from a buffer that was used", (*used, cut))


def _held_calls() -> Choices:
    for place, meanwhile in product(Place, Meanwhile):
        workload = (Inject(HeldCall(1, 2, place, meanwhile)),)
        matters = place is Place.FORK or meanwhile is Meanwhile.RESET
        yield Choice("held calls", f"{place.value}, {meanwhile.value}", workload, matters=matters)


def _held_listener() -> Choices:
    for event, calls in CALLS.items():
        for call in calls:
            fault = HeldListener(1, 2, call, event)
            served = (client for client in (1, 2) if client not in fault.ended)
            lines = tuple(s for client in served for s in (Send(client, A_LINE), Receive(client)))
            matters = call in (ListenerCall.ACCEPT, ListenerCall.WAIT, ListenerCall.WRITE)
            value = f"{call.value}, {event.value}"
            yield Choice("held listeners", value, (Inject(fault), *lines), matters=matters)


def _stops() -> Choices:
    for moment, signal, to in product(StopMoment, StopSignal, StopTo):
        fault = StopServer(1, signal, to, moment)
        idle = moment is StopMoment.IDLE
        workload = (*served(1), *((Close(1),) if idle else ()), Inject(fault))
        value = f"SIG{signal.value} to {to.value} {moment.value}"
        at_gate = moment is StopMoment.ABOUT_TO_WAIT
        if at_gate and to is StopTo.ALL:
            # The call of one process is held: it is the one that is told.
            continue
        matters = signal is StopSignal.TERM and to is StopTo.ROOT
        yield Choice("orders to stop", value, workload, 1, matters=matters)


def _floods() -> Choices:
    workload = (Inject(FloodingClient(1, 2)),)
    yield Choice("floods", "a client sends without end", workload, matters=True)


def _inherited() -> Choices:
    # What is written to a client that has gone shows what became of SIGPIPE.
    gone = (Open(2, Reading.LATE), Send(2, BLOCKING), Reset(2))
    for what in Inheritance:
        rest = gone if what is Inheritance.PIPE_IGNORED else (*served(2), Close(1))
        workload = (Inject(StartedWith(what)), *served(1), *rest, *served(3))
        yield Choice("ways to be started", what.value, workload, 3, matters=what in OFTEN_INHERITED)


def _many_clients() -> Choices:
    workload = (*around(ManyClients(1, 2), 1), Send(1, A_LINE), Receive(1), *served(3))
    yield Choice("crowds", "1,100 clients", workload, 3, matters=True)


def _schedules() -> Choices:
    # The others are learnt from the target (properties.server.schedules).
    first = SCENES[0]
    yield Choice("orders of calls", first.name, first.workload(first.plain), matters=True)


SWEEPS: dict[type[Fault[ServerContext]], Callable[[], Choices]] = {
    Freeze: _freeze,
    SignalSlowCall: _signals,
    DisconnectBurst: _bursts,
    KillWorker: _kills,
    AbortPending: _aborts,
    EofRace: _races,
    UrgentData: _urgent_data,
    ScarceDescriptors: _scarce,
    AcceptError: _accept_errors,
    ForkError: _fork_errors,
    IoError: _io_errors,
    ShortCount: _short_counts,
    HeldCall: _held_calls,
    HeldListener: _held_listener,
    Schedule: _schedules,
    StopServer: _stops,
    StartedWith: _inherited,
    ManyClients: _many_clients,
    FloodingClient: _floods,
    **WIRE_SWEEPS,
}
"""The choices of each fault."""


def of_fault(fault: type[Fault[ServerContext]]) -> tuple[Choice, ...]:
    """Return the finite choices of a fault."""
    return tuple(SWEEPS[fault]())
