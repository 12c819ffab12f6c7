"""A target is settled when nothing inside it can change any more, and only then."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from target import processes, resting, settled
from target.keeping import Kept
from target.waits import Wait
from tests.target.programs import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[[str], Kept]

PREAMBLE = """
import ctypes, os, select, signal, socket, struct, sys, threading, time
libc = ctypes.CDLL(None)
"""
LISTENER = "s = socket.create_server(('127.0.0.1', 0)); "
ACCEPT = "libc.accept(s.fileno(), None, None)"
SPIN = "print('spinning', flush=True)\nwhile True: pass"


@pytest.fixture
def run() -> Iterator[Run]:
    """Start Python programs given as their source."""
    with contextlib.ExitStack() as stack:

        def start(source: str) -> Kept:
            argv = (sys.executable, "-I", "-S", "-c", PREAMBLE + source)
            kept = Kept(argv, os.environ, "/")
            stack.callback(kept.stop)
            return kept

        yield start


def look(kept: Kept) -> settled.Look:
    return settled.look(processes.below(kept.keeper_pid))


def restless(kept: Kept) -> str | None:
    """Look twice and say why the program is not settled."""
    return settled.restless(look(kept), look(kept))


def is_settled(kept: Kept) -> bool:
    return look(kept).processes != () and restless(kept) is None


def settles(kept: Kept) -> None:
    wait_until(lambda: is_settled(kept))


def stays_restless(kept: Kept, reason: str) -> None:
    """Wait until the program is not settled for this reason, and see that it stays so."""
    wait_until(lambda: reason in (restless(kept) or ""))
    for _ in range(20):
        assert restless(kept) is not None


def says(kept: Kept, text: str) -> None:
    """Wait until the program has printed this."""
    wait_until(lambda: text in kept.output())


def asleep(kept: Kept, call: str) -> None:
    """Wait until every thread of the program sleeps in this call."""
    wait_until(lambda: {str(each.wait) for each in look(kept).threads} == {call})


# Settled.


@pytest.mark.parametrize(
    "source",
    [
        LISTENER + ACCEPT,
        LISTENER + "s.accept()",
        "os.read(os.pipe()[0], 1)",
        "select.poll().poll()",
        "select.epoll().poll()",
        "signal.pause()",
        "os.fork() or signal.pause(); os.wait()",
        "threading.Thread(target=signal.pause).start(); signal.pause()",
        "signal.pthread_sigmask(0, {signal.SIGCHLD}); signal.sigwait({signal.SIGCHLD})",
    ],
)
def test_a_program_that_only_waits_for_others_is_settled(run: Run, source: str) -> None:
    settles(run(source))


def test_a_zombie_beside_a_listener_that_is_blocked_in_accept_will_stay(run: Run) -> None:
    kept = run(LISTENER + "os.fork() or os._exit(0); " + ACCEPT)
    wait_until(lambda: look(kept).zombies != () and is_settled(kept))
    (zombie,) = look(kept).zombies
    assert zombie.parent == kept.pid


def test_a_blocked_signal_that_is_pending_does_not_disturb_the_rest(run: Run) -> None:
    kept = run("signal.pthread_sigmask(0, {signal.SIGUSR1}); print('ready', flush=True)\n"
               "signal.pause()")  # fmt: skip
    says(kept, "ready")
    os.kill(kept.pid, signal.SIGUSR1)
    settles(kept)


# Not settled.


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("select.poll().poll(500_000)", "sleeps in poll with a timeout"),
        ("select.epoll().poll(500)", "sleeps in epoll_wait with a timeout"),
        (LISTENER + "s.settimeout(500); s.accept()", "sleeps in poll with a timeout"),
        ("time.sleep(500)", "sleeps in clock_nanosleep"),
        (
            "signal.sigtimedwait({signal.SIGCHLD}, 500)",
            "sleeps in rt_sigtimedwait with a timeout",
        ),
    ],
)
def test_a_program_that_sleeps_with_a_timeout_is_not_settled(
    run: Run, source: str, reason: str
) -> None:
    stays_restless(run(source), reason)


def test_one_thread_with_a_timeout_is_enough(run: Run) -> None:
    kept = run("threading.Thread(target=time.sleep, args=(500,)).start(); signal.pause()")
    stays_restless(kept, "sleeps in clock_nanosleep")


def test_one_child_with_a_timeout_is_enough(run: Run) -> None:
    stays_restless(run("os.fork() or time.sleep(500); signal.pause()"), "sleeps in clock_nanosleep")


def test_a_program_that_computes_is_not_settled(run: Run) -> None:
    kept = run(SPIN)
    says(kept, "spinning")
    stays_restless(kept, "is running (R)")


def test_a_program_that_computes_beside_one_that_waits_is_not_settled(run: Run) -> None:
    kept = run("if os.fork() == 0: signal.pause()\n" + SPIN)
    says(kept, "spinning")
    stays_restless(kept, "is running (R)")


def test_a_stopped_program_does_not_go_on_by_itself(run: Run) -> None:
    kept = run(SPIN)
    says(kept, "spinning")
    stays_restless(kept, "(R)")
    os.kill(kept.pid, signal.SIGSTOP)
    settles(kept)
    os.kill(kept.pid, signal.SIGCONT)
    stays_restless(kept, "(R)")


def test_a_signal_on_its_way_to_a_sleeper_is_seen() -> None:
    sleeper = processes.Thread(
        pid=2,
        tid=3,
        state="S",
        wait=Wait("accept", timed=False, descriptor=4),
        switches=5,
        awaits_signal=True,
    )
    seen = settled.Look((), (sleeper,))
    assert settled.restless(seen, seen) == "3 has a signal pending"


def test_a_program_that_has_moved_between_the_looks_is_not_settled(run: Run) -> None:
    kept = run(
        "signal.signal(signal.SIGUSR1, lambda *_: None); print('ready', flush=True)\n"
        "while True: signal.pause()"
    )
    says(kept, "ready")
    settles(kept)
    before = look(kept)
    os.kill(kept.pid, signal.SIGUSR1)
    settles(kept)
    wait_until(lambda: look(kept) != before)
    settles(kept)
    assert settled.restless(before, look(kept)) == "it has moved since the look before"


def test_a_child_that_came_between_the_looks_unsettles(run: Run) -> None:
    kept = run(
        "signal.signal(signal.SIGUSR1, lambda *_: os.fork()); print('ready', flush=True)\n"
        "while True: signal.pause()"
    )
    says(kept, "ready")
    settles(kept)
    before = look(kept)
    os.kill(kept.pid, signal.SIGUSR1)
    wait_until(lambda: len(look(kept).processes) == 2 and is_settled(kept))
    assert settled.restless(before, look(kept)) == "it has moved since the look before"


# Alarms that the blocked call does not show.

TIMER = """
timer = ctypes.c_void_p()
assert libc.timer_create(1, None, ctypes.byref(timer)) == 0
"""
ARM_TIMER = "assert libc.timer_settime(timer, 0, struct.pack('4q', 0, 0, 1000, 0), None) == 0\n"
TIMERFD = "fd = libc.timerfd_create(1, 0); assert fd > 0\n"
ARM_TIMERFD = "assert libc.timerfd_settime(fd, 0, struct.pack('4q', 0, 0, 1000, 0), None) == 0\n"
RECEIVE_TIMEOUT = "s.setsockopt(1, socket.SO_RCVTIMEO, struct.pack('2q', 500, 0)); "
SEND_TIMEOUT = "s.setsockopt(1, socket.SO_SNDTIMEO, struct.pack('2q', 500, 0)); "

needs_timer_list = pytest.mark.skipif(
    not Path("/proc/self/timers").exists(), reason="this kernel does not list timers"
)


IO_URING_SETUP = 425
RING = f"ring = libc.syscall({IO_URING_SETUP}, 8, bytes(120))\n"


def has_rings() -> bool:
    """Return whether programs may make rings of io_uring here."""
    ring: int = ctypes.CDLL(None).syscall(IO_URING_SETUP, 8, ctypes.create_string_buffer(120))
    if ring >= 0:
        os.close(ring)
    return ring >= 0


@pytest.mark.skipif(not has_rings(), reason="io_uring is not allowed here")
def test_a_ring_that_may_hold_timeouts_unsettles(run: Run) -> None:
    kept = run(RING + "p = select.poll(); p.register(ring, select.POLLIN); p.poll()")
    stays_restless(kept, "has a ring of io_uring, which may hold timeouts")


OWN_TABLE = """
def sleep():
    assert libc.unshare(0x400) == 0  # CLONE_FILES
    threading.Event().wait()
threading.Thread(target=sleep).start()
"""


def test_a_thread_with_descriptors_of_its_own_unsettles(run: Run) -> None:
    kept = run(OWN_TABLE + LISTENER + ACCEPT)
    stays_restless(kept, "has descriptors of its own, which may be timers")


@needs_timer_list
def test_a_posix_timer_unsettles(run: Run) -> None:
    stays_restless(run(TIMER + ARM_TIMER + LISTENER + ACCEPT), "has a timer set")


def test_a_timer_descriptor_that_is_armed_unsettles(run: Run) -> None:
    kept = run(TIMERFD + ARM_TIMERFD + "p = select.poll(); p.register(fd); p.poll()")
    stays_restless(kept, "has a timer descriptor armed")


def test_a_timer_descriptor_that_is_armed_but_not_waited_on_unsettles(run: Run) -> None:
    stays_restless(run(TIMERFD + ARM_TIMERFD + LISTENER + ACCEPT), "has a timer descriptor armed")


def test_a_timer_descriptor_that_is_not_armed_changes_nothing(run: Run) -> None:
    settles(run(TIMERFD + LISTENER + ACCEPT))


def test_a_handler_of_sigalrm_unsettles(run: Run) -> None:
    kept = run("signal.signal(signal.SIGALRM, lambda *_: None)\n" + LISTENER + ACCEPT)
    stays_restless(kept, "catches SIGALRM")


@pytest.mark.parametrize("fetch", ["sigwait(awaited)", "sigwaitinfo(awaited)"])
def test_a_wait_for_sigalrm_unsettles(run: Run, fetch: str) -> None:
    kept = run(
        "awaited = {signal.SIGALRM, signal.SIGCHLD}\n"
        "signal.pthread_sigmask(0, awaited)\n"
        "signal.setitimer(signal.ITIMER_REAL, 500)\n"
        f"signal.{fetch}"
    )
    asleep(kept, "rt_sigtimedwait")
    stays_restless(kept, "waits for SIGALRM")


def test_an_alarm_of_a_child_unsettles(run: Run) -> None:
    kept = run(
        "if os.fork() == 0:\n"
        "    signal.signal(signal.SIGALRM, lambda *_: None)\n"
        "    signal.pause()\n" + LISTENER + ACCEPT
    )
    stays_restless(kept, "catches SIGALRM")


def test_a_timeout_on_the_listening_socket_unsettles(run: Run) -> None:
    kept = run(LISTENER + RECEIVE_TIMEOUT + ACCEPT)
    stays_restless(kept, "waits on a socket with a timeout")


def test_a_send_timeout_unsettles_a_writer(run: Run) -> None:
    kept = run("s, peer = socket.socketpair(); " + SEND_TIMEOUT + "s.sendall(b'x' * 9000000)")
    stays_restless(kept, "waits on a socket with a timeout")


def test_a_timeout_on_a_socket_that_nobody_waits_on_changes_nothing(run: Run) -> None:
    settles(run("s = socket.socket(); " + RECEIVE_TIMEOUT + LISTENER.replace("s =", "t =")
                + ACCEPT.replace("s.", "t.")))  # fmt: skip


def test_the_timeouts_of_another_process_s_socket_are_read(run: Run) -> None:
    kept = run(LISTENER + "s.setsockopt(1, socket.SO_RCVTIMEO, struct.pack('2q', 2, 500000)); "
               "os.dup2(s.fileno(), 60); os.dup2(0, 61); print('ready', flush=True)\n"
               "signal.pause()")  # fmt: skip
    says(kept, "ready")
    assert settled.socket_timeouts(kept.pid, 60) == (2.5, 0.0)
    assert settled.socket_timeouts(kept.pid, 61) == (0.0, 0.0)
    assert settled.socket_timeouts(kept.pid, 62) == (0.0, 0.0)
    kept.stop()
    assert settled.socket_timeouts(kept.pid, 60) == (0.0, 0.0)


# At rest: asleep, with a timeout or without, or held by SIGSTOP.


@pytest.mark.parametrize(
    ("source", "call"),
    [("signal.pause()", "pause"), ("select.poll().poll(500_000)", "poll with a timeout")],
)
def test_a_program_that_sleeps_is_at_rest(run: Run, source: str, call: str) -> None:
    kept = run(source)
    asleep(kept, call)
    assert resting.at_rest(look(kept))


def test_a_stopped_program_is_at_rest(run: Run) -> None:
    kept = run(SPIN)
    says(kept, "spinning")
    assert not resting.at_rest(look(kept))
    os.kill(kept.pid, signal.SIGSTOP)
    wait_until(lambda: resting.at_rest(look(kept)))
