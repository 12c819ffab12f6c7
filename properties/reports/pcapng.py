"""The segments of a history as a capture file that Wireshark and tcpdump read: pcapng.

https://www.ietf.org/archive/id/draft-ietf-opsawg-pcapng: a section header, one interface, and an
enhanced packet for each segment. A history keeps no data, so that a packet is cut after its headers
(its original length is the true one), and its checksum of TCP is 0 where it had data. Options of
TCP are not kept either. Times count from the beginning of the history.
"""

import struct
from collections.abc import Iterable
from ipaddress import AddressValueError, IPv4Address

from faults.wire.segments import Direction, Fate, flags_of, internet_checksum
from properties.model.events import Carried

SECTION, INTERFACE, PACKET = 0x0A0D0D0A, 1, 6
"""Types of blocks."""

COMMENT, RESOLUTION = 1, 9
"""Options: of any block, and of an interface."""

LINKTYPE_RAW = 101
"""Packets begin with their IPv4 header."""

NANOSECONDS = 9

HEADERS = 40
"""Bytes of an IPv4 and a TCP header without options."""

TARGET_PORT = 7
"""Stands for the port of the target where a case does not know it: that of echo (RFC 862)."""

_BYTE_ORDER = 0x1A2B3C4D
_TCP, _TIME_TO_LIVE = 6, 64
_WORDS = {
    Fate.LOST: "lost on the wire",
    Fate.HELD: "held on the wire",
    Fate.RELEASED: "goes on, was held on the wire",
    Fate.DOUBLED: "doubled on the wire, arrives twice",
    Fate.UNREACHABLE: "lost on the wire, answered by ICMP: unreachable",
}


def capture(segments: Iterable[Carried], target: str, peer: str) -> bytes:
    """Return the file. `target` and `peer` are the addresses of the hosts."""
    ends = _address(target), _address(peer)
    interface = struct.pack("<HHI", LINKTYPE_RAW, 0, 0) + _options(
        (RESOLUTION, bytes([NANOSECONDS])), (COMMENT, b"the wire between both hosts")
    )
    section = struct.pack("<IHHq", _BYTE_ORDER, 1, 0, -1)
    packets = (_block(PACKET, _packet(one, *ends)) for one in segments)
    return b"".join((_block(SECTION, section), _block(INTERFACE, interface), *packets))


def _address(host: str) -> bytes:
    try:
        return IPv4Address(host).packed
    except AddressValueError:
        return IPv4Address("127.0.0.1").packed


def _block(kind: int, body: bytes) -> bytes:
    total = len(body) + 12
    return struct.pack("<II", kind, total) + body + struct.pack("<I", total)


def _options(*options: tuple[int, bytes]) -> bytes:
    if not options:
        return b""
    written = [struct.pack("<HH", code, len(value)) + _padded(value) for code, value in options]
    return b"".join((*written, bytes(4)))


def _padded(value: bytes) -> bytes:
    return value + bytes(-len(value) % 4)


def _packet(one: Carried, target: bytes, peer: bytes) -> bytes:
    headers = _headers(one, target, peer)
    at = round(one.at * 10**NANOSECONDS)
    before = struct.pack("<IIIII", 0, at >> 32, at & 0xFFFFFFFF, HEADERS, HEADERS + one.length)
    words = _WORDS.get(one.fate, "")
    return before + headers + _options(*([(COMMENT, words.encode())] if words else []))


def _headers(one: Carried, target: bytes, peer: bytes) -> bytes:
    from_peer = one.direction is Direction.TO_TARGET
    source, destination = (peer, target) if from_peer else (target, peer)
    ports = (one.port, one.target_port or TARGET_PORT)
    start = struct.pack(">BBHHHBB", 0x45, 0, HEADERS + one.length, 0, 0x4000, _TIME_TO_LIVE, _TCP)
    ip = start + internet_checksum(start + bytes(2) + source + destination) + source + destination
    flags = flags_of(one.flags)
    numbers = (one.seq, one.ack, (HEADERS - len(ip)) // 4 << 4, flags, one.window, 0, 0)
    tcp = struct.pack(">HHIIBBHHH", *(ports if from_peer else ports[::-1]), *numbers)
    if not one.length:
        pseudo = source + destination + struct.pack(">HH", _TCP, len(tcp))
        tcp = tcp[:16] + internet_checksum(pseudo + tcp) + tcp[18:]
    return ip + tcp
