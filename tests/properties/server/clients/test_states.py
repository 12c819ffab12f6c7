"""What netstat and ps would show is recorded at each step, where that is asked for."""

from faults.payloads import A_LINE
from faults.server.host_crash import Crash, HostCrash
from faults.wire import wire
from properties.engine.states import Moment, States
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Inject, Workload
from properties.model.target_spec import Target
from properties.server.harness import ServerHarness
from properties.server.steps import Close, Open, Receive, Send
from target.sockets import TcpState
from tests.chambers import inside, needs_a_chamber
from tests.properties.server_runs import HOST, PATIENCE, rung

LISTEN, ESTABLISHED = TcpState.LISTEN, TcpState.ESTABLISHED
ECHOED: Workload = (Open(1), Send(1, A_LINE), Receive(1))


def seen(workload: Workload, program: str, *, states: bool = True) -> History:
    rules = Rules(patience=PATIENCE, states=states)
    harness = ServerHarness(Target(HOST, rung(program)), rules)
    try:
        return harness.run_trial(workload).history
    finally:
        harness.close()


def shown(history: History) -> list[tuple[list[TcpState], str]]:
    """Return the states of the sockets and of the processes at each moment."""
    return [
        ([one.state for one in at.sockets], "".join(one.state for one in at.processes))
        for at in history.of(States)
    ]


# The first child has served the exchange before the workload.


def test_a_child_that_is_not_reaped_is_seen_as_ps_shows_it() -> None:
    both = [LISTEN, ESTABLISHED, ESTABLISHED]
    assert shown(seen((*ECHOED, Close(1)), "tcpserv01")) == [
        ([LISTEN], "SZ"),
        (both, "SZS"),
        (both, "SZS"),
        (both, "SZS"),
        ([LISTEN, TcpState.TIME_WAIT], "SZZ"),
        ([LISTEN, TcpState.TIME_WAIT], "SZZ"),
    ]


@needs_a_chamber
def test_both_ends_are_seen_where_each_is_on_a_host_of_its_own() -> None:
    workload = (*ECHOED, Inject(HostCrash(1, Crash.FOR_GOOD, 3)), Open(2))
    history = inside(lambda: seen(workload, "tcpserv04"), with_rights=wire.stand_by)
    *_, over, gone = shown(history)
    assert over == ([LISTEN, ESTABLISHED, ESTABLISHED], "SS")
    assert gone == ([LISTEN, TcpState.TIME_WAIT], "S")
    ends = next(at.sockets for at in history.of(States) if at.moment is Moment.STEPS_OVER)
    assert ends[1].local == ends[2].remote
    assert ends[2].local.startswith(f"{wire.PEER}:")


def test_nothing_is_recorded_unless_that_is_asked_for() -> None:
    assert not shown(seen(ECHOED, "tcpserv04", states=False))
