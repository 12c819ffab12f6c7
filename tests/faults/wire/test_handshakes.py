"""SYNs that no host has sent: the target's kernel answers them, and an RST ends what they began."""

import socket

from faults.wire import wire
from faults.wire.handshakes import FIRST_PORT, UNANSWERED, rst, syn
from faults.wire.segments import HEADERS, Direction, Kind, Segment, internet_checksum, parse
from target.netstat import sockets_of
from target.sockets import HALF_OPEN, Endpoint
from tests.chambers import each_user, inside, needs_a_chamber

TARGET = ("127.0.0.1", 9877)


def seen(frame: bytes) -> Segment:
    found = parse(frame, Direction.TO_TARGET, 0.0)
    assert found is not None
    return found


def test_a_syn_comes_from_its_port_and_the_rst_follows_it() -> None:
    first, second = seen(syn(TARGET, 1025)), seen(rst(TARGET, 1025))
    assert (first.kind, first.port, first.target_port) == (Kind.SYN, 1025, 9877)
    assert (second.kind, second.port, second.seq) == (Kind.RST, 1025, first.end)


def test_the_header_has_its_checksum() -> None:
    header = syn(TARGET, 1025)[HEADERS : HEADERS + 20]
    assert internet_checksum(header) == b"\0\0"


@needs_a_chamber
@each_user
def test_the_targets_kernel_keeps_them_until_they_are_reset(user: int | None) -> None:
    def half_open() -> set[int]:
        return {one.remote.port for one in sockets_of(TARGET[1]) if one.state in HALF_OPEN}

    def work() -> tuple[set[int], set[int]]:
        between = wire.of_this_process()
        assert between is not None
        between.open(TARGET[0])
        between.begin()
        between.add(UNANSWERED)
        with socket.create_server(TARGET):
            between.begin_handshakes(Endpoint(*TARGET), 3)
            begun = half_open()
            between.end_handshakes(Endpoint(*TARGET), 3)
            return begun, half_open()

    begun, left = inside(work, user, wire.stand_by)
    assert begun == {FIRST_PORT, FIRST_PORT + 1, FIRST_PORT + 2}
    assert left == set()
