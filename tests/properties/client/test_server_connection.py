"""The server's end of a connection: what it reads and answers, and how each end is seen."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from faults.client_context import PeerEnd
from properties.client.server_connection import LARGEST_READ, ROOM, ServerConnection
from properties.model.oracle import Echo
from target.sockets import Endpoint
from tests.properties.server_runs import HOST, wait_until


@dataclass
class Line:
    """Both ends of a connection: the client's is a plain socket, `ours` is what is tested."""

    client: socket.socket
    ours: ServerConnection
    told: bytearray

    @property
    def taken(self) -> bytes:
        """What a caller was told that asked for what is read."""
        return bytes(self.told)

    def come(self, data: bytes) -> None:
        """Let the client send, and wait until it is here."""
        before = self.ours.unread()
        self.client.sendall(data)
        wait_until(lambda: self.ours.unread() == before + len(data))

    def serve(self) -> bytes:
        """Let the server do what it wants to do, until it wants nothing; return what it sent."""
        sent = b""
        while True:
            moved = self.ours.wants_to_read and self.ours.read()
            if self.ours.wants_to_write:
                more = self.ours.write()
                sent, moved = sent + more, moved or bool(more)
            if not moved:
                return sent


@pytest.fixture
def line() -> Iterator[Line]:
    with socket.create_server((HOST, 0)) as server, socket.socket() as client:
        client.connect(server.getsockname())
        client.settimeout(30)
        told = bytearray()
        accepted, address = server.accept()
        ours = ServerConnection(accepted, Endpoint(*address), Echo(), told.extend)
        yield Line(client, ours, told)
        ours.end(PeerEnd.RESET)


def test_it_does_not_read_before_it_is_told_to(line: Line) -> None:
    line.come(b"hello")
    assert not line.ours.wants_to_read
    assert line.serve() == b""
    assert (line.ours.unread(), line.ours.taken, line.taken) == (5, 0, b"")


def test_told_to_read_it_echoes_what_has_come(line: Line) -> None:
    line.come(b"hello")
    line.ours.reading = True
    assert line.serve() == b"hello"
    assert line.client.recv(100) == b"hello"
    assert (line.ours.taken, line.ours.echoed, line.ours.pending, line.taken) == (5, 5, 0, b"hello")


def test_a_read_when_nothing_has_come_moves_nothing(line: Line) -> None:
    assert not line.ours.read()
    assert line.ours.finished == ""


def test_told_to_stop_it_answers_nothing_more(line: Line) -> None:
    line.ours.reading = True
    line.come(b"hello")
    assert line.ours.read()
    line.ours.reading = False
    assert not line.ours.wants_to_write
    assert line.ours.pending == 5


def test_an_answer_in_pieces_is_one_piece_in_each_write(line: Line) -> None:
    line.ours.reading, line.ours.piece = True, 2
    line.come(b"hello")
    line.ours.read()
    for piece in (b"he", b"ll", b"o"):
        wait_until(lambda: line.ours.wants_to_write)
        assert line.ours.write() == piece
        assert line.client.recv(100) == piece


def test_a_piece_waits_until_the_client_has_read_the_one_before(line: Line) -> None:
    line.ours.reading, line.ours.piece = True, 2
    line.come(b"hello")
    assert line.serve() == b"he"
    assert not line.ours.wants_to_write
    line.client.recv(100)
    wait_until(lambda: line.ours.wants_to_write)


def test_what_is_withheld_is_read_and_not_answered(line: Line) -> None:
    line.ours.reading, line.ours.withheld = True, 2
    line.come(b"hello")
    assert line.serve() == b"hel"
    assert (line.ours.taken, line.ours.echoed, line.ours.pending) == (5, 3, 0)
    line.ours.withheld = 0
    assert line.serve() == b"lo"


def test_more_may_be_withheld_than_there_is(line: Line) -> None:
    line.ours.reading, line.ours.withheld = True, 100
    line.come(b"hello")
    assert line.serve() == b""
    assert not line.ours.wants_to_write


def fill(line: Line) -> None:
    """Let the server read without answering until it wants no more of it, or has far too much."""
    while line.ours.wants_to_read and line.ours.taken < 4 * ROOM:
        line.come(bytes(ROOM // 4))
        line.ours.read()


def test_no_more_is_read_than_there_is_room_for_answers(line: Line) -> None:
    line.ours.reading = True
    fill(line)
    assert ROOM <= line.ours.taken < ROOM + LARGEST_READ
    line.ours.write()
    assert line.ours.wants_to_read


def test_what_is_withheld_takes_no_room(line: Line) -> None:
    line.ours.reading, line.ours.withheld = True, 1000
    fill(line)
    assert line.ours.taken >= ROOM + 1000
    assert line.ours.pending >= ROOM


def test_a_client_that_does_not_read_holds_the_answers_up(line: Line) -> None:
    line.ours.reading = True
    sent = 0
    while sent < 64 << 20:
        line.client.setblocking(False)
        try:
            sent += line.client.send(bytes(ROOM))
        except BlockingIOError:
            break
        line.serve()
    assert line.ours.pending > 0
    assert line.ours.unsent() > 0
    assert line.ours.write() == b""


def test_the_end_of_the_client_is_noted_and_what_is_owed_still_sent(line: Line) -> None:
    line.ours.reading = True
    line.come(b"hello")
    line.ours.read()
    line.client.shutdown(socket.SHUT_WR)
    wait_until(line.ours.read)
    assert (line.ours.finished, line.ours.was_reset) == ("FIN", False)
    assert line.ours.answers
    assert line.serve() == b"hello"


def test_a_reset_of_the_client_is_noted_and_nothing_more_is_owed(line: Line) -> None:
    line.ours.reading = True
    line.come(b"hello")
    line.ours.read()
    line.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    line.client.close()
    wait_until(line.ours.read)
    assert (line.ours.finished, line.ours.was_reset) == ("ECONNRESET", True)
    assert line.ours.pending == 0
    assert not line.ours.wants_to_write


def test_what_is_not_owed_can_be_said_and_is_no_echo(line: Line) -> None:
    assert line.ours.say(b"surplus") == b"surplus"
    assert line.client.recv(100) == b"surplus"
    assert line.ours.echoed == 0


@pytest.mark.parametrize("how", PeerEnd)
def test_after_its_end_it_says_and_answers_nothing(line: Line, how: PeerEnd) -> None:
    line.ours.reading = True
    line.come(b"hello")
    line.ours.read()
    line.ours.end(how)
    assert line.ours.say(b"surplus") == b""
    assert not line.ours.wants_to_write
    assert (line.ours.pending, line.ours.answers, line.ours.is_open) == (0, False, False)
    assert line.ours.finished == ""


def test_swallowed_bytes_are_taken_and_not_answered(line: Line) -> None:
    line.come(b"hello")
    assert line.ours.swallow()
    line.ours.reading = True
    assert line.serve() == b""
    assert (line.ours.taken, line.ours.unread()) == (5, 0)
    assert not line.ours.swallow()


@pytest.mark.parametrize("how", PeerEnd)
def test_what_the_client_has_reset_can_still_be_ended(line: Line, how: PeerEnd) -> None:
    line.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
    line.client.close()
    wait_until(lambda: not line.ours.is_open)
    line.ours.end(how)
    assert not line.ours.answers


# How the client sees each end.


def sees_eof(client: socket.socket) -> bool:
    return client.recv(100) == b""


def sees_a_reset(client: socket.socket) -> bool:
    with pytest.raises(ConnectionResetError):
        client.recv(100)
    return True


@pytest.mark.parametrize(
    ("how", "unread", "sees"),
    [
        pytest.param(PeerEnd.FIN, b"", sees_eof, id="FIN"),
        pytest.param(PeerEnd.FIN, b"input", sees_eof, id="FIN with unread input"),
        pytest.param(PeerEnd.CLOSE, b"", sees_eof, id="close"),
        pytest.param(PeerEnd.UNREAD, b"input", sees_a_reset, id="close with unread input"),
        pytest.param(PeerEnd.RESET, b"", sees_a_reset, id="RST"),
        pytest.param(PeerEnd.RESET, b"input", sees_a_reset, id="RST with unread input"),
    ],
)
def test_the_client_sees_the_end_as_it_was_meant(
    line: Line, how: PeerEnd, unread: bytes, sees: Callable[[socket.socket], bool]
) -> None:
    if unread:
        line.come(unread)
    line.ours.end(how)
    assert sees(line.client)


@pytest.mark.parametrize("how", [PeerEnd.FIN, PeerEnd.CLOSE])
def test_data_that_was_sent_before_a_fin_comes_before_it(line: Line, how: PeerEnd) -> None:
    line.ours.say(b"data")
    line.ours.end(how)
    assert line.client.recv(100) == b"data"
    assert sees_eof(line.client)


def test_data_that_was_sent_before_a_reset_comes_before_it(line: Line) -> None:
    line.ours.say(b"data")
    line.ours.end(PeerEnd.RESET)
    assert line.client.recv(100) == b"data"
    assert sees_a_reset(line.client)


def test_after_a_fin_it_still_reads(line: Line) -> None:
    line.ours.end(PeerEnd.FIN)
    line.come(b"more")
    line.ours.reading = True
    assert line.serve() == b""
    assert line.taken == b"more"


def test_what_comes_after_a_close_is_answered_by_a_reset(line: Line) -> None:
    line.ours.end(PeerEnd.CLOSE)
    assert sees_eof(line.client)
    line.client.send(b"more")
    wait_until(lambda: line.client.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))


@pytest.mark.parametrize("first", PeerEnd)
@pytest.mark.parametrize("second", PeerEnd)
def test_it_can_be_ended_twice(line: Line, first: PeerEnd, second: PeerEnd) -> None:
    line.ours.end(first)
    line.ours.end(second)
    assert not line.ours.is_open
    assert line.ours.unread() == 0


def test_what_comes_after_an_answer_is_acknowledged_at_once(line: Line) -> None:
    line.ours.reading = True
    line.come(b"a line\n")
    line.serve()
    # Of TCP_QUICKACK the kernel tells whether the next acknowledgement may be delayed (tcp(7)).
    assert line.ours.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK) == 1
