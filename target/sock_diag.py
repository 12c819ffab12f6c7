"""Asking the kernel about sockets: netlink messages of the family of sock_diag(7)."""

import socket
import struct
from collections.abc import Iterator

NETLINK_SOCK_DIAG = 4
SOCK_DIAG_BY_FAMILY = 20
NLMSG_ERROR = 2
NLMSG_DONE = 3
NLM_F_REQUEST = 0x1
NLM_F_DUMP = 0x300

PATIENCE = 10
"""Seconds for an answer, which comes at once."""

Diag = socket.socket | None
"""What asks: a socket of `open_diag`, or None for one of this network namespace."""

_HEADER = struct.Struct("=IHHII")


def open_diag() -> socket.socket:
    """Return a socket that asks about the network namespace that it was made in."""
    return socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_SOCK_DIAG)


def answers(request: bytes, flags: int, diag: Diag = None) -> Iterator[bytes]:
    """Yield the answers to a request: one, or with NLM_F_DUMP all."""
    header = _HEADER.pack(
        _HEADER.size + len(request), SOCK_DIAG_BY_FAMILY, NLM_F_REQUEST | flags, 1, 0
    )
    with diag.dup() if diag else open_diag() as netlink:
        netlink.settimeout(PATIENCE)
        netlink.send(header + request)
        while True:
            kinds = []
            for kind, message in _messages(netlink.recv(1 << 16)):
                kinds.append(kind)
                if kind == SOCK_DIAG_BY_FAMILY:
                    yield message
            if NLMSG_DONE in kinds or NLMSG_ERROR in kinds or not flags & NLM_F_DUMP:
                return


def _messages(packet: bytes) -> Iterator[tuple[int, bytes]]:
    while len(packet) >= _HEADER.size:
        length, kind, _, _, _ = _HEADER.unpack_from(packet)
        yield kind, packet[_HEADER.size : length]
        packet = packet[(length + 3) & ~3 :]
