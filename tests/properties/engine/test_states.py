"""States are printed as netstat and ps print them, and only where they have changed."""

from properties.engine.states import Moment, ProcessLine, SocketLine, States, states_in_words
from properties.model.events import Event
from target.sockets import TcpState
from tests.properties.server.histories import history, step

LISTENS = SocketLine("127.0.0.1:9877", "*:*", TcpState.LISTEN, 0, 1024)
PARENT = ProcessLine(4711, 4710, "tcpserv01", "S", ("accept",))


def ends(state: TcpState, others: TcpState) -> tuple[SocketLine, SocketLine]:
    """Return the server's end of c1 in one state, and the client's in another."""
    server, client = "127.0.0.1:9877", "127.9.0.1:40001"
    return (
        SocketLine(server, client, state, 0, 0, 1),
        SocketLine(client, server, others, 1, 0, 1),
    )


def states(moment: Moment, *sockets: SocketLine, child: ProcessLine | None = None) -> States:
    processes = (PARENT, child) if child else (PARENT,)
    return States(0.0, moment, (LISTENS, *sockets), processes)


def words(*events: Event) -> list[str]:
    return states_in_words(history(*events).events)


def test_each_moment_has_its_sockets_and_its_processes() -> None:
    seen = ends(TcpState.FIN_WAIT2, TcpState.CLOSE_WAIT)
    zombie = ProcessLine(4712, 4711, "tcpserv01", "Z")
    made = words(step("open c1"), states(Moment.STEPS_OVER, *seen, child=zombie))
    assert made == [
        "after the steps",
        "  Proto Recv-Q Send-Q Local Address   Foreign Address State",
        "  tcp        0   1024 127.0.0.1:9877  *:*             LISTEN",
        "  tcp        0      0 127.0.0.1:9877  127.9.0.1:40001 FIN_WAIT2  c1",
        "  tcp        1      0 127.9.0.1:40001 127.0.0.1:9877  CLOSE_WAIT c1",
        "   PID PPID STAT COMMAND             WCHAN",
        "  4711 4710 S    tcpserv01           accept",
        "  4712 4711 Z    tcpserv01 <defunct>",
    ]


def test_a_moment_before_a_step_has_the_steps_name() -> None:
    assert words(step("open c1"), states(Moment.STEP))[0] == "before step 1: open c1"


def test_what_has_not_changed_is_not_repeated() -> None:
    made = words(step("open c1"), states(Moment.STEP), states(Moment.STEPS_OVER))
    assert made[-2:] == ["after the steps", "  as before"]


def test_a_history_without_them_has_nothing_to_print() -> None:
    assert words(step("open c1")) == []
