"""Within a limit on clients, a client that has left counts until the server is done with it."""

from faults.fault import Reading
from properties.model.history import History
from properties.model.oracle import Echo
from properties.model.settings import Limits
from properties.server.clients.connector import Connector
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.instance import ServerInstance
from tests.properties.server_runs import PATIENCE, script, serving

ROUNDS = 20


def turned_away(server: ServerInstance, limits: Limits) -> int:
    """Let two clients come and go at once, again and again; return how many saw an end before."""
    io_loop = ClientIoLoop(server.handle, PATIENCE)
    connector = Connector(server, limits, Echo(), io_loop, History())
    ended = 0
    for number in range(ROUNDS):
        pair = [2 * number, 2 * number + 1]
        opened = [connector.open(client, Reading.EAGER) for client in pair]
        assert opened == [True, True]
        io_loop.wait(lambda: False)
        ended += sum(io_loop.clients[client].end is not None for client in pair)
        for client in pair:
            io_loop.clients[client].close()
    return ended


def test_nobody_is_turned_away_within_the_limit() -> None:
    with serving(script("turns_away.py", "2")) as server:
        assert turned_away(server, Limits(connections=2)) == 0
