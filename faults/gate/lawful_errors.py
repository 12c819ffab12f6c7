"""Which errors a system call may report, by what it is about: the table of the exhaustive sweep.

Each row has its source. A call without a row reports none that a server may meet: close() always
releases the descriptor, sigaction() is given what the program is made of, wait() reports ECHILD
only where there is no child, fcntl() and ioctl() only what the program has asked wrongly. EINTR
belongs to the other faults, which know whether a signal with a handler could bring it.
"""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from faults.gate.calls import DESCRIPTOR_FIRST, Kind, kind_of
from faults.gate.kernel import Call
from faults.gate.rules import NamedErrno
from target import held_sockets

ADD_TO_EPOLL = 1
"""EPOLL_CTL_ADD: only this needs memory, and a place among the watches of the user."""


class About(Enum):
    """What a call is about."""

    CONNECTION = "the connection"
    LISTENING = "the listening socket"
    FILE = "a file"
    DESCRIPTORS = "descriptors that are waited for"
    NEW = "something new"
    MEMORY = "memory"


class CallErrno(NamedErrno):
    """What a call may be made to fail with."""

    EAGAIN = "EAGAIN"
    ECONNABORTED = "ECONNABORTED"
    ECONNRESET = "ECONNRESET"
    EHOSTDOWN = "EHOSTDOWN"
    EHOSTUNREACH = "EHOSTUNREACH"
    EINVAL = "EINVAL"
    EIO = "EIO"
    EMFILE = "EMFILE"
    ENETDOWN = "ENETDOWN"
    ENETUNREACH = "ENETUNREACH"
    ENFILE = "ENFILE"
    ENOBUFS = "ENOBUFS"
    ENOMEM = "ENOMEM"
    ENONET = "ENONET"
    ENOPROTOOPT = "ENOPROTOOPT"
    ENOSPC = "ENOSPC"
    ENOTCONN = "ENOTCONN"
    EOPNOTSUPP = "EOPNOTSUPP"
    EPIPE = "EPIPE"
    EPROTO = "EPROTO"
    ETIMEDOUT = "ETIMEDOUT"


_E = CallErrno

ENDS_THE_CONNECTION = frozenset({_E.ECONNRESET, _E.EINVAL, _E.ENOTCONN, _E.EPIPE, _E.ETIMEDOUT})
"""Errors of a connection that has ended: it is really ended when they are reported."""

LOSES_THE_CONNECTION = frozenset(
    {
        *(_E.ECONNABORTED, _E.EPROTO, _E.ENETDOWN, _E.ENOPROTOOPT, _E.EHOSTDOWN, _E.ENONET),
        *(_E.EHOSTUNREACH, _E.EOPNOTSUPP, _E.ENETUNREACH),
    }
)
"""Errors of accept that belong to the connection at the head of the queue."""

ONCE_ONLY = ENDS_THE_CONNECTION | LOSES_THE_CONNECTION
"""Errors of something that is over when they are reported: they do not come again and again."""


@dataclass(frozen=True)
class Row:
    """What calls of one kind may report about one thing, and where that is written."""

    kind: Kind
    about: About
    errors: tuple[CallErrno, ...]
    source: str


_DESCRIPTORS = (_E.EMFILE, _E.ENFILE)

ROWS: tuple[Row, ...] = (
    Row(
        Kind.ACCEPT,
        About.LISTENING,
        (*_DESCRIPTORS, _E.ENOBUFS, _E.ENOMEM, *sorted(LOSES_THE_CONNECTION, key=lambda e: e.name)),
        "accept(2)",
    ),
    Row(Kind.FORK, About.NEW, (_E.EAGAIN, _E.ENOMEM), "fork(2), clone(2)"),
    Row(
        Kind.READ,
        About.CONNECTION,
        (_E.ECONNRESET, _E.ETIMEDOUT, _E.ENOMEM),
        "POSIX read(), recv(2)",
    ),
    Row(Kind.READ, About.FILE, (_E.EIO,), "read(2)"),
    Row(
        Kind.WRITE,
        About.CONNECTION,
        (_E.EPIPE, _E.ECONNRESET, _E.ETIMEDOUT, _E.ENOBUFS, _E.ENOMEM),
        "POSIX write(), send(2), tcp(7)",
    ),
    Row(Kind.WRITE, About.FILE, (_E.ENOSPC, _E.EIO), "write(2)"),
    Row(Kind.WAIT, About.DESCRIPTORS, (_E.ENOMEM,), "poll(2), select(2)"),
    Row(Kind.SOCKET_OPTION, About.CONNECTION, (_E.ENOBUFS, _E.EINVAL), "POSIX setsockopt()"),
    Row(Kind.SOCKET_OPTION, About.LISTENING, (_E.ENOBUFS,), "POSIX setsockopt()"),
    Row(
        Kind.SOCKET_NAME,
        About.CONNECTION,
        (_E.ENOTCONN, _E.ENOBUFS),
        "getpeername(2), getsockname(2)",
    ),
    Row(Kind.SOCKET_NAME, About.LISTENING, (_E.ENOBUFS,), "getsockname(2)"),
    Row(Kind.SHUTDOWN, About.CONNECTION, (_E.ENOTCONN, _E.ENOBUFS), "shutdown(2), POSIX"),
    Row(Kind.OPEN_FILE, About.NEW, (*_DESCRIPTORS, _E.ENOMEM), "open(2)"),
    Row(Kind.MAP_MEMORY, About.MEMORY, (_E.ENOMEM,), "mmap(2)"),
    Row(Kind.EPOLL_CONTROL, About.NEW, (_E.ENOMEM, _E.ENOSPC), "epoll_ctl(2)"),
    Row(
        Kind.NEW_DESCRIPTOR,
        About.NEW,
        (*_DESCRIPTORS, _E.ENOMEM),
        "socket(2), pipe(2), epoll_create(2), eventfd(2)",
    ),
)
"""The table."""

KINDS = frozenset(row.kind for row in ROWS)
"""The kinds of calls that have a row."""

_LESS: dict[str, tuple[CallErrno, ...]] = {
    "epoll_wait": (),
    "epoll_pwait": (),
    "epoll_pwait2": (),
    "getsockname": (_E.ENOBUFS,),
    "dup": (_E.EMFILE,),
}
"""What single calls report where that is less than their row says."""


def lawful(kind: Kind, name: str, about: About) -> tuple[CallErrno, ...]:
    """Return the errors that a call of this name may report about this."""
    found = next((row.errors for row in ROWS if (row.kind, row.about) == (kind, about)), ())
    return _LESS.get(name, found)


def about_of(call: Call, listening: int, others: frozenset[int]) -> About | None:
    """Return what a call is about, None for what has no row.

    `listening` is the inode of the listening socket, `others` are those of sockets that are left
    alone: any other socket of TCP is the connection that may fail.
    """
    kind = kind_of(call)
    if kind in DESCRIPTOR_FIRST:
        return _about_descriptor(call, listening, others)
    if kind is Kind.EPOLL_CONTROL and call.arguments[1] & 0xFFFFFFFF != ADD_TO_EPOLL:
        return None
    return next((row.about for row in ROWS if row.kind is kind), None)


def _about_descriptor(call: Call, listening: int, others: frozenset[int]) -> About | None:
    descriptor = call.descriptor
    try:
        state = os.stat(f"/proc/{call.thread}/fd/{descriptor}")
    except OSError:
        return None
    if stat.S_ISREG(state.st_mode):
        return About.FILE
    if not stat.S_ISSOCK(state.st_mode) or state.st_ino in others:
        return None
    if state.st_ino == listening:
        return About.LISTENING
    return About.CONNECTION if held_sockets.is_of_tcp(call.thread, descriptor) else None


def points_of(kind: Kind, name: str, about: About) -> Iterator[tuple[CallErrno, bool]]:
    """Return what a call of this name may be failed with, and whether for good."""
    for error in lawful(kind, name, about):
        yield error, False
        # A program has nothing to pause with where each wait fails.
        if error not in ONCE_ONLY and about is not About.DESCRIPTORS:
            yield error, True
