"""The sockets of a target are asked by copies of their descriptors."""

import os
import socket
from collections.abc import Iterator
from contextlib import closing

import pytest

from target import held_sockets
from target.held_sockets import HeldSockets

NAME = "socket:[1]"


@pytest.fixture
def pipe() -> Iterator[int]:
    reading, writing = os.pipe()
    yield reading
    os.close(reading)
    os.close(writing)


def _copied(monkeypatch: pytest.MonkeyPatch, descriptor: int, name: str) -> list[str]:
    """Ask for `name` when this file is now under the number where the socket was seen."""
    monkeypatch.setattr(held_sockets, "copy_descriptor", lambda *_: os.dup(descriptor))
    return [found for found, _ in HeldSockets().copies({name: (os.getpid(), 3)})]


def test_a_number_that_now_belongs_to_a_pipe_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, pipe: int
) -> None:
    assert _copied(monkeypatch, pipe, NAME) == []


def test_a_number_that_now_belongs_to_another_socket_is_left_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with closing(socket.socket()) as other:
        assert _copied(monkeypatch, other.fileno(), NAME) == []


def test_a_copy_of_the_socket_itself_is_returned(monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(socket.socket()) as one:
        name = f"socket:[{os.fstat(one.fileno()).st_ino}]"
        assert _copied(monkeypatch, one.fileno(), name) == [name]


def test_no_copy_stays_open(monkeypatch: pytest.MonkeyPatch, pipe: int) -> None:
    before = os.listdir("/proc/self/fd")
    _copied(monkeypatch, pipe, NAME)
    assert os.listdir("/proc/self/fd") == before
