"""What is on its way between two ends: bytes that have not come, not an acknowledgement."""

import contextlib
import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from properties.engine.waiting import has_not_arrived, in_flight
from target import sockets
from target.sockets import Endpoint, TcpSocket

PING = b"ping"


@dataclass
class Ours:
    """Our end of a connection."""

    socket: socket.socket
    written: int = 0
    wants_to_read: bool = True
    awaits_the_end: bool = False

    def send(self, data: bytes) -> None:
        """Send, and count it."""
        self.written += self.socket.send(data)

    def unread(self) -> int:
        """Return what has come."""
        return sockets.unread_bytes(self.socket)

    def unsent(self) -> int:
        """Return what is not acknowledged."""
        return sockets.unsent_bytes(self.socket)

    def acknowledge(self) -> None:
        """Acknowledge at once."""
        sockets.acknowledge(self.socket)


@dataclass
class Pair:
    """Both ends."""

    ours: Ours
    theirs: socket.socket

    @property
    def seen(self) -> TcpSocket | None:
        """The other end, as the kernel sees it."""
        local, remote = self.theirs.getsockname(), self.theirs.getpeername()
        return sockets.find(Endpoint(*local), Endpoint(*remote))


@pytest.fixture
def pair() -> Iterator[Pair]:
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        socket.create_connection(listener.getsockname()) as ours,
    ):
        theirs, _ = listener.accept()
        with theirs:
            yield Pair(Ours(ours), theirs)


def _delay_acknowledgements(by: socket.socket) -> None:
    by.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 0)


def test_what_was_read_and_is_not_acknowledged_yet_has_arrived(pair: Pair) -> None:
    _delay_acknowledgements(pair.theirs)
    pair.ours.send(PING)
    assert pair.theirs.recv(16) == PING
    assert pair.ours.unsent() == len(PING), "the kernel has acknowledged it at once"
    assert not in_flight(pair.ours, pair.seen)
    assert not has_not_arrived(pair.ours, pair.seen)


def test_a_fin_that_is_not_acknowledged_yet_has_arrived(pair: Pair) -> None:
    pair.ours.socket.shutdown(socket.SHUT_WR)
    pair.ours.written += 1
    seen = pair.seen
    assert seen is not None
    assert seen.received == 1
    assert not in_flight(pair.ours, seen)


def test_what_finds_no_room_has_not_arrived(pair: Pair) -> None:
    pair.ours.socket.setblocking(False)
    with contextlib.suppress(BlockingIOError):
        while True:
            pair.ours.send(bytes(1 << 16))
    assert has_not_arrived(pair.ours, pair.seen)
    assert not in_flight(pair.ours, pair.seen), "it is parked: the other end does not read"


def test_an_acknowledgement_that_we_delay_is_sent_when_it_is_asked_for(pair: Pair) -> None:
    _delay_acknowledgements(pair.ours.socket)
    pair.theirs.send(PING)
    assert pair.ours.socket.recv(16) == PING
    assert sockets.unsent_bytes(pair.theirs) == len(PING), "the kernel has acknowledged it at once"
    in_flight(pair.ours, pair.seen)
    assert not in_flight(pair.ours, pair.seen)


def test_what_we_have_not_read_is_on_its_way(pair: Pair) -> None:
    pair.theirs.send(PING)
    assert in_flight(pair.ours, pair.seen)
