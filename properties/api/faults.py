"""The faults of a server and of a client, and the values of their fields (docs/faults.md)."""

from typing import TYPE_CHECKING

from .loading import lazy

if TYPE_CHECKING:
    from faults.client.closed_window import ServerClosedWindow, ServerWindow
    from faults.client.connecting import HinderConnect, Hindrance
    from faults.client.fin_rst_order import FinOrRst, FinRstOrder
    from faults.client.freeze import FreezeClient
    from faults.client.host_crash import ServerCrash, ServerHostCrash
    from faults.client.output_fails import FailOutput
    from faults.client.peer_fin import FinManner, PeerFin
    from faults.client.peer_reset import PeerReset, ResetManner
    from faults.client.segments import ClientSegmentFault, Mishap
    from faults.client.signals import ClientCall, ClientSignal, SignalClient
    from faults.client.unreachable import CannotReach, Obstacle
    from faults.client_context import OutputFailure, PeerEnd
    from faults.harmless_signals import SignalName
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
    from faults.server.killed_children import KillMoment, KillSignal, KillWorker
    from faults.server.many_clients import ManyClients
    from faults.server.scarce_descriptors import ScarceDescriptors
    from faults.server.segments import SegmentFault, Trouble
    from faults.server.short_counts import ShortCall, ShortCount
    from faults.server.signals import SignalSlowCall, SlowCall
    from faults.server.stops import StopMoment, StopServer, StopSignal, StopTo
    from faults.server.unfinished_handshakes import Handshakes, UnfinishedHandshakes
    from faults.server.urgent_data import Neighbours, UrgentData


_MODULES = {
    "faults.server.aborted_connections": (
        "Order",
        "AbortPending",
    ),
    "faults.server.accept_errors": (
        "AcceptErrno",
        "AcceptError",
    ),
    "faults.server.closed_window": (
        "ClosedWindow",
        "Window",
    ),
    "faults.server.cut_wire": (
        "Cut",
        "CutWire",
    ),
    "faults.server.disconnect_burst": (
        "Manner",
        "DisconnectBurst",
    ),
    "faults.server.eof_races": (
        "Race",
        "EofRace",
    ),
    "faults.server.flooding_client": ("FloodingClient",),
    "faults.server.fork_errors": (
        "ForkErrno",
        "ForkError",
    ),
    "faults.server.freeze": ("Freeze",),
    "faults.server.held_calls": (
        "Place",
        "Meanwhile",
        "HeldCall",
    ),
    "faults.server.held_listener": (
        "ListenerCall",
        "ListenerEvent",
        "HeldListener",
    ),
    "faults.server.host_crash": (
        "Crash",
        "HostCrash",
    ),
    "faults.server.inherited": (
        "Inheritance",
        "StartedWith",
    ),
    "faults.server.io_errors": (
        "IoFailure",
        "IoError",
    ),
    "faults.server.killed_children": (
        "KillSignal",
        "KillMoment",
        "KillWorker",
    ),
    "faults.server.many_clients": ("ManyClients",),
    "faults.server.scarce_descriptors": ("ScarceDescriptors",),
    "faults.server.segments": (
        "Trouble",
        "SegmentFault",
    ),
    "faults.server.short_counts": (
        "ShortCall",
        "ShortCount",
    ),
    "faults.server.signals": (
        "SlowCall",
        "SignalSlowCall",
    ),
    "faults.server.stops": (
        "StopSignal",
        "StopTo",
        "StopMoment",
        "StopServer",
    ),
    "faults.server.unfinished_handshakes": (
        "Handshakes",
        "UnfinishedHandshakes",
    ),
    "faults.server.urgent_data": (
        "Neighbours",
        "UrgentData",
    ),
    "faults.client.closed_window": (
        "ServerClosedWindow",
        "ServerWindow",
    ),
    "faults.client.connecting": (
        "Hindrance",
        "HinderConnect",
    ),
    "faults.client.fin_rst_order": (
        "FinOrRst",
        "FinRstOrder",
    ),
    "faults.client.freeze": ("FreezeClient",),
    "faults.client.host_crash": (
        "ServerCrash",
        "ServerHostCrash",
    ),
    "faults.client.output_fails": ("FailOutput",),
    "faults.client.peer_fin": (
        "FinManner",
        "PeerFin",
    ),
    "faults.client.peer_reset": (
        "ResetManner",
        "PeerReset",
    ),
    "faults.client.segments": (
        "Mishap",
        "ClientSegmentFault",
    ),
    "faults.client.signals": (
        "ClientCall",
        "ClientSignal",
        "SignalClient",
    ),
    "faults.client.unreachable": (
        "Obstacle",
        "CannotReach",
    ),
    "faults.harmless_signals": ("SignalName",),
    "faults.client_context": (
        "OutputFailure",
        "PeerEnd",
    ),
}
"""By module: the names that are imported from it when they are first used."""


__all__ = [
    "Order",
    "AbortPending",
    "AcceptErrno",
    "AcceptError",
    "Manner",
    "DisconnectBurst",
    "Race",
    "EofRace",
    "Handshakes",
    "UnfinishedHandshakes",
    "Cut",
    "CutWire",
    "Window",
    "ClosedWindow",
    "Crash",
    "HostCrash",
    "Trouble",
    "SegmentFault",
    "FloodingClient",
    "ForkErrno",
    "ForkError",
    "Freeze",
    "Place",
    "Meanwhile",
    "HeldCall",
    "ListenerCall",
    "ListenerEvent",
    "HeldListener",
    "Inheritance",
    "StartedWith",
    "ManyClients",
    "IoFailure",
    "IoError",
    "KillSignal",
    "KillMoment",
    "KillWorker",
    "ScarceDescriptors",
    "ShortCall",
    "ShortCount",
    "SlowCall",
    "SignalSlowCall",
    "StopSignal",
    "StopTo",
    "StopMoment",
    "StopServer",
    "Neighbours",
    "UrgentData",
    "Hindrance",
    "HinderConnect",
    "FreezeClient",
    "Mishap",
    "ClientSegmentFault",
    "FinOrRst",
    "FinRstOrder",
    "ServerWindow",
    "ServerClosedWindow",
    "ServerCrash",
    "ServerHostCrash",
    "Obstacle",
    "CannotReach",
    "FinManner",
    "PeerFin",
    "ResetManner",
    "PeerReset",
    "FailOutput",
    "ClientCall",
    "ClientSignal",
    "SignalClient",
    "SignalName",
    "OutputFailure",
    "PeerEnd",
]


if not TYPE_CHECKING:
    # Type checkers report names that do not exist; they would accept any from such a function.
    __getattr__, __dir__ = lazy(__name__, _MODULES)
