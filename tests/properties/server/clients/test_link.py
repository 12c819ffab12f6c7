"""Over a wire, what a client that has left sends last takes its time."""

from faults.fault import Reading
from faults.payloads import A_LINE
from faults.wire import wire
from faults.wire.rules import Action, Rule
from faults.wire.segments import Direction, Kind
from properties.model.history import History
from properties.model.oracle import Echo
from properties.model.settings import Limits, Rules
from properties.server.clients.bystanders import Bystanders
from properties.server.clients.connector import Connector
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.clients.reach import reach
from properties.server.context import ServerRunContext
from properties.server.observer import ProcessObserver
from tests.chambers import inside, needs_a_chamber
from tests.properties.server_runs import PATIENCE, serving, wait_until

pytestmark = needs_a_chamber


def quiet_while_its_fin_is_held() -> tuple[bool, bool]:
    """Return whether all is quiet while the FIN of a client that has left is held, and then."""
    history = History()
    with serving() as server:
        reach(server, Rules(patience=PATIENCE), over_wire=True)
        assert server.wire is not None
        io_loop = ClientIoLoop(server.handle, PATIENCE)
        connector = Connector(server, Limits(), Echo(), io_loop, history)
        bystanders, observer = (
            Bystanders(server, Limits(), io_loop),
            ProcessObserver(server, history),
        )
        context = ServerRunContext(server, io_loop, connector, bystanders, observer, history)
        assert context.open(1, Reading.EAGER)
        context.send(1, A_LINE)
        assert context.wait(lambda: context.is_satisfied(1))
        with server.wire.ruled(Rule(Action.HOLD, Direction.TO_TARGET, frozenset({Kind.FIN}))):
            context.close(1)
            held = io_loop.all_quiet()
        wait_until(io_loop.all_quiet)
        return held, io_loop.all_quiet()


def test_it_is_not_quiet_before_the_server_has_heard_of_it() -> None:
    assert inside(quiet_while_its_fin_is_held, with_rights=wire.stand_by) == (False, True)
