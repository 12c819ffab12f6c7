"""The accept queues of one address, checked on sockets of our own."""

from __future__ import annotations

import contextlib
import socket
from functools import partial
from typing import TYPE_CHECKING

import pytest

from target import accept_queues
from target.sockets import Endpoint
from tests.target.programs import wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator

HOST = "127.0.0.1"
QUEUES = 4
CLIENTS = 12


@contextlib.contextmanager
def listening(host: str = HOST, backlog: int = CLIENTS) -> Iterator[list[socket.socket]]:
    """Listen with several sockets on one port, all with SO_REUSEPORT."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with contextlib.ExitStack() as stack:
        port, made = 0, []
        for _ in range(QUEUES):
            server = socket.create_server(
                (host, port),
                family=family,
                backlog=backlog,
                reuse_port=True,
                dualstack_ipv6=family == socket.AF_INET6,
            )
            made.append(stack.enter_context(server))
            port = server.getsockname()[1]
        yield made


def at(listener: socket.socket) -> Endpoint:
    return Endpoint(HOST, listener.getsockname()[1])


def has_length(server: Endpoint, length: int) -> bool:
    return accept_queues.length(server, shared=True) == length


@contextlib.contextmanager
def waiting(server: Endpoint, count: int) -> Iterator[None]:
    """Let so many clients wait to be accepted."""
    with contextlib.ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(socket.create_connection((server.host, server.port)))
        wait_until(lambda: has_length(server, count))
        yield


def accept_all(listener: socket.socket) -> int:
    """Accept until nobody waits; return how many did."""
    listener.setblocking(False)
    count = 0
    with contextlib.suppress(BlockingIOError):
        while True:
            listener.accept()[0].close()
            count += 1
    return count


def test_an_accept_queue_has_room_for_one_more_than_its_backlog() -> None:
    with socket.create_server((HOST, 0), backlog=2) as server, contextlib.ExitStack() as clients:
        for length, room in enumerate((3, 2, 1)):
            assert accept_queues.room(at(server), shared=False) == room
            clients.enter_context(socket.create_connection(server.getsockname()))
            wait_until(partial(has_length, at(server), length + 1))
        assert accept_queues.is_full(at(server), shared=False)


@pytest.mark.parametrize("host", [HOST, "0.0.0.0", "::"])
def test_who_waits_is_counted_in_all_queues_of_a_port(host: str) -> None:
    with listening(host) as servers, waiting(at(servers[0]), CLIENTS):
        left = CLIENTS
        for server in servers:
            left -= accept_all(server)
            assert accept_queues.length(at(server), shared=True) == left
        assert left == 0


def test_of_several_queues_the_one_with_the_least_room_counts() -> None:
    with listening() as servers, waiting(at(servers[0]), CLIENTS):
        least = accept_queues.room(at(servers[0]), shared=True)
        assert least == CLIENTS + 1 - max(map(accept_all, servers))


def test_a_socket_that_is_bound_less_closely_has_no_part_in_it() -> None:
    with listening() as servers, socket.socket() as wildcard:
        wildcard.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        wildcard.bind(("0.0.0.0", at(servers[0]).port))
        wildcard.listen(0)
        assert accept_queues.room(at(servers[0]), shared=True) == CLIENTS + 1


def test_where_nobody_listens_nobody_waits_and_there_is_room() -> None:
    with listening() as servers:
        nowhere = at(servers[0])
    assert accept_queues.length(nowhere, shared=True) == 0
    assert accept_queues.room(nowhere, shared=True) == 1
