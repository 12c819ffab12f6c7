"""All faults, in the order in which they are listed and tried. A new fault is one line here."""

from faults.abort_pending import AbortPending
from faults.disconnect_burst import DisconnectBurst
from faults.eof_race import EofRace
from faults.fault import Fault
from faults.freeze import Freeze
from faults.kill_worker import KillWorker
from faults.signal_slow_call import SignalSlowCall

FAULTS: tuple[type[Fault], ...] = (
    Freeze,
    SignalSlowCall,
    DisconnectBurst,
    KillWorker,
    AbortPending,
    EofRace,
)
