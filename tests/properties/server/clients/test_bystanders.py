"""Clients that only take up places: how many of them connect before others are accepted."""

import sys

import pytest

from properties.model.settings import Limits
from properties.server.clients.bystanders import MOST_WAITING, Bystanders
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.instance import ServerInstance
from target.command import Command
from tests.properties.server_runs import serving

MANY = 3 * MOST_WAITING

NOBODY_ACCEPTS = """
import signal, socket, sys
listening = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=int(sys.argv[2]))
signal.pause()
"""

ONE_BY_ONE = """
import socket, sys
listening = socket.create_server(("127.0.0.1", int(sys.argv[1])), backlog=int(sys.argv[2]))
accepted = []
while True:
    accepted.append(listening.accept())
"""


def waiting_when(server: ServerInstance, count: int) -> tuple[bool | None, int]:
    """Let so many come; return whether all were accepted, and how many wait."""
    bystanders = Bystanders(server, Limits(), ClientIoLoop(server.handle, 0.5))
    try:
        assert server.handle is not None
        return bystanders.come(count), server.handle.waiting_clients()
    finally:
        bystanders.leave()


@pytest.mark.parametrize(("backlog", "most"), [(1000, MOST_WAITING), (9, 4), (0, 1)])
def test_no_more_wait_than_half_of_the_accept_queue_has_room_for(backlog: int, most: int) -> None:
    with serving(Command((sys.executable, "-c", NOBODY_ACCEPTS, "{port}", str(backlog)))) as server:
        assert waiting_when(server, MANY) == (False, most)


@pytest.mark.parametrize("backlog", [1000, 9, 0])
def test_all_come_to_a_server_that_accepts_them(backlog: int) -> None:
    with serving(Command((sys.executable, "-c", ONE_BY_ONE, "{port}", str(backlog)))) as server:
        assert waiting_when(server, MANY) == (True, 0)
