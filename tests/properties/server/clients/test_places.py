"""Within a limit on clients, a client that has left counts until the server is done with it."""

from functools import partial

import pytest

from faults.fault import Reading
from faults.payloads import A_LINE
from properties.model.history import History
from properties.model.oracle import Echo
from properties.model.settings import Limits
from properties.server.clients.client_connection import ClientConnection
from properties.server.clients.connector import Connector
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.instance import ServerInstance
from tests.properties.server_runs import PATIENCE, compiled, script, serving


def have_been_answered(clients: list[ClientConnection]) -> bool:
    return all(client.end is not None or not client.missing for client in clients)


def turned_away(server: ServerInstance, limits: Limits, rounds: int = 20) -> int:
    """Let two clients come and go at once, again and again; return how many saw an end before."""
    io_loop = ClientIoLoop(server.handle, PATIENCE)
    connector = Connector(server, limits, Echo(), io_loop, History())
    ended = 0
    for number in range(rounds):
        pair = [2 * number, 2 * number + 1]
        opened = [connector.open(client, Reading.EAGER) for client in pair]
        assert opened == [True, True]
        clients = [io_loop.clients[client] for client in pair]
        for client in clients:
            client.send(A_LINE)
        io_loop.wait(partial(have_been_answered, clients))
        ended += sum(client.end is not None for client in clients)
        for client in clients:
            client.close()
    return ended


@pytest.mark.parametrize(("program", "rounds"), [("turns_away.py", 20), ("reaps_late.py", 2)])
def test_nobody_is_turned_away_within_the_limit(program: str, rounds: int) -> None:
    with serving(script(program, "2")) as server:
        assert turned_away(server, Limits(connections=2), rounds) == 0


def test_a_server_that_reaps_nobody_is_waited_for_once() -> None:
    with serving(compiled("reap_none")) as server:
        assert server.handle is not None
        assert turned_away(server, Limits(connections=2), 2) == 0
        assert server.handle.pace.zombies_stay
