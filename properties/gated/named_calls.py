"""The calls that a rule may name, and the system calls by which the C library makes each."""

import struct
from dataclasses import dataclass

from faults.gate.calls import Kind, name_of, names_of
from faults.gate.kernel import Call, read_memory
from properties.running.errors import UsageError

CLONE_THREAD = 0x10000
"""linux/sched.h: what is made shares its maker's process."""

_FLAGS = struct.Struct("=Q")
"""The beginning of struct clone_args (clone3(2))."""


@dataclass(frozen=True)
class NamedCall:
    """A call as a rule names it, and the system calls that it stands for; none: all of its kind."""

    name: str
    kind: Kind
    only: tuple[str, ...] = ()

    @property
    def system_calls(self) -> frozenset[str]:
        """The names of the system calls on this machine."""
        return frozenset(names_of(self.kind)) & frozenset(self.only or names_of(self.kind))

    def includes(self, call: Call) -> bool:
        """Return whether a system call is one of these."""
        if name_of(call) not in self.system_calls:
            return False
        return self.kind is not Kind.FORK or makes_thread(call) == (self.name == "thread")


_SELECT = ("select", "pselect6")
_EPOLL_WAIT = ("epoll_wait", "epoll_pwait", "epoll_pwait2")

CALLS: dict[str, NamedCall] = {
    one.name: one
    for one in (
        NamedCall("accept", Kind.ACCEPT),
        NamedCall("connect", Kind.CONNECT),
        NamedCall("read", Kind.READ),
        NamedCall("recv", Kind.READ, ("recvfrom", "recvmsg")),
        NamedCall("write", Kind.WRITE),
        NamedCall("send", Kind.WRITE, ("sendto", "sendmsg")),
        NamedCall("fork", Kind.FORK),
        NamedCall("thread", Kind.FORK),
        NamedCall("poll", Kind.WAIT),
        NamedCall("select", Kind.WAIT, _SELECT),
        NamedCall("epoll_wait", Kind.WAIT, _EPOLL_WAIT),
        NamedCall("wait", Kind.REAP),
        NamedCall("futex", Kind.LOCK),
        NamedCall("socket", Kind.NEW_DESCRIPTOR, ("socket",)),
        NamedCall("socketpair", Kind.NEW_DESCRIPTOR, ("socketpair",)),
        NamedCall("pipe", Kind.NEW_DESCRIPTOR, ("pipe", "pipe2")),
        NamedCall("dup", Kind.NEW_DESCRIPTOR, ("dup",)),
        NamedCall("epoll_create", Kind.NEW_DESCRIPTOR, ("epoll_create", "epoll_create1")),
        NamedCall("eventfd", Kind.NEW_DESCRIPTOR, ("eventfd", "eventfd2")),
        NamedCall("timerfd_create", Kind.NEW_DESCRIPTOR, ("timerfd_create",)),
        NamedCall("signalfd", Kind.NEW_DESCRIPTOR, ("signalfd4",)),
        NamedCall("epoll_ctl", Kind.EPOLL_CONTROL),
        NamedCall("setsockopt", Kind.SOCKET_OPTION, ("setsockopt",)),
        NamedCall("getsockopt", Kind.SOCKET_OPTION, ("getsockopt",)),
        NamedCall("getpeername", Kind.SOCKET_NAME, ("getpeername",)),
        NamedCall("getsockname", Kind.SOCKET_NAME, ("getsockname",)),
        NamedCall("shutdown", Kind.SHUTDOWN),
        NamedCall("open", Kind.OPEN_FILE),
        NamedCall("mmap", Kind.MAP_MEMORY, ("mmap",)),
        NamedCall("close", Kind.CLOSE),
    )
}
"""By name, in the order in which they are listed."""

MOVING = frozenset({Kind.READ, Kind.WRITE})
"""The kinds of which a call may move fewer bytes."""

ABOUT_SOCKETS = frozenset(
    {
        *(Kind.ACCEPT, Kind.CONNECT, Kind.READ, Kind.WRITE),
        *(Kind.SOCKET_OPTION, Kind.SOCKET_NAME, Kind.SHUTDOWN),
    }
)
"""The kinds of which a call may be chosen by its port."""

SIGNAL_ACTIONS = ("sigaction", "rt_sigaction", "signal")


def call_named(name: str) -> NamedCall:
    """Return the call of this name. Raises UsageError for one that does not stop at the gate."""
    if name in SIGNAL_ACTIONS:
        raise UsageError(
            f"{name}: it is never failed or held, for the kernel refuses no valid signal and no "
            "program expects it to"
        )
    if name not in CALLS:
        raise UsageError(f"{name}: no such call stops at the gate; there are {', '.join(CALLS)}")
    return CALLS[name]


def makes_thread(call: Call) -> bool:
    """Return whether a clone makes a thread, and no process."""
    match name_of(call):
        case "clone":
            flags = call.arguments[0]
        case "clone3":
            content = read_memory(call.thread, call.arguments[0], _FLAGS.size)
            flags = _FLAGS.unpack(content)[0] if content else 0
        case _:
            flags = 0
    return bool(flags & CLONE_THREAD)
