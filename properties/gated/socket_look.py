"""What a call of a program is about: which socket of TCP, with which addresses.

The addresses of a connection never change, so each socket is looked at once, by a copy that is
closed at once: while a copy exists, a socket that its owner closes stays in its epoll sets.
"""

import os
import select
import socket
import stat
from collections import OrderedDict
from dataclasses import dataclass

from faults.gate.calls import Kind, kind_of
from faults.gate.kernel import Call, copy_of_socket, read_memory
from faults.gate.lawful_errors import ADD_TO_EPOLL, ROWS, About
from target import held_sockets, processes
from target.sockets import Endpoint

MOST_REMEMBERED = 10_000
"""Sockets that are remembered; a program may make many."""

MAPPED = "::ffff:"
"""How a socket of IPv6 shows an address of IPv4 (RFC 4291, 2.5.5.2)."""

ADDRESS_MOST = 28
"""Bytes of struct sockaddr_in6."""


@dataclass(frozen=True)
class Seen:
    """A socket of TCP. `local` is None where it has no port, `peer` where it is not connected."""

    listens: bool
    local: Endpoint | None
    peer: Endpoint | None

    @property
    def about(self) -> About | None:
        """What it is for a rule: one that was reset has lost its peer, and is a connection."""
        if self.listens:
            return About.LISTENING
        return About.CONNECTION if self.local else None

    def has_port(self, port: int) -> bool:
        """Return whether one of its ends has this port."""
        return any(end is not None and end.port == port for end in (self.local, self.peer))

    def __str__(self) -> str:
        if self.listens:
            return str(self.local)
        return " to ".join(str(end) for end in (self.local, self.peer) if end) or "a new socket"


class SocketLook:
    """The sockets that calls were about."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Seen] = OrderedDict()

    def at(self, call: Call) -> Seen | None:
        """Return the socket of TCP that the first argument of a call is, None for anything else."""
        descriptor = call.descriptor
        try:
            name = os.readlink(f"/proc/{call.thread}/fd/{descriptor}")
        except OSError:
            return None
        if name in self._known:
            return self._known[name]
        if not name.startswith("socket:") or not held_sockets.is_of_tcp(call.thread, descriptor):
            return None
        seen = _looked_at(call, descriptor)
        if seen is not None and (seen.listens or seen.peer):
            self._known[name] = seen
            if len(self._known) > MOST_REMEMBERED:
                self._known.popitem(last=False)
        return seen

    def about(self, call: Call) -> About | None:
        """Return what a call is about, None for what has no row in the table of lawful errors."""
        kind = kind_of(call)
        if kind is Kind.EPOLL_CONTROL:
            return About.NEW if call.arguments[1] & 0xFFFFFFFF == ADD_TO_EPOLL else None
        of_kind = [row.about for row in ROWS if row.kind is kind]
        if About.CONNECTION not in of_kind and About.LISTENING not in of_kind:
            return next(iter(of_kind), None)
        if About.FILE in of_kind and _is_file(call):
            return About.FILE
        seen = self.at(call)
        return seen.about if seen else None


def _looked_at(call: Call, descriptor: int) -> Seen | None:
    copied = copy_of_socket(call.thread, descriptor)
    if copied is None:
        return None
    with copied:
        try:
            listens = bool(copied.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN))
            local = _endpoint(copied.getsockname())
        except OSError:
            return None
        try:
            peer = _endpoint(copied.getpeername())
        except OSError:
            peer = None
        return Seen(listens, local, peer)


def _endpoint(address: tuple[str, int]) -> Endpoint | None:
    host, port = address[:2]
    return Endpoint(host.removeprefix(MAPPED), port) if port else None


def _is_file(call: Call) -> bool:
    try:
        state = os.stat(f"/proc/{call.thread}/fd/{call.descriptor}")
    except OSError:
        return False
    return stat.S_ISREG(state.st_mode)


def destination_of(call: Call) -> Endpoint | None:
    """Return where a connect() goes, None for what is no address of TCP."""
    address, length = call.arguments[1], min(call.arguments[2] & 0xFFFFFFFF, ADDRESS_MOST)
    content = read_memory(call.thread, address, length) if length >= 8 else None
    if content is None or not held_sockets.is_of_tcp(call.thread, call.descriptor):
        return None
    family = int.from_bytes(content[:2], "little")
    port = int.from_bytes(content[2:4], "big")
    if family == socket.AF_INET:
        return Endpoint(socket.inet_ntop(family, content[4:8]), port)
    if family == socket.AF_INET6 and len(content) >= 24:
        host = socket.inet_ntop(family, content[8:24])
        return Endpoint(host.removeprefix(MAPPED), port)
    return None


def never_blocks(call: Call) -> bool:
    """Return whether the descriptor of a call does not block (O_NONBLOCK)."""
    return processes.never_blocks(call.thread, call.descriptor)


def finds_nothing(call: Call) -> bool:
    """Return whether an accept would only find out that no connection waits: EAGAIN."""
    if not never_blocks(call):
        return False
    copied = copy_of_socket(call.thread, call.descriptor)
    if copied is None:
        return False
    with copied:
        poll = select.poll()
        poll.register(copied, select.POLLIN)
        return not poll.poll(0)
