"""Faults of a client, made to happen to the reference client: what became of them."""

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
from faults.client_context import ClientContext, OutputFailure
from faults.fault import Fault, Status
from faults.payloads import A_LINE
from properties.client.execute import execute
from properties.model.events import Injected
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Inject, Step
from target.command import REFERENCE_CLIENT, Command

EXAMPLES: tuple[Fault[ClientContext], ...] = (
    FreezeClient(answered=False),
    SignalClient(ClientCall.INPUT, ClientSignal.CAUGHT, 1),
    HinderConnect(Hindrance.REFUSED),
    PeerFin(FinManner.CLOSE, frozen=False),
    PeerReset(ResetManner.ALONE, frozen=False),
    FailOutput(OutputFailure.FULL),
    ClientSegmentFault(Mishap.LOST_LINE, A_LINE),
    FinRstOrder(FinOrRst.EOF),
    CannotReach(Obstacle.HOST_UNREACHABLE),
    ServerClosedWindow(ServerWindow.OPENS),
    ServerHostCrash(ServerCrash.REBOOTS),
)
"""One of each kind."""

REFUSED = Inject(HinderConnect(Hindrance.REFUSED))
"""What comes before a fault that is to find no client connected."""


def history_of(*steps: Step | Fault[ClientContext], command: Command = REFERENCE_CLIENT) -> History:
    """Make steps and faults happen to a client."""
    workload = tuple(Inject(step) if isinstance(step, Fault) else step for step in steps)
    return execute(workload, command, "127.0.0.1", Rules(patience=20.0))


def became_of(
    *steps: Step | Fault[ClientContext], command: Command = REFERENCE_CLIENT
) -> tuple[Status, str]:
    """Return what became of the last fault."""
    last = [*history_of(*steps, command=command).of(Injected)][-1]
    return last.status, last.detail
