"""A call in words: what it would have done, as far as its arguments tell."""

import os
import socket

from faults.gate.calls import DESCRIPTOR_FIRST, Kind, buffers_of, kind_of, name_of
from faults.gate.kernel import Call, read_memory
from properties.gated.socket_look import SocketLook, destination_of

FIRST_BYTES = 40
"""Bytes that are shown of what is written."""

LONGEST_PATH = 200

_PATH_AT = {"open": 0, "openat": 1, "openat2": 1}


def described(call: Call, sockets: SocketLook) -> str:
    """Return what a call would have done: "accept4 on 127.0.0.1:9877", "write of 5 bytes ..."."""
    name, kind = name_of(call), kind_of(call)
    match kind:
        case Kind.READ | Kind.WRITE:
            return f"{name} {_moved(call)} {_place(call, sockets)}"
        case Kind.CONNECT:
            where = destination_of(call)
            return f"{name} to {where}" if where else name
        case Kind.OPEN_FILE:
            return f"{name} of {_path(call)}"
        case Kind.MAP_MEMORY:
            return f"{name} of {call.arguments[1]} bytes"
        case Kind.CLOSE:
            return f"{name} of {_place(call, sockets)}"
        case _ if kind in DESCRIPTOR_FIRST:
            return f"{name} on {_place(call, sockets)}"
        case _ if name in ("socket", "socketpair"):
            return f"{name} of {_family(call.arguments[0])}"
        case _:
            return name


def _moved(call: Call) -> str:
    buffers = buffers_of(call)
    if buffers is None:
        return "of an unknown length"
    if kind_of(call) is Kind.READ:
        return f"of at most {buffers.length} bytes from"
    pieces = [read_memory(call.thread, *piece) for piece in buffers.first(FIRST_BYTES)]
    start = b"".join(piece for piece in pieces if piece is not None)
    more = "..." if buffers.length > len(start) else ""
    shown = f" ({start!r}{more})".replace("(b", "(", 1) if start else ""
    return f"of {buffers.length} bytes{shown} to"


def _place(call: Call, sockets: SocketLook) -> str:
    descriptor = call.descriptor
    if seen := sockets.at(call):
        return f"{seen} (descriptor {descriptor})"
    try:
        found = os.readlink(f"/proc/{call.thread}/fd/{descriptor}")
    except OSError:
        return f"descriptor {descriptor}"
    return f"{found} (descriptor {descriptor})"


def _path(call: Call) -> str:
    address = call.arguments[_PATH_AT.get(name_of(call), 1)]
    # A page at a time: what follows the name need not be readable.
    length = min(LONGEST_PATH, 4096 - address % 4096)
    content = read_memory(call.thread, address, length) if address else None
    if content is None:
        return "a file"
    return repr(os.fsdecode(content.partition(b"\0")[0]))


def _family(number: int) -> str:
    try:
        return socket.AddressFamily(number & 0xFFFFFFFF).name
    except ValueError:
        return f"family {number & 0xFFFFFFFF}"
