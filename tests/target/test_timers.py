"""Which threads wait for a client with a timeout, and how long it is."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

import pytest

from target import processes, resting, settled
from target.keeping import Kept
from target.timers import Timer, timers, waited_for
from tests.target.programs import X86_64, wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[[str], Kept]

PREAMBLE = """
import ctypes, os, select, socket, struct, threading
libc = ctypes.CDLL(None)
a, other = socket.socketpair()
print(os.fstat(a.fileno()).st_ino, os.fstat(other.fileno()).st_ino, flush=True)
number = a.fileno()
def poll(name, *timeout):
    table = ctypes.create_string_buffer(struct.pack('=ihh', number, 1, 0))
    getattr(libc, name)(table, 1, *timeout)
def full():
    a.setblocking(False)
    try:
        while True: a.send(bytes(65536))
    except BlockingIOError: return a
def ready(instance):
    instance.register(number, 1)
    return instance
bits = ctypes.create_string_buffer(struct.pack('Q', 1 << number) + bytes(120))
timespec = ctypes.create_string_buffer(struct.pack('2q', 1234, 500_000_000))
timeval = ctypes.create_string_buffer(struct.pack('2q', 1234, 500_000))
timeout = struct.pack('2q', 1234, 500_000)
"""
SECONDS = 1234.5

TIMED = {
    "poll": "poll('poll', 1234500)",
    "ppoll": "poll('ppoll', timespec, None)",
    "select": "select.select([a], [], [], 1234.5)",
    "epoll": "ready(select.epoll()).poll(1234.5)",
    "SO_RCVTIMEO": "a.setsockopt(1, socket.SO_RCVTIMEO, timeout); a.recv(1)",
    "settimeout": "a.settimeout(1234.5); a.recv(1)",
    "select for room": "select.select([], [full()], [], 1234.5)",
    "SO_SNDTIMEO": (
        "full().setsockopt(1, socket.SO_SNDTIMEO, timeout); a.setblocking(True); a.send(b'x')"
    ),
    "sendall": "full().settimeout(1234.5); a.sendall(b'x')",
}

UNTIMED = {
    "recv": "a.recv(1)",
    "poll": "poll('poll', -1)",
    "ppoll": "poll('ppoll', None, None)",
    "select": "select.select([a], [], [])",
    "epoll": "ready(select.epoll()).poll()",
}

TIMERFD = """
clock = libc.timerfd_create(1, 0)
assert libc.timerfd_settime(clock, 0, struct.pack('4q', 0, 0, 1234, 500_000_000), None) == 0
waiting = ready(select.epoll())
"""


@pytest.fixture
def run() -> Iterator[Run]:
    """Start Python programs given as their source."""
    with contextlib.ExitStack() as stack:

        def start(source: str) -> Kept:
            kept = Kept((sys.executable, "-I", "-S", "-c", PREAMBLE + source), os.environ, "/")
            stack.callback(kept.stop)
            return kept

        yield start


def look(kept: Kept) -> settled.Look:
    return settled.look(processes.below(kept.keeper_pid))


def sockets_of(kept: Kept) -> tuple[int, int]:
    """Return the inodes of the socket that is waited for, and of another one."""
    wait_until(lambda: kept.output().endswith("\n"))
    waited, other = map(int, kept.output().split())
    return waited, other


def waits(kept: Kept) -> bool:
    """Tell whether some thread is blocked in waiting for a descriptor."""
    return any(t.sleeps and t.wait and waited_for(t.pid, t.wait) for t in look(kept).threads)


def timers_of(kept: Kept, inode: int) -> tuple[Timer, ...]:
    return timers(look(kept), {inode})


def only_timer(kept: Kept) -> Timer:
    """Wait until a thread waits for the socket with a timeout."""
    waited, _ = sockets_of(kept)
    wait_until(lambda: timers_of(kept, waited))
    (timer,) = timers_of(kept, waited)
    return timer


@pytest.mark.parametrize("source", TIMED.values(), ids=TIMED)
def test_a_timeout_in_waiting_for_a_client_is_read(run: Run, source: str) -> None:
    assert only_timer(run(source)).seconds == SECONDS


@pytest.mark.skipif(not X86_64, reason="the number is that of x86_64")
def test_the_timeout_of_the_select_call_itself_is_in_microseconds(run: Run) -> None:
    kept = run("libc.syscall(23, number + 1, bits, None, None, timeval)")
    assert only_timer(kept).seconds == SECONDS


@pytest.mark.parametrize("source", UNTIMED.values(), ids=UNTIMED)
def test_a_call_without_a_timeout_is_no_timer(run: Run, source: str) -> None:
    kept = run(source)
    waited, _ = sockets_of(kept)
    wait_until(lambda: waits(kept))
    assert timers_of(kept, waited) == ()


@pytest.mark.parametrize("source", TIMED.values(), ids=TIMED)
def test_a_thread_that_waits_for_somebody_else_has_no_timer(run: Run, source: str) -> None:
    kept = run(source)
    _, other = sockets_of(kept)
    wait_until(lambda: waits(kept))
    assert timers_of(kept, other) == ()


def test_a_thread_that_waits_for_nobody_has_no_timer(run: Run) -> None:
    kept = run("threading.Event().wait(1234.5)")
    waited, _ = sockets_of(kept)
    wait_until(lambda: resting.at_rest(look(kept)))
    assert timers_of(kept, waited) == ()


def test_a_timer_descriptor_beside_the_client_counts_for_what_is_left_of_it(run: Run) -> None:
    kept = run(TIMERFD + "waiting.register(clock)\nwaiting.poll()")
    assert SECONDS - 100 < only_timer(kept).seconds <= SECONDS


def test_a_timer_descriptor_that_is_not_waited_for_does_not_count(run: Run) -> None:
    kept = run(TIMERFD + "waiting.poll()")
    waited, _ = sockets_of(kept)
    wait_until(lambda: waits(kept))
    assert timers_of(kept, waited) == ()


def test_the_earlier_of_two_timeouts_counts(run: Run) -> None:
    assert only_timer(run(TIMERFD + "waiting.register(clock)\nwaiting.poll(7)")).seconds == 7


def test_a_wait_that_has_ended_shows_in_the_switches(run: Run) -> None:
    kept = run("a.settimeout(0.01)\nwhile True:\n  try: a.recv(1)\n  except OSError: pass")
    first = only_timer(kept)
    waited, _ = sockets_of(kept)
    wait_until(lambda: any(t.switches > first.switches for t in timers_of(kept, waited)))


def test_a_timer_is_told_in_words() -> None:
    assert str(Timer(1, 2, "poll", 0.25)) == "poll with a timeout of 0.25 s"
    assert str(Timer(1, 2, "read", 9.0)) == "read with a timeout of 9 s"
