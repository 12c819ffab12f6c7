"""When what a client has done is at the server's end, on states of that end written by hand."""

from dataclasses import dataclass, field

import pytest

from properties.server.schedules.clients import ScheduledClients
from target.sockets import Endpoint, TcpSocket, TcpState

HERE, THERE = Endpoint("127.0.0.1", 7), Endpoint("127.0.0.1", 5000)


@dataclass
class Client:
    """A client that has connected, and has sent so many bytes that were not acknowledged."""

    closed: bool = False
    sent: int = 0
    connected: bool = True
    endpoint: Endpoint = THERE

    @property
    def is_live(self) -> bool:
        """Whether it is still there."""
        return not self.closed

    @property
    def written(self) -> int:
        """How many bytes it has sent."""
        return self.sent

    def unsent(self) -> int:
        """Return how many bytes were not acknowledged."""
        return self.sent


@dataclass
class Kernel:
    """The loop of a server whose end of the only client's connection is this one."""

    theirs: TcpSocket | None
    clients: dict[int, Client]
    handle: "Kernel" = field(init=False)

    def __post_init__(self) -> None:
        self.handle = self

    def connection(self, client: Endpoint) -> TcpSocket | None:
        """Return the server's end."""
        assert client == THERE
        return self.theirs

    def all_quiet(self) -> bool:
        """Return that nothing is on its way to a client that is there."""
        return True


def seen(state: TcpState | None, client: Client, unacknowledged: int = 0) -> ScheduledClients:
    """Return the clients of a server whose kernel shows this state, None for a gone end."""
    end = state and TcpSocket(HERE, THERE, state, 0, unacknowledged, 1, received=0)
    return ScheduledClients(Kernel(end, {1: client}), None, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("state", "client", "by_reset", "arrived"),
    [
        pytest.param(TcpState.NEW_SYN_RECV, Client(), False, False, id="the last ACK is to come"),
        pytest.param(TcpState.ESTABLISHED, Client(), False, True, id="it has connected"),
        pytest.param(TcpState.ESTABLISHED, Client(sent=5), False, False, id="a line is to come"),
        pytest.param(TcpState.ESTABLISHED, Client(closed=True), False, False, id="a FIN"),
        pytest.param(TcpState.FIN_WAIT2, Client(closed=True), False, False, id="a FIN, the second"),
        pytest.param(TcpState.CLOSE_WAIT, Client(closed=True), False, True, id="the FIN has come"),
        pytest.param(TcpState.CLOSE_WAIT, Client(closed=True), True, False, id="an RST"),
        pytest.param(TcpState.TIME_WAIT, Client(closed=True), True, True, id="nothing can come"),
        pytest.param(None, Client(closed=True), True, True, id="the RST has come"),
        pytest.param(None, Client(), False, False, id="an RST of the server's is to be read"),
    ],
)
def test_a_deed_has_arrived_where_the_servers_end_shows_it(
    state: TcpState | None, client: Client, by_reset: bool, arrived: bool
) -> None:
    assert seen(state, client).deed_has_arrived(1, by_reset=by_reset) is arrived


def test_what_a_client_that_has_left_is_sent_will_be_answered() -> None:
    """Its kernel answers with an RST, and the server's next read says so."""
    assert not seen(TcpState.CLOSE_WAIT, Client(closed=True), 24).all_has_come()
    assert seen(TcpState.CLOSE_WAIT, Client(closed=True)).all_has_come()
    assert seen(None, Client(closed=True), 24).all_has_come()
