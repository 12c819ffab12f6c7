"""The kernel's view of TCP sockets, read over netlink (sock_diag(7)).

A query for one connection costs microseconds, whatever else the machine has open; `/proc/net/tcp`
would have to be read whole, with every socket in TIME_WAIT. Nothing here makes a connection.
"""

import enum
import fcntl
import socket
import struct
import termios
from collections.abc import Iterator
from dataclasses import dataclass

from target.sock_diag import NLM_F_DUMP, Diag, answers

SIOCOUTQ = termios.TIOCOUTQ

# struct inet_diag_req_v2: family, protocol, extensions, padding, states, then the socket's id:
# source port, destination port, source and destination address, interface, cookie.
_REQUEST = struct.Struct("=BBBxI2s2s16s16sIII")
# struct inet_diag_msg: family, state, timer, retransmissions, the id again, expiry in ms, receive
# queue, send queue, user, inode.
_ANSWER = struct.Struct("=BBBB2s2s16s16sIIIIIIII")
_ATTRIBUTE = struct.Struct("=HH")
INET_DIAG_INFO = 2
# struct tcp_info (linux/tcp.h): tcpi_bytes_acked, tcpi_bytes_received.
_COUNTERS = struct.Struct("=QQ")
_COUNTERS_AT = 120


class TcpState(enum.IntEnum):
    """The states of RFC 9293, numbered as Linux does (include/net/tcp_states.h)."""

    ESTABLISHED = 1
    SYN_SENT = 2
    SYN_RECV = 3
    FIN_WAIT1 = 4
    FIN_WAIT2 = 5
    TIME_WAIT = 6
    CLOSE = 7
    CLOSE_WAIT = 8
    LAST_ACK = 9
    LISTEN = 10
    CLOSING = 11
    NEW_SYN_RECV = 12


HALF_OPEN = frozenset({TcpState.SYN_RECV, TcpState.NEW_SYN_RECV})
"""Of a connection whose handshake has not ended for the side that listens."""


class Timer(enum.IntEnum):
    """What the kernel waits for with a connection (inet_diag_msg, idiag_timer)."""

    NONE = 0
    RETRANSMISSION = 1
    KEEPALIVE = 2
    TIME_WAIT = 3
    PROBE = 4


@dataclass(frozen=True)
class Endpoint:
    """An address and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True)
class TcpSocket:
    """A TCP socket as the kernel sees it.

    `receive_queue` and `send_queue` count bytes: not yet read, not yet acknowledged. On a listening
    socket they are the length of the accept queue and its limit. `inode` is 0 while no process
    holds the socket: it still waits in the accept queue, or has outlived its process. `received`
    counts all bytes that have come, and 1 for a FIN; None where the kernel does not say it, as in
    TIME_WAIT, and in dumps, which do not ask. `acknowledged` counts those that it has sent and that
    have been acknowledged, likewise. `timer` runs out in `expires` seconds.
    """

    local: Endpoint
    remote: Endpoint
    state: TcpState
    receive_queue: int
    send_queue: int
    inode: int
    received: int | None = None
    acknowledged: int | None = None
    timer: Timer = Timer.NONE
    expires: float = 0.0

    @property
    def written(self) -> int | None:
        """How many bytes were written to an accepted connection, and 1 for a FIN; None: unknown."""
        return None if self.acknowledged is None else self.acknowledged + self.send_queue


def listening() -> tuple[TcpSocket, ...]:
    """Return all listening TCP sockets of this network namespace."""
    states = 1 << TcpState.LISTEN
    anything = Endpoint("", 0)
    return tuple(
        found
        for family in (socket.AF_INET, socket.AF_INET6)
        for found in query(family, states, anything, anything, NLM_F_DUMP)
    )


def connected() -> Iterator[TcpSocket]:
    """Return all TCP sockets that have data to send or may have: no listening one, no TIME_WAIT."""
    states = sum(
        1 << state
        for state in (
            TcpState.ESTABLISHED,
            TcpState.FIN_WAIT1,
            TcpState.CLOSE_WAIT,
            TcpState.LAST_ACK,
            TcpState.CLOSING,
        )
    )
    anything = Endpoint("", 0)
    for family in (socket.AF_INET, socket.AF_INET6):
        yield from query(family, states, anything, anything, NLM_F_DUMP)


def towards(server: Endpoint) -> tuple[TcpSocket, ...]:
    """Return the sockets that are connected to a server, or are about to be: its clients' ends."""
    family = socket.AF_INET6 if ":" in server.host else socket.AF_INET
    states = 0xFFFFFFFF & ~(1 << TcpState.TIME_WAIT | 1 << TcpState.LISTEN)
    found = query(family, states, Endpoint("", 0), Endpoint("", server.port), NLM_F_DUMP)
    return tuple(one for one in found if one.remote == server)


def accepted_at(port: int) -> tuple[TcpSocket, ...]:
    """Return the server's ends of the connections to a port, also of those not accepted yet."""
    states = 0xFFFFFFFF & ~(1 << TcpState.TIME_WAIT | 1 << TcpState.LISTEN)
    here, anywhere = Endpoint("", port), Endpoint("", 0)
    return tuple(
        found
        for family in (socket.AF_INET, socket.AF_INET6)
        for found in query(family, states, here, anywhere, NLM_F_DUMP)
    )


def reachable(host: str) -> str:
    """Return an address at which a server bound to `host` can be reached: not "any", ip(7)."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)


def how_near(listening_at: Endpoint, wanted: Endpoint) -> int | None:
    """Rank a listening address for connections to `wanted`: 0 is its own, None does not serve it.

    A wildcard serves every address of its family, and "::" those of IPv4 as well (ipv6(7)).
    """
    if listening_at.port != wanted.port:
        return None
    order = (wanted.host, "::" if ":" in wanted.host else "0.0.0.0", "::", f"::ffff:{wanted.host}")
    return order.index(listening_at.host) if listening_at.host in order else None


def find(local: Endpoint, remote: Endpoint) -> TcpSocket | None:
    """Return the socket of this connection as seen from `local`, None when there is none.

    None also once it has been reset: a socket in CLOSE is in no table.
    """
    family = socket.AF_INET6 if ":" in local.host else socket.AF_INET
    for found in query(family, 0xFFFFFFFF, local, remote, 0):
        # Without a connection the kernel answers with the listening socket of the port.
        if found.state != TcpState.LISTEN:
            return found
    return None


def state_of(connection: socket.socket) -> TcpState:
    """Return the state of our own socket, from TCP_INFO (tcp(7))."""
    return TcpState(connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0])


def accept_queue_of(listening: socket.socket) -> tuple[int, int]:
    """Return how many connections wait at our own listening socket, and its backlog.

    Of a socket that listens, tcpi_unacked and tcpi_sacked are these (tcp_get_info of Linux).
    """
    info = listening.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 32)
    waiting, backlog = struct.unpack_from("=II", info, 24)
    return waiting, backlog


def unread_bytes(connection: socket.socket) -> int:
    """Return how many bytes our own socket has received and we have not read (SIOCINQ, tcp(7))."""
    return _count(connection, termios.FIONREAD)


def unsent_bytes(connection: socket.socket) -> int:
    """Return how many bytes the peer has not acknowledged yet (SIOCOUTQ, tcp(7))."""
    return _count(connection, SIOCOUTQ)


def acknowledge(connection: socket.socket) -> None:
    """Acknowledge now what our own socket has received: the kernel may delay it (tcp(7))."""
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)


def reset_at_close(connection: socket.socket) -> None:
    """Let close(2) send RST at once: SO_LINGER on, with zero seconds (socket(7))."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _count(connection: socket.socket, request: int) -> int:
    answer = fcntl.ioctl(connection.fileno(), request, b"\0\0\0\0")
    return int.from_bytes(answer, "little")


def query(
    family: int, states: int, local: Endpoint, remote: Endpoint, flags: int, diag: Diag = None
) -> Iterator[TcpSocket]:
    """Ask the kernel about sockets; about those of another namespace through `diag`."""
    body = _REQUEST.pack(
        family,
        socket.IPPROTO_TCP,
        0 if flags & NLM_F_DUMP else 1 << (INET_DIAG_INFO - 1),
        states,
        local.port.to_bytes(2, "big"),
        remote.port.to_bytes(2, "big"),
        _packed(family, local.host),
        _packed(family, remote.host),
        0,
        0xFFFFFFFF,
        0xFFFFFFFF,
    )
    return map(_decoded, answers(body, flags, diag))


def _decoded(message: bytes) -> TcpSocket:
    fields = _ANSWER.unpack_from(message)
    family, state = fields[0], fields[1]
    acknowledged, received = _counters(message[_ANSWER.size :])
    return TcpSocket(
        local=Endpoint(_unpacked(family, fields[6]), int.from_bytes(fields[4], "big")),
        remote=Endpoint(_unpacked(family, fields[7]), int.from_bytes(fields[5], "big")),
        state=TcpState(state),
        receive_queue=fields[12],
        send_queue=fields[13],
        inode=fields[15],
        received=received,
        acknowledged=acknowledged,
        timer=Timer(fields[2]) if fields[2] in _TIMERS else Timer.NONE,
        expires=fields[11] / 1000,
    )


_TIMERS = frozenset(Timer)


def _counters(attributes: bytes) -> tuple[int, int] | tuple[None, None]:
    while len(attributes) >= _ATTRIBUTE.size:
        length, kind = _ATTRIBUTE.unpack_from(attributes)
        at = _ATTRIBUTE.size + _COUNTERS_AT
        if kind == INET_DIAG_INFO and length >= at + _COUNTERS.size:
            acknowledged, received = _COUNTERS.unpack_from(attributes, at)
            return int(acknowledged), int(received)
        attributes = attributes[max(_ATTRIBUTE.size, (length + 3) & ~3) :]
    return None, None


def _packed(family: int, host: str) -> bytes:
    return socket.inet_pton(family, host).ljust(16, b"\0") if host else bytes(16)


def _unpacked(family: int, packed: bytes) -> str:
    return socket.inet_ntop(family, packed[:4] if family == socket.AF_INET else packed)
