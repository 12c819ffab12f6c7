"""Which system calls are of one kind, by their numbers, and what is in their arguments.

The numbers are those of each architecture (syscalls(2)); a call that an architecture does not have
is left out. The C library may reach the kernel by any of a kind: accept() by accept4, fork() by
clone, poll() by ppoll.
"""

import enum
import fcntl
import os
import platform
import struct
from collections.abc import Iterable
from dataclasses import dataclass

from faults.gate.kernel import BitTest, Call, Condition, read_memory


class Kind(enum.Enum):
    """What a call is for."""

    ACCEPT = "accept"
    FORK = "fork"
    READ = "read"
    WRITE = "write"
    WAIT = "poll"
    """poll, select and epoll_wait: waiting for several descriptors."""
    CLOSE = "close"
    LOCK = "futex"
    REAP = "wait"
    HANDLE_SIGNAL = "sigaction"
    SET_TIMER = "setitimer"
    ASK_FOR_SIGNALS = "fcntl"
    """fcntl and ioctl, which stop only where they let a descriptor send signals."""
    SOCKET_OPTION = "setsockopt"
    SOCKET_NAME = "getpeername"
    SHUTDOWN = "shutdown"
    CONNECT = "connect"
    OPEN_FILE = "open"
    MAP_MEMORY = "mmap"
    EPOLL_CONTROL = "epoll_ctl"
    NEW_DESCRIPTOR = "socket"
    """socket, pipe, dup and others that make a descriptor, without open and accept."""
    PAUSE = "pause"
    """pause and sigsuspend: waiting for a signal."""
    EXIT = "exit"
    SEND_SIGNAL = "kill"
    FILE_NAME = "unlink"
    """unlink and rename."""


_NUMBERS: dict[str, dict[Kind, dict[str, int]]] = {
    "x86_64": {
        Kind.ACCEPT: {"accept": 43, "accept4": 288},
        Kind.FORK: {"clone": 56, "fork": 57, "vfork": 58, "clone3": 435},
        Kind.READ: {"read": 0, "readv": 19, "recvfrom": 45, "recvmsg": 47},
        Kind.WRITE: {"write": 1, "writev": 20, "sendto": 44, "sendmsg": 46},
        Kind.WAIT: {
            "poll": 7,
            "select": 23,
            "epoll_wait": 232,
            "pselect6": 270,
            "ppoll": 271,
            "epoll_pwait": 281,
            "epoll_pwait2": 441,
        },
        Kind.CLOSE: {"close": 3},
        Kind.LOCK: {"futex": 202},
        Kind.REAP: {"wait4": 61, "waitid": 247},
        Kind.HANDLE_SIGNAL: {"rt_sigaction": 13},
        Kind.SET_TIMER: {"alarm": 37, "setitimer": 38, "timer_create": 222},
        Kind.ASK_FOR_SIGNALS: {"fcntl": 72, "ioctl": 16},
        Kind.SOCKET_OPTION: {"setsockopt": 54, "getsockopt": 55},
        Kind.SOCKET_NAME: {"getsockname": 51, "getpeername": 52},
        Kind.SHUTDOWN: {"shutdown": 48},
        Kind.CONNECT: {"connect": 42},
        Kind.OPEN_FILE: {"open": 2, "openat": 257, "openat2": 437},
        Kind.MAP_MEMORY: {"mmap": 9, "mremap": 25},
        Kind.EPOLL_CONTROL: {"epoll_ctl": 233},
        Kind.NEW_DESCRIPTOR: {
            "pipe": 22,
            "dup": 32,
            "socket": 41,
            "socketpair": 53,
            "epoll_create": 213,
            "timerfd_create": 283,
            "eventfd": 284,
            "signalfd4": 289,
            "eventfd2": 290,
            "epoll_create1": 291,
            "pipe2": 293,
        },
        Kind.PAUSE: {"pause": 34, "rt_sigsuspend": 130},
        Kind.EXIT: {"exit": 60, "exit_group": 231},
        Kind.SEND_SIGNAL: {"kill": 62, "tkill": 200, "tgkill": 234},
        Kind.FILE_NAME: {
            "rename": 82,
            "unlink": 87,
            "unlinkat": 263,
            "renameat": 264,
            "renameat2": 316,
        },
    },
    "aarch64": {
        Kind.ACCEPT: {"accept": 202, "accept4": 242},
        Kind.FORK: {"clone": 220, "clone3": 435},
        Kind.READ: {"read": 63, "readv": 65, "recvfrom": 207, "recvmsg": 212},
        Kind.WRITE: {"write": 64, "writev": 66, "sendto": 206, "sendmsg": 211},
        Kind.WAIT: {"epoll_pwait": 22, "pselect6": 72, "ppoll": 73, "epoll_pwait2": 441},
        Kind.CLOSE: {"close": 57},
        Kind.LOCK: {"futex": 98},
        Kind.REAP: {"wait4": 260, "waitid": 95},
        Kind.HANDLE_SIGNAL: {"rt_sigaction": 134},
        Kind.SET_TIMER: {"setitimer": 103, "timer_create": 107},
        Kind.ASK_FOR_SIGNALS: {"fcntl": 25, "ioctl": 29},
        Kind.SOCKET_OPTION: {"setsockopt": 208, "getsockopt": 209},
        Kind.SOCKET_NAME: {"getsockname": 204, "getpeername": 205},
        Kind.SHUTDOWN: {"shutdown": 210},
        Kind.CONNECT: {"connect": 203},
        Kind.OPEN_FILE: {"openat": 56, "openat2": 437},
        Kind.MAP_MEMORY: {"mmap": 222, "mremap": 216},
        Kind.EPOLL_CONTROL: {"epoll_ctl": 21},
        Kind.NEW_DESCRIPTOR: {
            "dup": 23,
            "socket": 198,
            "socketpair": 199,
            "timerfd_create": 85,
            "eventfd2": 19,
            "signalfd4": 74,
            "epoll_create1": 20,
            "pipe2": 59,
        },
        Kind.PAUSE: {"rt_sigsuspend": 133},
        Kind.EXIT: {"exit": 93, "exit_group": 94},
        Kind.SEND_SIGNAL: {"kill": 129, "tkill": 130, "tgkill": 131},
        Kind.FILE_NAME: {"unlinkat": 35, "renameat": 38, "renameat2": 276},
    },
}


def _equals(argument: int, value: int) -> BitTest:
    return BitTest(argument, 0xFFFFFFFF, value)


_HERE = _NUMBERS.get(platform.machine(), {})
_KINDS = {number: kind for kind, calls in _HERE.items() for number in calls.values()}
_NAMES = {number: name for calls in _HERE.values() for name, number in calls.items()}

_KINDS_BY_NAME = {name: kind for kind, calls in _HERE.items() for name in calls}

DESCRIPTOR_FIRST = frozenset(
    {
        *(Kind.ACCEPT, Kind.READ, Kind.WRITE),
        *(Kind.SOCKET_OPTION, Kind.SOCKET_NAME, Kind.SHUTDOWN),
    }
)
"""The kinds whose first argument is the descriptor they are about."""

SLEEPING = frozenset({Kind.ACCEPT, Kind.READ, Kind.WAIT, Kind.LOCK, Kind.REAP})
"""The kinds in which a process waits for what others do."""

F_SETSIG = 10
FIOASYNC = 0x5452
"""asm-generic/fcntl.h and ioctls.h: Python has no names for them."""

_ASKING: tuple[tuple[str, tuple[BitTest, ...]], ...] = (
    ("fcntl", (_equals(1, fcntl.F_SETFL), BitTest(2, os.O_ASYNC, os.O_ASYNC))),
    ("fcntl", (_equals(1, F_SETSIG),)),
    ("fcntl", (_equals(1, fcntl.F_NOTIFY),)),
    ("fcntl", (_equals(1, fcntl.F_SETLEASE),)),
    ("ioctl", (_equals(1, FIOASYNC),)),
)

EPOLL = frozenset({"epoll_wait", "epoll_pwait", "epoll_pwait2"})
"""Calls that SIGSTOP and SIGCONT alone interrupt (signal(7))."""

_VECTOR = struct.Struct("@PN")
"""struct iovec: address, length."""

_MESSAGE = struct.Struct("@PI4xPNPNi4x")
"""struct msghdr: name, its length, vectors, how many, control, its length, flags."""

MOST_VECTORS = 1024
"""UIO_MAXIOV: the kernel takes no more."""


def numbers_of(kinds: Iterable[Kind]) -> frozenset[int]:
    """Return the numbers of all calls of these kinds on this machine."""
    return frozenset(number for kind in kinds for number in _HERE.get(kind, {}).values())


def conditions_of_asking() -> tuple[Condition, ...]:
    """Return which calls let a descriptor send signals, on this machine."""
    numbers = _HERE.get(Kind.ASK_FOR_SIGNALS, {})
    return tuple(Condition(numbers[name], tests) for name, tests in _ASKING if name in numbers)


def kind_of(call: Call) -> Kind | None:
    """Return what a call is for."""
    return _KINDS.get(call.number)


def names_of(kind: Kind) -> tuple[str, ...]:
    """Return the names of all calls of a kind on this machine."""
    return tuple(_HERE.get(kind, ()))


def kind_named(name: str) -> Kind | None:
    """Return what the call of this name is for, None for one that never stops here."""
    return _KINDS_BY_NAME.get(name)


def name_of(call: Call) -> str:
    """Return the name of a call."""
    return _NAMES.get(call.number, f"call {call.number}")


@dataclass(frozen=True)
class Buffers:
    """Where a read puts bytes, or a write takes them: pairs of address and length; and flags.

    `message` is the address of the struct msghdr of recvmsg, `address_length` that of the length
    that recvfrom sets, 0 for none.
    """

    pieces: tuple[tuple[int, int], ...]
    flags: int = 0
    message: int = 0
    address_length: int = 0

    @property
    def length(self) -> int:
        """How many bytes the call may move."""
        return sum(length for _, length in self.pieces)

    def first(self, count: int) -> tuple[tuple[int, int], ...]:
        """Return the pieces that hold the first `count` bytes."""
        found, left = [], count
        for address, length in self.pieces:
            if left > 0 and length > 0:
                found.append((address, min(length, left)))
                left -= length
        return tuple(found)


def buffers_of(call: Call) -> Buffers | None:
    """Return the buffers of a call that reads or writes; None where they cannot be read."""
    name, (_, address, length, flags, peer, fifth) = name_of(call), call.arguments
    if name in ("read", "write"):
        return Buffers(((address, length),))
    if name in ("recvfrom", "sendto"):
        reads = name == "recvfrom"
        return Buffers(
            ((address, length),), flags & 0xFFFFFFFF, address_length=fifth if reads and peer else 0
        )
    if name in ("readv", "writev"):
        return _vectors(call, address, length)
    if name in ("recvmsg", "sendmsg"):
        header = read_memory(call.thread, address, _MESSAGE.size)
        if header is None:
            return None
        _, _, vectors, count, *_ = _MESSAGE.unpack(header)
        # The third argument of these is the flags.
        return _vectors(call, vectors, count, length & 0xFFFFFFFF, address)
    return None


def _vectors(
    call: Call, address: int, count: int, flags: int = 0, message: int = 0
) -> Buffers | None:
    if not 0 < count <= MOST_VECTORS:
        return None
    table = read_memory(call.thread, address, count * _VECTOR.size)
    if table is None:
        return None
    return Buffers(tuple(_VECTOR.iter_unpack(table)), flags, message)


def without_extras(header_at: int, call: Call) -> tuple[int, bytes] | None:
    """Return address and content of a struct msghdr without a name and control data."""
    header = read_memory(call.thread, header_at, _MESSAGE.size)
    if header is None:
        return None
    name, _, vectors, count, control, _, _ = _MESSAGE.unpack(header)
    length = _MESSAGE.unpack(header)[1] if not name else 0
    return header_at, _MESSAGE.pack(name, length, vectors, count, control, 0, 0)
