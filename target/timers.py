"""The timers under which threads wait for clients: how long, and for which descriptors.

Time alone changes nothing in a settled target (`target.settled`). For one that is not settled this
module returns which threads wait for a client with a timeout, and how long it is. A thread that
waits for none of the clients, such as the accepting one of a server with threads, is left out: its
timer does nothing to a client.

The length of a timeout is in the call's arguments (milliseconds), or in the memory that they point
to (`/proc/PID/mem`, readable where `/proc/PID/task/TID/syscall` is), or on the socket
(SO_RCVTIMEO, SO_SNDTIMEO), or in a timer descriptor that is waited for as well (timerfd_create(2)).
The descriptors are in the arguments, in memory (poll, select), or in the epoll instance's `fdinfo`
(proc(5)).

Not seen: alarms that come as signals (setitimer(2), timer_create(2)), because the kernel does not
show when; a housekeeping thread that sleeps, and then closes what other threads serve; and calls
that a stop has interrupted, which show as restart_syscall(2).
"""

import struct
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_

from target.process_memory import memory_at
from target.processes import Thread, descriptors_of, name_of_socket, read_text
from target.settled import Look, socket_timeouts
from target.waits import MULTIPLEXING, READING, SLOW_CALLS, WRITING, Timeout, Wait

_TIMEOUTS = {call.name: call for call in SLOW_CALLS.values()}
_POLLFD = struct.Struct("=ihh")
_TWO_LONGS = struct.Struct("=qq")
_MOVING = READING | WRITING
_MICROSECONDS = frozenset({"select"})
"""Calls whose timeout is a timeval; that of the others is a timespec."""

MOST_DESCRIPTORS = 4096
"""Descriptors of one poll or select that are looked at."""


@dataclass(frozen=True)
class Timer:
    """A thread that waits for a client, for `seconds` at most.

    `switches` is the thread's count of context switches: once it has changed, the wait is over.
    """

    tid: int
    switches: int
    call: str
    seconds: float

    def __str__(self) -> str:
        return f"{self.call} with a timeout of {self.seconds:.3g} s"


def timers(seen: Look, inodes: Collection[int]) -> tuple[Timer, ...]:
    """Return the timers of the threads that wait for one of these sockets, known by inode."""
    found = []
    held: dict[int, dict[int, str]] = {}
    for thread in seen.threads:
        if thread.wait is None or not thread.sleeps:
            continue
        kinds = held.setdefault(thread.pid, descriptors_of(thread.pid))
        timer = _timer(thread, thread.wait, kinds, {name_of_socket(inode) for inode in inodes})
        if timer is not None:
            found.append(timer)
    return tuple(found)


def _timer(thread: Thread, wait: Wait, kinds: dict[int, str], clients: set[str]) -> Timer | None:
    waited = waited_for(thread.pid, wait)
    if not any(kinds.get(number) in clients for number in waited):
        return None
    clocks = [number for number in waited if kinds.get(number) == "anon_inode:[timerfd]"]
    seconds = [
        limit
        for limit in (_own_timeout(thread.pid, wait), *(_left(thread.pid, n) for n in clocks))
        if limit is not None
    ]
    return Timer(thread.tid, thread.switches, wait.call, min(seconds)) if seconds else None


def waited_for(pid: int, wait: Wait) -> tuple[int, ...]:
    """Return the descriptors that a blocked call waits to read from or to write to."""
    if wait.call in _MOVING and wait.descriptor is not None:
        return (wait.descriptor,)
    if wait.call not in MULTIPLEXING or not wait.arguments:
        return ()
    first, second = wait.arguments[:2]
    if wait.call in ("poll", "ppoll"):
        table = memory_at(pid, first, _POLLFD.size * min(second, MOST_DESCRIPTORS))
        whole = len(table) // _POLLFD.size * _POLLFD.size
        return tuple(number for number, _, _ in _POLLFD.iter_unpack(table[:whole]))
    if wait.call in ("select", "pselect6"):
        numbers = range(min(first, MOST_DESCRIPTORS))
        sets = (_set_at(pid, address, len(numbers)) for address in wait.arguments[1:3] if address)
        bits = reduce(or_, sets, 0)
        return tuple(number for number in numbers if bits >> number & 1)
    return tuple(_in_epoll(pid, first))


def _set_at(pid: int, address: int, count: int) -> int:
    """Return an fd_set of so many descriptors, as the bits of a number."""
    return int.from_bytes(memory_at(pid, address, count // 8 + 1), "little")


def _in_epoll(pid: int, instance: int) -> Iterator[int]:
    for line in (read_text(f"/proc/{pid}/fdinfo/{instance}") or "").splitlines():
        if line.startswith("tfd:"):
            yield int(line.split()[1])


def _own_timeout(pid: int, wait: Wait) -> float | None:
    """Return the seconds after which a call returns by itself, None for never or not known."""
    if wait.call in _MOVING and wait.descriptor is not None:
        receive, send = socket_timeouts(pid, wait.descriptor) or (0.0, 0.0)
        return (receive if wait.call in READING else send) or None
    call = _TIMEOUTS.get(wait.call)
    if call is None or not wait.timed or not wait.arguments or call.timeout is Timeout.ELSEWHERE:
        return None
    value = wait.arguments[call.argument]
    if call.timeout is Timeout.MILLISECONDS:
        return (value & 0x7FFFFFFF) / 1000
    return _time_at(pid, value, 1e6 if wait.call in _MICROSECONDS else 1e9)


def _time_at(pid: int, address: int, parts: float) -> float | None:
    data = memory_at(pid, address, _TWO_LONGS.size)
    if len(data) < _TWO_LONGS.size:
        return None
    whole, fraction = _TWO_LONGS.unpack(data)
    return float(whole + fraction / parts)


def _left(pid: int, descriptor: int) -> float | None:
    """Return the seconds until a timer descriptor expires, None when it is not set."""
    for line in (read_text(f"/proc/{pid}/fdinfo/{descriptor}") or "").splitlines():
        name, _, value = line.partition(":")
        if name == "it_value":
            seconds, nanoseconds = map(int, value.strip(" \t()").split(","))
            return seconds + nanoseconds / 1e9 or None
    return None
