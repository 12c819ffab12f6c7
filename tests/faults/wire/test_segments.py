"""What is read of a frame: hand-made ones, each with the headers that a packet socket gives."""

import struct

import pytest

from faults.wire.segments import (
    ETHERNET,
    VIRTIO,
    Direction,
    Kind,
    Segment,
    Unreachable,
    parse,
    unreachable,
)

FIN, SYN, RST, ACK = 1, 2, 4, 16
OURS, THEIRS = bytes((127, 9, 0, 1)), bytes((127, 0, 0, 1))
MACS = bytes(range(1, 13))


def frame(flags: int, data: bytes = b"", protocol: int = 6, padding: int = 0) -> bytes:
    """Return a frame from port 4000 to port 7 with sequence numbers 100 and 200."""
    tcp = struct.pack(">HHIIBBHHH", 4000, 7, 100, 200, 5 << 4, flags, 512, 0, 0) + data
    header = struct.pack(
        ">BBHHHBBH4s4s", 0x45, 0, 20 + len(tcp), 0, 0, 64, protocol, 0, OURS, THEIRS
    )
    return bytes(VIRTIO) + MACS + b"\x08\x00" + header + tcp + bytes(padding)


def seen(flags: int, data: bytes = b"", padding: int = 0) -> Segment:
    found = parse(frame(flags, data, padding=padding), Direction.TO_TARGET, 1.5)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("flags", "data", "kind"),
    [
        (SYN, b"", Kind.SYN),
        (SYN | ACK, b"", Kind.SYN_ACK),
        (ACK, b"", Kind.ACK),
        (ACK, b"x", Kind.DATA),
        (FIN | ACK, b"", Kind.FIN),
        (FIN | ACK, b"x", Kind.FIN),
        (RST, b"", Kind.RST),
        (RST | ACK, b"", Kind.RST),
    ],
)
def test_its_kind_follows_from_its_flags_and_its_length(
    flags: int, data: bytes, kind: Kind
) -> None:
    assert seen(flags, data).kind is kind


def test_its_numbers_are_those_of_its_headers() -> None:
    found = seen(ACK, b"hello")
    assert (found.seq, found.ack, found.window, found.length) == (100, 200, 512, 5)
    assert (found.at, found.names) == (1.5, "ACK")


def test_what_fills_a_short_frame_is_no_data() -> None:
    assert seen(ACK, padding=6).length == 0


def test_the_port_is_the_peers_whichever_way_it_goes() -> None:
    there = parse(frame(ACK), Direction.TO_TARGET, 0.0)
    back = parse(frame(ACK), Direction.FROM_TARGET, 0.0)
    assert there is not None
    assert back is not None
    assert (there.port, back.port) == (4000, 7)


@pytest.mark.parametrize("other", [frame(0, protocol=17), bytes(20), b""])
def test_what_is_no_segment_is_none(other: bytes) -> None:
    assert parse(other, Direction.TO_TARGET, 0.0) is None


def checksum_is_right(data: bytes) -> bool:
    total: int = sum(struct.unpack(f">{len(data) // 2}H", data))
    return (total & 0xFFFF) + (total >> 16) == 0xFFFF


def test_that_a_host_is_unreachable_is_told_to_the_sender() -> None:
    answer = unreachable(frame(SYN), Unreachable.HOST)
    ethernet, packet = answer[VIRTIO : VIRTIO + ETHERNET], answer[VIRTIO + ETHERNET :]
    assert ethernet[:12] == MACS[6:] + MACS[:6]
    assert packet[12:20] == THEIRS + OURS
    assert packet[20:22] == bytes((3, 1))
    assert packet[28:] == frame(SYN)[VIRTIO + ETHERNET :][:28]
    assert checksum_is_right(packet[:20])
    assert checksum_is_right(packet[20:])
