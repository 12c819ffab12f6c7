"""Segments that no host of ours has sent: SYNs of ports that never answer, and RSTs that end them.

Each is a whole frame, with its checksums (RFC 791, RFC 9293, 3.1), from the peer's address.
"""

import socket
import struct

from faults.wire.rules import Action, Rule
from faults.wire.segments import VIRTIO, Direction, internet_checksum
from target.hosts import MAC, PEER

FIRST_PORT = 1024
"""The first of the ports that SYNs come from: below those that the kernel gives to our clients."""

MOST = 8192
"""Handshakes at once: ports from the first one on."""

UNANSWERED = Rule(
    Action.LOSE, Direction.FROM_TARGET, port=FIRST_PORT, last_port=FIRST_PORT + MOST - 1
)
"""No answer to these SYNs comes to the peer's host, which would know nothing of them."""

UNLOGGED = range(FIRST_PORT + 8, FIRST_PORT + MOST)
"""Ports whose segments are not kept for the history: the first ones show what happens."""

INITIAL = 1_000_000
"""The sequence number of each SYN."""

_SYN, _RST = 2, 4
_ETHERNET, _IPV4, _TTL, _WINDOW = b"\x08\x00", 0x45, 64, 65535
_NO_FRAGMENTS = 0x4000
_MSS = struct.pack(">BBH", 2, 4, 1460)


def syn(target: tuple[str, int], port: int) -> bytes:
    """Return the frame with a SYN from a port of the peer."""
    return _frame(target, port, INITIAL, _SYN, _MSS)


def rst(target: tuple[str, int], port: int) -> bytes:
    """Return the frame with the RST that ends the handshake of such a SYN."""
    return _frame(target, port, INITIAL + 1, _RST, b"")


def _frame(target: tuple[str, int], port: int, seq: int, flags: int, options: bytes) -> bytes:
    source, destination = socket.inet_aton(PEER), socket.inet_aton(target[0])
    offset = (20 + len(options)) // 4 << 4
    fields = (port, target[1], seq, 0, offset, flags, _WINDOW, 0, 0)
    segment = struct.pack(">HHIIBBHHH", *fields) + options
    pseudo = source + destination + struct.pack(">HH", socket.IPPROTO_TCP, len(segment))
    segment = segment[:16] + internet_checksum(pseudo + segment) + segment[18:]
    total = 20 + len(segment)
    header = struct.pack(">BBHHHBBH", _IPV4, 0, total, 0, _NO_FRAGMENTS, _TTL, 6, 0)
    header += source + destination
    header = header[:10] + internet_checksum(header) + header[12:]
    macs = (bytes.fromhex(MAC[name].replace(":", "")) for name in ("target", "peer"))
    return bytes(VIRTIO) + b"".join(macs) + _ETHERNET + header + segment
