"""All faults, in the order in which they are listed and tried. A new fault is one line here."""

from faults.abort_pending import AbortPending
from faults.accept_error import AcceptError
from faults.disconnect_burst import DisconnectBurst
from faults.eof_race import EofRace
from faults.fault import Fault
from faults.fork_error import ForkError
from faults.freeze import Freeze
from faults.freeze_client import FreezeClient
from faults.held_call import HeldCall
from faults.hinder_connect import HinderConnect
from faults.io_error import IoError
from faults.kill_worker import KillWorker
from faults.peer_fin import PeerFin
from faults.peer_reset import PeerReset
from faults.scarce_descriptors import ScarceDescriptors
from faults.short_count import ShortCount
from faults.signal_client import SignalClient
from faults.signal_slow_call import SignalSlowCall

FAULTS: tuple[type[Fault], ...] = (
    Freeze,
    SignalSlowCall,
    DisconnectBurst,
    KillWorker,
    AbortPending,
    EofRace,
    ScarceDescriptors,
    AcceptError,
    ForkError,
    IoError,
    ShortCount,
    HeldCall,
)

CLIENT_FAULTS: tuple[type[Fault], ...] = (
    FreezeClient,
    SignalClient,
    HinderConnect,
    PeerFin,
    PeerReset,
)
"""The faults of a client under test, likewise."""
