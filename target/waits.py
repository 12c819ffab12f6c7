"""What a sleeping thread waits for, and whether time alone can wake it.

`/proc/PID/task/TID/syscall` (proc(5)) shows the number and the arguments of the system call that a
thread is blocked in. A tree of processes is *settled* when every thread sleeps in a call that has
no timeout: then nothing inside it can change any more, and whatever is wrong stays wrong. So this
table has, for each slow call, the argument that holds its timeout.

A call that is not listed is taken as one that may return by itself, which only costs waiting:
`connect` (it gives up after minutes). So is `nanosleep`, `close`, which may linger (SO_LINGER), and
`io_uring_enter`, whose timeouts live in the ring, and `restart_syscall`, which goes on with a call
that a stop has interrupted, as long as it is not known which (`target.restarted`).
"""

import enum
import platform
from dataclasses import dataclass, field, replace


class Timeout(enum.Enum):
    """How a slow call carries its timeout."""

    NONE = "none"
    MILLISECONDS = "negative milliseconds wait for ever"
    POINTER = "a null pointer waits for ever"
    ELSEWHERE = "it does not stand in the arguments"


@dataclass(frozen=True)
class SlowCall:
    """A system call that may block: its name and the place (0 to 5) of its timeout argument."""

    name: str
    timeout: Timeout
    argument: int


_Kind = tuple[Timeout, int]


def _ms(argument: int) -> _Kind:
    return Timeout.MILLISECONDS, argument


def _pointer(argument: int) -> _Kind:
    return Timeout.POINTER, argument


_NEVER: _Kind = (Timeout.NONE, 0)
_ELSE: _Kind = (Timeout.ELSEWHERE, 0)

# Name, kind and place of the timeout, then the number on x86_64 and on aarch64 (None: not there).
# Numbers: the kernel's arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h.
_TABLE: tuple[tuple[str, _Kind, int | None, int | None], ...] = (
    ("read", _NEVER, 0, 63),
    ("write", _NEVER, 1, 64),
    ("poll", _ms(2), 7, None),
    ("readv", _NEVER, 19, 65),
    ("writev", _NEVER, 20, 66),
    ("close", _ELSE, 3, 57),
    ("nanosleep", _ELSE, 35, 101),
    ("clock_nanosleep", _ELSE, 230, 115),
    ("select", _pointer(4), 23, None),
    ("pause", _NEVER, 34, None),
    ("sendfile", _NEVER, 40, 71),
    ("accept", _NEVER, 43, 202),
    ("sendto", _NEVER, 44, 206),
    ("recvfrom", _NEVER, 45, 207),
    ("sendmsg", _NEVER, 46, 211),
    ("recvmsg", _NEVER, 47, 212),
    ("semop", _NEVER, 65, 193),
    ("msgrcv", _NEVER, 70, 188),
    ("fcntl", _NEVER, 72, 25),
    ("flock", _NEVER, 73, 32),
    ("io_getevents", _pointer(4), 208, 4),
    ("semtimedop", _pointer(3), 220, 192),
    ("wait4", _NEVER, 61, 260),
    ("rt_sigtimedwait", _pointer(2), 128, 137),
    ("rt_sigsuspend", _NEVER, 130, 133),
    ("futex", _pointer(3), 202, 98),
    ("epoll_wait", _ms(3), 232, None),
    ("waitid", _NEVER, 247, 95),
    ("pselect6", _pointer(4), 270, 72),
    ("ppoll", _pointer(2), 271, 73),
    ("splice", _NEVER, 275, 76),
    ("epoll_pwait", _ms(3), 281, 22),
    ("accept4", _NEVER, 288, 242),
    ("recvmmsg", _pointer(4), 299, 243),
    ("io_uring_enter", _ELSE, 426, 426),
    ("epoll_pwait2", _pointer(3), 441, 441),
)

_COLUMN = {"x86_64": 2, "aarch64": 3}


def slow_calls(machine: str) -> dict[int, SlowCall]:
    """Return number -> slow call on a kind of machine; empty where the numbers are not known."""
    if (column := _COLUMN.get(machine)) is None:
        return {}
    return {
        number: SlowCall(row[0], *row[1])
        for row in _TABLE
        if isinstance(number := row[column], int)
    }


SLOW_CALLS = slow_calls(platform.machine())
"""Those of this machine."""

ACCEPTING = frozenset({"accept", "accept4"})
"""A thread blocked in one of these waits for a client and for nothing else."""

WAITING_FOR_A_CHILD = frozenset({"wait4", "waitid"})

LOCKING = frozenset({"futex", "flock", "fcntl", "semop", "semtimedop"})
"""A thread blocked in one of these may wait for a lock that another process holds."""

MULTIPLEXING = frozenset(
    {"poll", "ppoll", "select", "pselect6", "epoll_wait", "epoll_pwait", "epoll_pwait2"}
)
AWAITING_COMPLETIONS = "io_uring_enter"
FETCHING_SIGNALS = "rt_sigtimedwait"
"""sigwait(3), sigwaitinfo(2), sigtimedwait(2): its first argument points to the set waited for."""

READING = frozenset({"read", "readv", "recvfrom", "recvmsg", "splice"})
WRITING = frozenset({"write", "writev", "sendto", "sendmsg", "sendfile", "splice"})

ON_A_DESCRIPTOR = ACCEPTING | READING | WRITING
"""Calls whose first argument is a descriptor, on which a socket timeout may be set (socket(7))."""


@dataclass(frozen=True)
class Wait:
    """What one thread is blocked in.

    `call` is the name of the system call ("?" when it is not in the table), `timed` whether it can
    return by the passing of time, `descriptor` its first argument where that is one, `arguments`
    all six as they stand in the registers.
    """

    call: str
    timed: bool
    descriptor: int | None = None
    arguments: tuple[int, ...] = field(default=(), compare=False, repr=False)

    def __str__(self) -> str:
        return f"{self.call} with a timeout" if self.timed and self.call != "?" else self.call


UNKNOWN = Wait("?", timed=True)

RESTARTED = "restart_syscall"
"""Goes on with a poll, a futex or a sleep that a stop has interrupted, and has its arguments."""

_RESTART = {"x86_64": 219, "aarch64": 128}.get(platform.machine())


def parse(line: str) -> Wait | None:
    """Read the one line of `/proc/PID/task/TID/syscall`; None when the thread is running."""
    words = line.split()
    if not words or words[0] == "running":
        return None
    number = int(words[0])
    call = SLOW_CALLS.get(number)
    if len(words) < 7 or (call is None and number != _RESTART):
        return UNKNOWN
    arguments = [int(word, 16) for word in words[1:7]]
    if call is None:
        return replace(UNKNOWN, call=RESTARTED, arguments=tuple(arguments))
    descriptor = arguments[0] if call.name in ON_A_DESCRIPTOR else None
    return Wait(call.name, _is_timed(call, arguments), descriptor, tuple(arguments))


def _is_timed(call: SlowCall, arguments: list[int]) -> bool:
    value = arguments[call.argument]
    match call.timeout:
        case Timeout.NONE:
            return False
        case Timeout.MILLISECONDS:
            return value & 0x80000000 == 0
        case Timeout.POINTER:
            return value != 0
        case Timeout.ELSEWHERE:
            return True
