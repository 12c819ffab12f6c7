"""A context for a fault to act in, and workloads around one fault."""

from collections.abc import Iterator
from contextlib import contextmanager

from faults.fault import Fault, Reading
from faults.harmless_signals import SignalName
from faults.payloads import Content, Payload
from faults.scheduling.deeds import Deed, What
from faults.server.aborted_connections import AbortPending, Order
from faults.server.accept_errors import AcceptErrno, AcceptError
from faults.server.closed_window import ClosedWindow, Window
from faults.server.cut_wire import Cut, CutWire
from faults.server.disconnect_burst import DisconnectBurst, Manner
from faults.server.eof_races import EofRace, Race
from faults.server.flooding_client import FloodingClient
from faults.server.fork_errors import ForkErrno, ForkError
from faults.server.freeze import Freeze
from faults.server.held_calls import HeldCall, Meanwhile, Place
from faults.server.held_listener import HeldListener, ListenerCall, ListenerEvent
from faults.server.host_crash import Crash, HostCrash
from faults.server.inherited import Inheritance, StartedWith
from faults.server.io_errors import IoError, IoFailure
from faults.server.killed_children import OF_A_POOL, KillMoment, KillSignal, KillWorker
from faults.server.many_clients import ManyClients
from faults.server.scarce_descriptors import ScarceDescriptors
from faults.server.schedules import Schedule
from faults.server.segments import SegmentFault, Trouble
from faults.server.short_counts import ShortCall, ShortCount
from faults.server.signals import SignalSlowCall, SlowCall
from faults.server.stops import StopMoment, StopServer, StopSignal, StopTo
from faults.server.unfinished_handshakes import Handshakes, UnfinishedHandshakes
from faults.server.urgent_data import Neighbours, UrgentData
from faults.server_context import ServerContext
from properties.model.events import Marked
from properties.model.history import History
from properties.model.oracle import Echo
from properties.model.settings import Limits
from properties.model.steps import Inject, Step, Workload
from properties.server.clients.bystanders import Bystanders
from properties.server.clients.connector import Connector
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.context import ServerRunContext
from properties.server.events import Ended
from properties.server.instance import ServerInstance
from properties.server.observer import ProcessObserver
from properties.server.steps import Open, Receive, Send
from target import processes
from target.handle import Handle
from tests.properties.server_runs import PATIENCE

A_WORD = Payload(Content.LETTERS, 64)

EXAMPLES: tuple[Fault[ServerContext], ...] = (
    Freeze(),
    SignalSlowCall(1, SlowCall.ACCEPT, SignalName.CHLD, 1, volley=False),
    SignalSlowCall(1, SlowCall.READ, SignalName.CHLD, 2, volley=False),
    SignalSlowCall(1, SlowCall.WRITE, SignalName.URG, 20, volley=True),
    DisconnectBurst((1, 2), Manner.FIN, frozen=True),
    DisconnectBurst((1, 2), Manner.MIXED, frozen=False),
    *(KillWorker(1, KillSignal.KILL, moment) for moment in KillMoment if moment not in OF_A_POOL),
    AbortPending((3, 4), (5,), Order.AMONG, with_data=True),
    *(EofRace(1, race, A_WORD, frozen) for race in Race for frozen in (False, True)),
    *(UrgentData(1, neighbours) for neighbours in Neighbours),
    ScarceDescriptors((3, 4), 0),
    AcceptError((3,), AcceptErrno.ECONNABORTED, 1),
    AcceptError((3, 4), AcceptErrno.EMFILE, 2),
    *(ForkError((3, 4), error) for error in ForkErrno),
    *(IoError(1, failure, 1, 1, 3) for failure in IoFailure if "EINTR" not in failure.value),
    IoError(1, IoFailure.POLL_INTERRUPTED, 1, 1, 3),
    *(ShortCount(1, call, 1, 20, A_WORD) for call in ShortCall),
    *(HeldCall(3, 4, Place.WRITE, one) for one in Meanwhile if one is not Meanwhile.SIGNAL),
    HeldCall(3, 4, Place.FORK, Meanwhile.RESET),
    HeldCall(3, 4, Place.FORK, Meanwhile.SIGNAL),
    HeldCall(3, 4, Place.READ, Meanwhile.CLOSE),
    HeldListener(3, 4, ListenerCall.ACCEPT, ListenerEvent.CHILD_ENDS),
    HeldListener(3, 4, ListenerCall.WAIT, ListenerEvent.SIGNAL),
    HeldListener(3, 4, ListenerCall.REAP, ListenerEvent.CLIENT_COMES),
    Schedule((Deed(3, What.CONNECT), Deed(3, What.SEND), Deed(3, What.CLOSE))),
    StartedWith(Inheritance.NO_STREAMS),
    ManyClients(1, 3),
    *(StopServer(1, StopSignal.TERM, StopTo.ROOT, moment) for moment in StopMoment),
    FloodingClient(3, 4),
    SegmentFault(1, Trouble.LOST_DATA, A_WORD, 3),
    *(UnfinishedHandshakes(1, handshakes, 3) for handshakes in Handshakes),
    CutWire(1, Cut.BOTH, A_WORD),
    *(ClosedWindow(3, window) for window in Window),
    *(HostCrash(1, crash, 3) for crash in Crash),
)
"""Every fault at least once, for clients 1 and 2 that are connected and 3 to 5 that are not."""


def served(*clients: int) -> tuple[Step, ...]:
    """Return the steps that connect clients and make sure that each has had an echo."""
    steps: list[Step] = []
    for client in clients:
        steps += [Open(client), Send(client, A_WORD), Receive(client)]
    return tuple(steps)


def around(fault: Fault[ServerContext], *clients: int) -> Workload:
    """Return a workload in which some clients are served and the fault is injected."""
    return (*served(*clients), Inject(fault))


def marks(history: History) -> list[tuple[str, int]]:
    """Return what the faults did to which process, in order."""
    return [(mark.what, mark.pid) for mark in history.of(Marked)]


def end_of(history: History, client: int) -> Ended | None:
    """Return how this client saw its connection end."""
    return next((event for event in history.of(Ended) if event.client == client), None)


def stopped(handle: Handle | None) -> list[int]:
    """Return the processes of the target that SIGSTOP still holds."""
    assert handle is not None
    return [process.identity.pid for process in handle.tree() if process.is_stopped]


def is_gone(pid: int) -> bool:
    """Tell whether there is no such process, or only its zombie."""
    process = processes.look_at(pid)
    return process is None or process.is_zombie


@contextmanager
def context_with(
    server: ServerInstance, *clients: int, patience: float = PATIENCE
) -> Iterator[tuple[ServerRunContext, History]]:
    """Give a context in which these clients are connected; close them all in the end."""
    history = History()
    pump = ClientIoLoop(server.handle, patience)
    connector = Connector(server, Limits(), Echo(), pump, history)
    bystanders = Bystanders(server, Limits(), pump)
    observer = ProcessObserver(server, history)
    context = ServerRunContext(server, pump, connector, bystanders, observer, history)
    try:
        for client in clients:
            assert context.open(client, Reading.EAGER)
        yield context, history
    finally:
        pump.close()
