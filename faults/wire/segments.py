"""TCP segments as they pass the wire: what is read of a frame, and what one is answered with.

A frame begins with the header that AF_PACKET gives it with PACKET_VNET_HDR (packet(7), and virtio's
specification), so that checksums that a device was to complete stay as they are; then come an
Ethernet header, an IPv4 header (RFC 791) and TCP's (RFC 9293, 3.1).
"""

import enum
import struct
from dataclasses import dataclass

VIRTIO = 10
ETHERNET = 14
HEADERS = VIRTIO + ETHERNET
"""Bytes of the headers before IPv4's."""

_TCP, _ICMP = 6, 1
_TCP_HEADER = struct.Struct(">HHIIBBH")
_UNREACHABLE = 3
_FIN, _SYN, _RST, _PSH, _ACK, _URG = 1, 2, 4, 8, 16, 32
_FLAGS = {"SYN": _SYN, "FIN": _FIN, "RST": _RST, "URG": _URG, "ACK": _ACK}


SEQUENCE = 1 << 32
"""Sequence numbers begin anew after so many bytes."""


class Direction(enum.Enum):
    """Where a segment goes."""

    TO_TARGET = "to the target"
    FROM_TARGET = "from the target"

    @property
    def back(self) -> "Direction":
        """The other way."""
        return Direction.FROM_TARGET if self is Direction.TO_TARGET else Direction.TO_TARGET


class Kind(enum.Enum):
    """What a segment is, by the first of these that it is."""

    RST = "RST"
    SYN = "SYN"
    SYN_ACK = "SYN, ACK"
    FIN = "FIN"
    DATA = "data"
    ACK = "ACK"


class Fate(enum.Enum):
    """What became of a segment on the wire."""

    PASSED = "passed"
    LOST = "lost"
    HELD = "held"
    RELEASED = "released"
    """It was held before, and goes on now."""
    DOUBLED = "doubled"
    UNREACHABLE = "answered by ICMP: unreachable"


class Unreachable(enum.IntEnum):
    """The codes of ICMP's "destination unreachable" (RFC 792, RFC 1122 3.2.2.1)."""

    NETWORK = 0
    HOST = 1


@dataclass(frozen=True)
class Segment:
    """One segment as it was seen. `at` is in seconds of the monotonic clock.

    `port` is the peer's, whichever way it goes. `length` is that of its data, in bytes.
    """

    at: float
    direction: Direction
    port: int
    flags: int
    seq: int
    ack: int
    window: int
    length: int
    fate: Fate = Fate.PASSED
    again: bool = False
    """Whether it carries nothing that was not sent before."""
    target_port: int = 0

    @property
    def end(self) -> int:
        """The sequence number after it: SYN and FIN count as a byte each (RFC 9293, 3.4)."""
        counted = self.length + bool(self.flags & _SYN) + bool(self.flags & _FIN)
        return (self.seq + counted) % SEQUENCE

    @property
    def kind(self) -> Kind:
        """What it is."""
        if self.flags & _RST:
            return Kind.RST
        if self.flags & _SYN:
            return Kind.SYN_ACK if self.flags & _ACK else Kind.SYN
        if self.flags & _FIN:
            return Kind.FIN
        return Kind.DATA if self.length else Kind.ACK

    @property
    def names(self) -> str:
        """Its flags as tcpdump's readers say them: "SYN, ACK"."""
        return ", ".join(name for name, bit in _FLAGS.items() if self.flags & bit)


def parse(frame: bytes, direction: Direction, at: float) -> Segment | None:
    """Return the segment in a frame, None for anything else."""
    start = HEADERS
    if len(frame) < start + 40 or frame[start] >> 4 != 4 or frame[start + 9] != _TCP:
        return None
    total = int.from_bytes(frame[start + 2 : start + 4], "big")
    tcp = start + (frame[start] & 15) * 4
    source, destination, seq, ack, offset, flags, window = _TCP_HEADER.unpack_from(frame, tcp)
    to_target = direction is Direction.TO_TARGET
    port, target_port = (source, destination) if to_target else (destination, source)
    length = start + total - tcp - (offset >> 4) * 4
    return Segment(at, direction, port, flags, seq, ack, window, length, target_port=target_port)


def flags_of(names: str) -> int:
    """Return the flags that `Segment.names` has the names of."""
    return sum(_FLAGS.get(name, 0) for name in names.split(", "))


def unreachable(frame: bytes, code: Unreachable) -> bytes:
    """Return the frame that tells the sender of this one that it cannot be delivered (RFC 792)."""
    ethernet, packet = frame[VIRTIO:HEADERS], frame[HEADERS:]
    quoted = packet[: (packet[0] & 15) * 4 + 8]
    message = struct.pack(">BBHI", _UNREACHABLE, code, 0, 0) + quoted
    message = message[:2] + internet_checksum(message) + message[4:]
    source, destination = packet[12:16], packet[16:20]
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(message), 0, 0, 64, _ICMP, 0)
    # The host itself seems to say so: any other address would have to be one that can be reached.
    header += destination + source
    header = header[:10] + internet_checksum(header) + header[12:]
    back = ethernet[6:12] + ethernet[:6] + ethernet[12:]
    return bytes(VIRTIO) + back + header + message


def internet_checksum(data: bytes) -> bytes:
    """Return the internet checksum (RFC 1071)."""
    padded = data + bytes(len(data) % 2)
    total: int = sum(struct.unpack(f">{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return (~total & 0xFFFF).to_bytes(2, "big")
