"""A packet socket (packet(7)) on a device: it reads what comes out, and sends into it."""

import contextlib
import errno
import select
import socket

PACKET = 1 << 17
"""Bytes of the largest frame with its headers, and of the largest request or answer."""

ATTEMPTS = 200
PAUSE = 0.001
"""How often a frame is tried for which there is no room, and how many seconds lie between."""

_QUEUE = 1 << 23
_SOL_PACKET, _VNET_HDR, _IGNORE_OUTGOING = 263, 15, 23
_SO_RCVBUFFORCE = 33
_IPV4 = 0x0800


def open_tap(device: str) -> socket.socket:
    """Return a socket that reads the frames that come out of a device, and sends some into it."""
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_IPV4))
    tap.setsockopt(_SOL_PACKET, _VNET_HDR, 1)
    tap.setsockopt(_SOL_PACKET, _IGNORE_OUTGOING, 1)
    with contextlib.suppress(OSError):
        # More than the usual limit is for root alone (socket(7)); windows are small (target.hosts).
        tap.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _QUEUE)
    tap.bind((device, _IPV4))
    return tap


def put(tap: socket.socket, frame: bytes) -> bool:
    """Send a frame into the device; return whether it took it.

    Where the far host is slow to take what is there (ENOBUFS), it is waited for.
    """
    for _ in range(ATTEMPTS):
        try:
            tap.send(frame)
        except OSError as error:
            if error.errno != errno.ENOBUFS:
                return False
            select.select((), (), (), PAUSE)
        else:
            return True
    return False
