"""All faults, in the order in which they are listed and tried. A new fault is one line here."""

from faults.client.closed_window import ServerClosedWindow
from faults.client.connecting import HinderConnect
from faults.client.fin_rst_order import FinRstOrder
from faults.client.freeze import FreezeClient
from faults.client.host_crash import ServerHostCrash
from faults.client.output_fails import FailOutput
from faults.client.peer_fin import PeerFin
from faults.client.peer_reset import PeerReset
from faults.client.segments import ClientSegmentFault
from faults.client.signals import SignalClient
from faults.client.unreachable import CannotReach
from faults.client_context import ClientContext
from faults.fault import Fault
from faults.server.aborted_connections import AbortPending
from faults.server.accept_errors import AcceptError
from faults.server.closed_window import ClosedWindow
from faults.server.cut_wire import CutWire
from faults.server.disconnect_burst import DisconnectBurst
from faults.server.eof_races import EofRace
from faults.server.failed_calls import FailCall
from faults.server.flooding_client import FloodingClient
from faults.server.fork_errors import ForkError
from faults.server.freeze import Freeze
from faults.server.held_calls import HeldCall
from faults.server.held_listener import HeldListener
from faults.server.host_crash import HostCrash
from faults.server.inherited import StartedWith
from faults.server.io_errors import IoError
from faults.server.killed_children import KillWorker
from faults.server.many_clients import ManyClients
from faults.server.scarce_descriptors import ScarceDescriptors
from faults.server.schedules import Schedule
from faults.server.segments import SegmentFault
from faults.server.short_counts import ShortCount
from faults.server.signals import SignalSlowCall
from faults.server.stops import StopServer
from faults.server.unfinished_handshakes import UnfinishedHandshakes
from faults.server.urgent_data import UrgentData
from faults.server_context import ServerContext

FAULTS: tuple[type[Fault[ServerContext]], ...] = (
    Freeze,
    SignalSlowCall,
    DisconnectBurst,
    KillWorker,
    AbortPending,
    EofRace,
    UrgentData,
    ScarceDescriptors,
    AcceptError,
    ForkError,
    IoError,
    ShortCount,
    HeldCall,
    HeldListener,
    Schedule,
    StopServer,
    StartedWith,
    ManyClients,
    FloodingClient,
    SegmentFault,
    UnfinishedHandshakes,
    CutWire,
    ClosedWindow,
    HostCrash,
)

ON_REQUEST: tuple[type[Fault[ServerContext]], ...] = (FailCall,)
"""Faults of a server that are tried only where that is asked for."""

CLIENT_FAULTS: tuple[type[Fault[ClientContext]], ...] = (
    FreezeClient,
    SignalClient,
    HinderConnect,
    PeerFin,
    PeerReset,
    ClientSegmentFault,
    FinRstOrder,
    CannotReach,
    ServerClosedWindow,
    ServerHostCrash,
    FailOutput,
)
"""The faults of a client under test, likewise."""
