"""When nothing inside the target can change any more.

A judgement such as "this zombie will stay" or "these bytes will never come" needs no deadline if
the target is *settled*: every thread sleeps in a system call that has no timeout, and no signal is
on its way to it, or it is stopped. Then only something outside can wake it, and that is us.

Two looks are compared. If the same threads slept in the same calls both times, and none has left
the processor in between (the context switches of proc(5) are unchanged), then there was a moment
between the looks at which all of them slept at once. That moment is the fixed point.

Some alarms do not show in the blocked call itself, so before a target is called settled they are
looked for as well: POSIX timers (`/proc/PID/timers`), armed timerfds (`/proc/PID/fdinfo`), and a
socket timeout (SO_RCVTIMEO, SO_SNDTIMEO) on the descriptor that a thread waits on. A ring of
io_uring(7) may hold timeouts that no file shows, and a thread with descriptors of its own
(unshare(2), CLONE_FILES) may have timers among them: where there is one of these, time may change
something. An interval
timer (setitimer(2)) cannot be read from outside. Where the calls that set one were seen (by
`faults.gate.witness`), it is known; otherwise a SIGALRM that is caught, or blocked to be fetched,
or waited for in sigwait(3) counts as one. Without a witness one alarm stays unseen: an interval
timer whose SIGALRM has its default action, and so will kill.
"""

import ctypes
import errno
import os
import platform
import signal
import socket
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import chain

from target.process_memory import memory_at
from target.process_status import signals_of
from target.processes import (
    Process,
    Thread,
    descriptors_of,
    identify,
    is_socket,
    read_text,
    threads_of,
)
from target.waits import FETCHING_SIGNALS

_PIDFD_GETFD = {"x86_64": 438, "aarch64": 438}.get(platform.machine())
_KCMP = {"x86_64": 312, "aarch64": 272}.get(platform.machine())
_PIDFD_THREAD = os.O_EXCL
"""PIDFD_THREAD of linux/pidfd.h (pidfd_open(2))."""
_KCMP_FILES = 2  # linux/kcmp.h
_RING = "anon_inode:[io_uring]"
SIGNAL_SET = 8
"""Bytes of the kernel's set of signals (sigset_t); all our machines are little-endian."""

TIMERFD_FIELDS = frozenset({"ticks", "it_value", "it_interval"})
_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Look:
    """All processes below the keeper and their threads, as read once."""

    processes: tuple[Process, ...]
    threads: tuple[Thread, ...]
    passing: bool = False
    """Whether a call may have been on its way through the gate: its thread seems to sleep in it."""
    timers: Callable[[int], bool] | None = field(default=None, compare=False, repr=False)
    """Returns whether a process has an interval timer set, where a witness has seen that."""

    @property
    def zombies(self) -> tuple[Process, ...]:
        """The processes that have ended and were not waited for."""
        return tuple(process for process in self.processes if process.is_zombie)


def look(processes: Iterable[Process]) -> Look:
    """Read the threads of these processes."""
    seen = tuple(processes)
    threads = (
        thread
        for process in seen
        if not process.is_zombie
        for thread in threads_of(process.identity.pid, process.threads)
    )
    return Look(seen, tuple(threads))


def restless(before: Look, after: Look) -> str | None:
    """Return why the target may still change by itself, in words; None when it is settled.

    `before` and `after` are two looks, in this order.
    """
    for thread in after.threads:
        if thread.state in "ZXT":
            # One that SIGSTOP holds goes on when it is sent SIGCONT, which no sleeping one does.
            continue
        if not thread.sleeps:
            what = "stopped" if thread.state == "t" else "running"
            return f"{thread.tid} is {what} ({thread.state})"
        if thread.wait is None or thread.wait.timed:
            return f"{thread.tid} sleeps in {thread.wait}"
        if thread.awaits_signal:
            return f"{thread.tid} has a signal pending"
    if after.passing:
        return "a call of it passes the gate"
    if before != after:
        return "it has moved since the look before"
    return _alarm(after)


def _alarm(seen: Look) -> str | None:
    """Describe an alarm that will wake a sleeping thread; None when there is none."""
    living = [process.identity.pid for process in seen.processes if not process.is_zombie]
    found = chain(
        map(_alarm_of_process, living),
        map(_alarm_of_thread, seen.threads),
        _own_descriptors(seen.threads),
        (_interval_timer(pid, seen.timers) for pid in living),
        (_fetched_alarm(thread, seen.timers) for thread in seen.threads),
    )
    return next((alarm for alarm in found if alarm is not None), None)


class UnseenTimer(str):
    """The reason why a target may change, where it may have set an interval timer.

    No file shows one (setitimer(2)). Whoever has seen the calls that set timers knows.
    """

    __slots__ = ()


def _interval_timer(pid: int, has_timer: Callable[[int], bool] | None) -> str | None:
    """Return why an interval timer may wake a process. `has_timer`: None where none was seen."""
    if has_timer is not None:
        return f"{pid} has an interval timer set" if has_timer(pid) else None
    signals = signals_of(pid)
    if signals and signal.SIGALRM in signals.caught:
        return UnseenTimer(f"{pid} catches SIGALRM and may have set a timer")
    if signals and signal.SIGALRM in signals.blocked:
        return UnseenTimer(f"{pid} blocks SIGALRM, to fetch it, and may have set a timer")
    return None


def _alarm_of_process(pid: int) -> str | None:
    if (timers := read_text(f"/proc/{pid}/timers")) is None and identify(pid):
        return f"{pid} may have a timer set: /proc/{pid}/timers cannot be read"
    if timers:
        return f"{pid} has a timer set"
    descriptors = descriptors_of(pid)
    if _RING in descriptors.values():
        return f"{pid} has a ring of io_uring, which may hold timeouts"
    if _has_armed_timerfd(pid, descriptors):
        return f"{pid} has a timer descriptor armed"
    return None


def _alarm_of_thread(thread: Thread) -> str | None:
    if _has_socket_timeout(thread):
        return f"{thread.tid} waits on a socket with a timeout"
    return None


def _fetched_alarm(thread: Thread, has_timer: Callable[[int], bool] | None) -> str | None:
    if has_timer is None and may_fetch(thread, signal.SIGALRM):
        return UnseenTimer(f"{thread.tid} waits for SIGALRM and may have set a timer")
    return None


def _own_descriptors(threads: Iterable[Thread]) -> Iterator[str]:
    """Yield which threads do not share the descriptors of their process (kcmp(2))."""
    first: dict[int, int] = {}
    for thread in threads:
        # One that has ended has none, also where it was the first.
        if not thread.has_ended:
            other = first.setdefault(thread.pid, thread.tid)
            if other != thread.tid and _differ_in_descriptors(other, thread.tid):
                yield f"{thread.tid} has descriptors of its own, which may be timers"


def _differ_in_descriptors(one: int, other: int) -> bool:
    if _KCMP is None:
        return False
    order: int = _libc.syscall(_KCMP, one, other, _KCMP_FILES, 0, 0)
    return order > 0


def _has_armed_timerfd(pid: int, descriptors: dict[int, str]) -> bool:
    for number, kind in descriptors.items():
        if kind == "anon_inode:[timerfd]":
            text = read_text(f"/proc/{pid}/fdinfo/{number}") or ""
            for line in text.splitlines():
                # One that has just expired shows no time left, but ticks or an interval.
                name, _, value = line.partition(":")
                if name in TIMERFD_FIELDS and value.strip() not in ("0", "(0, 0)"):
                    return True
    return False


def may_fetch(thread: Thread, number: signal.Signals) -> bool:
    """Return whether a thread waits for signals, and this is one of them or may be.

    The kernel does not show a signal as blocked while a thread waits for it so (sigwaitinfo(2)).
    """
    if thread.wait is None or thread.wait.call != FETCHING_SIGNALS or not thread.wait.arguments:
        return False
    awaited = memory_at(thread.pid, thread.wait.arguments[0], SIGNAL_SET)
    bits = int.from_bytes(awaited, "little")
    return len(awaited) < SIGNAL_SET or bool(bits >> (number - 1) & 1)


def _has_socket_timeout(thread: Thread) -> bool:
    if thread.wait is None or thread.wait.descriptor is None:
        return False
    timeouts = socket_timeouts(thread.pid, thread.wait.descriptor)
    return timeouts is None or any(timeout > 0 for timeout in timeouts)


def socket_timeouts(pid: int, descriptor: int) -> tuple[float, float] | None:
    """Return the receive and send timeout (seconds, 0 for none) of another process's socket.

    (0, 0) for a descriptor that is no socket, None for a socket that may not be looked at
    (pidfd_getfd(2), which containers often deny).
    """
    if not is_socket(pid, descriptor):
        return 0.0, 0.0
    copy = copy_socket(pid, descriptor)
    if copy is None:
        return None
    with copy:
        return timeouts_of(copy)


def timeouts_of(copy: socket.socket) -> tuple[float, float]:
    """Return the receive and send timeout of a socket, in seconds, 0 for none."""
    receive, send = (
        _seconds(copy.getsockopt(socket.SOL_SOCKET, option, 16))
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO)
    )
    return receive, send


def copy_socket(thread: int, descriptor: int) -> socket.socket | None:
    """Return a copy of another process's socket; None for anything else or where it is denied.

    `thread` is a process or one of its threads, whose table of descriptors may be its own.

    The process may have closed it since its name was read, and opened a file under its number.
    """
    copied = copy_descriptor(thread, descriptor)
    if copied is None:
        return None
    try:
        return socket.socket(fileno=copied)
    except OSError:
        os.close(copied)
        return None


def copy_descriptor(thread: int, descriptor: int) -> int | None:
    """Return a copy of another process's descriptor, None where it is gone or denied."""
    if _PIDFD_GETFD is None:
        return None
    try:
        pidfd = _pinned(thread)
    except OSError:
        return None
    try:
        copied = _libc.syscall(_PIDFD_GETFD, pidfd, descriptor, 0)
    finally:
        os.close(pidfd)
    return copied if copied >= 0 else None


def _pinned(thread: int) -> int:
    """Return a pidfd of a thread, before Linux 6.9 that of the process of which it is the first.

    A process whose first thread has ended has its descriptors by its other threads.
    """
    try:
        return os.pidfd_open(thread, _PIDFD_THREAD)
    except OSError as error:
        if error.errno != errno.EINVAL:
            raise
        return os.pidfd_open(thread)


def _seconds(timeval: bytes) -> float:
    half = len(timeval) // 2
    return int.from_bytes(timeval[:half], "little") + 1e-6 * int.from_bytes(
        timeval[half:], "little"
    )
