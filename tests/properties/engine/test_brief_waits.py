"""Waiting for less than a millisecond, where poll() and epoll_wait() would make it a whole one."""

import os
import resource
import select
import socket
from collections.abc import Iterator
from contextlib import suppress

import pytest

from properties.engine.brief_waits import epolled, polled

BRIEF = 0.0002
FD_SETSIZE = 1024
Pair = tuple[socket.socket, socket.socket]


@pytest.fixture
def pair() -> Iterator[Pair]:
    one, other = socket.socketpair()
    with one, other:
        yield one, other


def epoll_of(descriptor: int) -> select.epoll:
    epoll = select.epoll()
    epoll.register(descriptor, select.EPOLLIN)
    return epoll


def ready(descriptor: int, longest: float) -> list[tuple[int, int]]:
    """Return what both ways of asking say, which is the same."""
    with epoll_of(descriptor) as epoll:
        found = epolled(epoll, longest)
    assert polled({descriptor: select.POLLIN}, longest) == found
    return found


@pytest.mark.parametrize("longest", [0.0, BRIEF, 0.005])
def test_what_is_ready_is_returned(pair: Pair, longest: float) -> None:
    pair[1].send(b"x")
    assert ready(pair[0].fileno(), longest) == [(pair[0].fileno(), select.POLLIN)]


@pytest.mark.parametrize("longest", [0.0, BRIEF, 0.005])
def test_nothing_is_returned_where_nothing_is_ready(pair: Pair, longest: float) -> None:
    assert ready(pair[0].fileno(), longest) == []


def test_a_full_buffer_is_not_ready_and_an_empty_one_is(pair: Pair) -> None:
    assert polled({pair[0].fileno(): select.POLLOUT}, BRIEF) == [(pair[0].fileno(), select.POLLOUT)]
    pair[0].setblocking(False)
    with suppress(BlockingIOError):
        while True:
            pair[0].send(bytes(1 << 16))
    assert polled({pair[0].fileno(): select.POLLOUT}, BRIEF) == []


def test_a_descriptor_for_which_select_has_no_place_is_waited_for_as_well(pair: Pair) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, FD_SETSIZE + 10), hard))
    high = os.dup2(pair[0].fileno(), FD_SETSIZE + 1)
    try:
        assert polled({high: select.POLLIN}, BRIEF) == []
        pair[1].send(b"x")
        assert polled({high: select.POLLIN}, BRIEF) == [(high, select.POLLIN)]
    finally:
        os.close(high)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
