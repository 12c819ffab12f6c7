"""What /proc tells of processes: who they are, what they sleep in, which signals they take."""

from __future__ import annotations

import contextlib
import fcntl
import os
import platform
import signal
import socket
import sys
import tempfile
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from target import process_status, processes
from target.keeping import Kept
from target.process_status import Memory
from target.processes import Identity, Process, Thread
from tests.target.programs import wait_until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Run = Callable[[str], Kept]

PREAMBLE = """
import ctypes, os, select, signal, socket, sys, threading, time
libc = ctypes.CDLL(None)
"""

SYS_EXIT = {"x86_64": 60, "aarch64": 93}.get(platform.machine())


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


def identity_of(kept: Kept) -> Identity:
    found = processes.identify(kept.pid)
    assert found is not None
    return found


def process_of(pid: int) -> Process:
    found = processes.look_at(pid)
    assert found is not None
    return found


def says(kept: Kept, text: str) -> None:
    """Wait until the program has printed this."""
    wait_until(lambda: text in kept.output())


def status_of(kept: Kept) -> int:
    """Wait until the program has ended; return its wait(2) status."""

    def ended() -> bool:
        kept.poll()
        return kept.pid in kept.ended

    wait_until(ended)
    return kept.ended[kept.pid]


def asleep(kept: Kept, call: str) -> Thread:
    """Wait until the only thread of the program sleeps in this call."""

    def there() -> bool:
        threads = processes.threads_of(kept.pid)
        return len(threads) == 1 and threads[0].wait is not None and threads[0].wait.call == call

    wait_until(there)
    (thread,) = processes.threads_of(kept.pid)
    return thread


# Who a process is.


def test_a_process_keeps_its_identity(run: Run) -> None:
    kept = run("signal.pause()")
    before = identity_of(kept)
    asleep(kept, "pause")
    assert identity_of(kept) == before
    assert before.pid == kept.pid


def test_the_start_time_is_the_one_of_the_process() -> None:
    with open("/proc/self/stat") as file:
        expected = int(file.read().rpartition(")")[2].split()[19])
    assert processes.identify(os.getpid()) == Identity(os.getpid(), expected)


def test_a_process_that_is_gone_has_no_identity(run: Run) -> None:
    kept = run("")
    wait_until(lambda: processes.identify(kept.pid) is None)


@pytest.mark.parametrize("name", ["a b", "x) Z 1 (y", "((", "))", ") S ("])
def test_a_process_may_have_any_name(run: Run, name: str) -> None:
    kept = run(f"libc.prctl(15, {name.encode()!r}); print('named', flush=True); signal.pause()")
    says(kept, "named")
    found = process_of(kept.pid)
    assert found.name == name
    assert found.parent == kept.keeper_pid
    assert not found.is_zombie


def test_processes_below_are_found_at_every_depth(run: Run) -> None:
    kept = run(
        "for _ in range(2):\n"
        "    if os.fork() == 0:\n"
        "        os.fork()\n"
        "        break\n"
        "signal.pause()"
    )
    wait_until(lambda: len(processes.below(kept.pid)) == 4)
    parents = [each.parent for each in processes.below(kept.pid)]
    assert parents.count(kept.pid) == 2
    assert len(set(parents)) == 3


def test_children_of_another_thread_than_the_first_are_found(run: Run) -> None:
    kept = run(
        "def fork():\n"
        "    if os.fork() == 0:\n"
        "        signal.pause()\n"
        "    signal.pause()\n"
        "threading.Thread(target=fork).start()"
    )
    wait_until(lambda: len(processes.below(kept.pid)) == 1)


# Signals reach exactly one process.


def test_a_signal_reaches_the_process(run: Run) -> None:
    kept = run("signal.pause()")
    assert processes.send_signal(identity_of(kept), signal.SIGTERM)
    assert status_of(kept) == signal.SIGTERM


@pytest.mark.parametrize("shift", [-1, 1])
def test_a_signal_never_reaches_another_process_with_the_same_pid(run: Run, shift: int) -> None:
    kept = run("signal.pause()")
    right = identity_of(kept)
    assert not processes.send_signal(replace(right, start=right.start + shift), signal.SIGKILL)
    assert processes.send_signal(right, signal.SIGTERM)
    assert status_of(kept) == signal.SIGTERM


def test_a_signal_to_a_process_that_is_gone_is_not_sent(run: Run) -> None:
    kept = run("signal.pause()")
    identity = identity_of(kept)
    kept.stop()
    assert not processes.send_signal(identity, signal.SIGKILL)


# How a process is.


def test_a_child_that_was_not_waited_for_is_a_zombie(run: Run) -> None:
    kept = run("os.fork() or os._exit(0); signal.pause()")
    wait_until(lambda: any(each.is_zombie for each in processes.below(kept.pid)))
    (child,) = processes.below(kept.pid)
    assert (child.state, child.parent) == ("Z", kept.pid)
    assert processes.descriptors_of(child.identity.pid) == {}
    assert not process_of(kept.pid).is_zombie


@pytest.mark.parametrize(
    ("end", "status"),
    [("os._exit(0)", 0), ("os._exit(3)", 3 << 8), ("os.kill(os.getpid(), 9)", signal.SIGKILL)],
)
def test_a_zombie_says_how_it_ended_before_it_is_waited_for(
    run: Run, end: str, status: int
) -> None:
    kept = run(f"os.fork() or {end}; signal.pause()")
    wait_until(lambda: any(each.is_zombie for each in processes.below(kept.pid)))
    (child,) = processes.below(kept.pid)
    assert child.wait_status == status
    assert process_of(kept.pid).wait_status == 0


@pytest.mark.skipif(SYS_EXIT is None, reason="the number of exit(2) is not known here")
def test_a_process_whose_first_thread_has_ended_is_no_zombie_while_another_runs(run: Run) -> None:
    kept = run(f"threading.Thread(target=signal.pause).start(); libc.syscall({SYS_EXIT}, 0)")
    wait_until(lambda: process_of(kept.pid).state == "Z")
    assert not process_of(kept.pid).is_zombie
    wait_until(lambda: sorted(t.state for t in processes.threads_of(kept.pid)) == ["S", "Z"])


@pytest.mark.skipif(SYS_EXIT is None, reason="the number of exit(2) is not known here")
def test_a_process_whose_first_thread_has_ended_shows_its_descriptors(run: Run) -> None:
    kept = run(f"threading.Thread(target=signal.pause).start(); libc.syscall({SYS_EXIT}, 0)")
    wait_until(lambda: process_of(kept.pid).state == "Z")
    assert 0 in processes.descriptors_of(kept.pid)


def test_a_stopped_process_is_seen_to_be_stopped(run: Run) -> None:
    kept = run("signal.pause()")
    asleep(kept, "pause")
    assert not process_of(kept.pid).is_stopped
    os.kill(kept.pid, signal.SIGSTOP)
    wait_until(lambda: process_of(kept.pid).is_stopped)
    (thread,) = processes.threads_of(kept.pid)
    assert not thread.sleeps


# What its threads do.

PIPE = "ours, theirs = os.pipe(); "
LISTENER = "s = socket.create_server(('127.0.0.1', 0)); "
SIGNALS = "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1}); "


@pytest.mark.parametrize(
    ("source", "call"),
    [
        (LISTENER + "libc.accept(s.fileno(), None, None)", "accept"),
        (LISTENER + "s.accept()", "accept4"),
        (PIPE + "os.read(ours, 1)", "read"),
        (PIPE + "os.write(theirs, b'x' * 200000)", "write"),
        ("a, b = socket.socketpair(); a.recv(1)", "recvfrom"),
        ("a, b = socket.socketpair(); a.sendall(b'x' * 9000000)", "sendto"),
        ("select.poll().poll()", "poll"),
        ("e = select.epoll(); e.poll()", "epoll_wait"),
        ("signal.pause()", "pause"),
        ("os.fork() or signal.pause(); os.wait()", "wait4"),
        ("(l := threading.Lock()).acquire(); l.acquire()", "futex"),
        (SIGNALS + "signal.sigwait({signal.SIGUSR1})", "rt_sigtimedwait"),
    ],
)
def test_a_thread_is_seen_in_the_call_it_sleeps_in_without_a_timeout(
    run: Run, source: str, call: str
) -> None:
    thread = asleep(run(source), call)
    assert thread.sleeps
    assert thread.wait is not None
    assert not thread.wait.timed


@pytest.mark.parametrize(
    ("source", "call"),
    [
        (LISTENER + "s.settimeout(1000); s.accept()", "poll"),
        ("select.poll().poll(1000_000)", "poll"),
        ("e = select.epoll(); e.poll(1000)", "epoll_wait"),
        (SIGNALS + "signal.sigtimedwait({signal.SIGUSR1}, 1000)", "rt_sigtimedwait"),
        ("(l := threading.Lock()).acquire(); l.acquire(timeout=1000)", "futex"),
        ("time.sleep(1000)", "clock_nanosleep"),
    ],
)
def test_a_thread_is_seen_in_the_call_it_sleeps_in_with_a_timeout(
    run: Run, source: str, call: str
) -> None:
    thread = asleep(run(source), call)
    assert thread.wait is not None
    assert thread.wait.timed


@pytest.mark.parametrize(("timeout", "timed"), [("", False), (", 1000", True)])
def test_a_select_is_seen_with_and_without_its_timeout(run: Run, timeout: str, timed: bool) -> None:
    kept = run(f"select.select([os.pipe()[0]], [], []{timeout})")

    def is_there() -> bool:
        # select(2) or pselect6(2), as the C library likes.
        wait = processes.threads_of(kept.pid)[0].wait
        return wait is not None and wait.call in ("select", "pselect6") and wait.timed is timed

    wait_until(is_there)


def test_the_descriptor_that_a_thread_waits_on_is_seen(run: Run) -> None:
    kept = run("os.dup2(os.pipe()[0], 77); os.read(77, 1)")
    thread = asleep(kept, "read")
    assert thread.wait is not None
    assert thread.wait.descriptor == 77


def test_a_thread_that_computes_does_not_sleep(run: Run) -> None:
    kept = run("print('spinning', flush=True)\nwhile True: pass")
    says(kept, "spinning")
    for _ in range(100):
        (thread,) = processes.threads_of(kept.pid)
        assert not thread.sleeps


def test_every_thread_is_seen(run: Run) -> None:
    kept = run(
        "for _ in range(3): threading.Thread(target=os.read, args=(os.pipe()[0], 1)).start()\n"
        "signal.pause()"
    )

    def calls() -> list[str]:
        return sorted(str(each.wait) for each in processes.threads_of(kept.pid))

    wait_until(lambda: calls() == ["pause", "read", "read", "read"])
    assert {each.pid for each in processes.threads_of(kept.pid)} == {kept.pid}
    assert process_of(kept.pid).threads == 4


def test_a_thread_that_has_run_in_between_shows_it(run: Run) -> None:
    kept = run("signal.signal(signal.SIGUSR1, lambda *_: None)\nwhile True: signal.pause()")
    wait_until(lambda: signal.SIGUSR1 in masks(kept).caught)
    before = asleep(kept, "pause")
    assert asleep(kept, "pause") == before
    os.kill(kept.pid, signal.SIGUSR1)
    wait_until(lambda: asleep(kept, "pause").switches > before.switches)


def test_a_process_that_is_gone_has_no_threads(run: Run) -> None:
    kept = run("signal.pause()")
    kept.stop()
    assert processes.threads_of(kept.pid) == ()
    assert processes.below(kept.pid) == ()
    assert process_status.signals_of(kept.pid) is None
    assert processes.descriptors_of(kept.pid) == {}
    assert processes.processor_times(kept.pid) == {}


# Which signals it takes.


def masks(kept: Kept) -> process_status.Signals:
    found = process_status.signals_of(kept.pid)
    assert found is not None
    return found


def test_the_signals_that_a_process_catches_ignores_and_blocks_are_told_apart(run: Run) -> None:
    kept = run(
        "signal.signal(signal.SIGUSR1, lambda *_: None)\n"
        "signal.signal(signal.SIGUSR2, signal.SIG_IGN)\n"
        "signal.signal(signal.SIGRTMAX, signal.SIG_IGN)\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGHUP})\n"
        "print('ready', flush=True); signal.pause()"
    )
    says(kept, "ready")
    # Python itself catches SIGINT and ignores SIGPIPE and SIGXFSZ.
    assert masks(kept).caught == {signal.SIGUSR1, signal.SIGINT}
    assert masks(kept).ignored == {
        signal.SIGUSR2,
        signal.SIGRTMAX,
        signal.SIGPIPE,
        signal.SIGXFSZ,
    }
    assert masks(kept).blocked == {signal.SIGHUP}
    assert masks(kept).pending == set()


def test_a_blocked_signal_stays_pending_and_wakes_nobody(run: Run) -> None:
    kept = run(SIGNALS + "print('ready', flush=True); signal.pause()")
    says(kept, "ready")
    os.kill(kept.pid, signal.SIGUSR1)
    wait_until(lambda: masks(kept).pending == {signal.SIGUSR1})
    assert not asleep(kept, "pause").awaits_signal


def test_a_signal_that_came_while_the_process_was_stopped_is_on_its_way(run: Run) -> None:
    kept = run("signal.signal(signal.SIGUSR1, print); print('ready', flush=True); signal.pause()")
    says(kept, "ready")
    os.kill(kept.pid, signal.SIGSTOP)
    wait_until(lambda: process_of(kept.pid).is_stopped)
    os.kill(kept.pid, signal.SIGUSR1)
    (thread,) = processes.threads_of(kept.pid)
    assert thread.awaits_signal
    assert masks(kept).pending == {signal.SIGUSR1}


# What it holds and uses.


def test_descriptors_are_shown_with_what_they_are(run: Run) -> None:
    kept = run(
        "s = socket.socket(); os.dup2(os.open('/dev/zero', 0), 50); os.dup2(s.fileno(), 51)\n"
        "print('ready', flush=True); signal.pause()"
    )
    says(kept, "ready")
    found = processes.descriptors_of(kept.pid)
    assert found[50] == "/dev/zero"
    assert found[51].startswith("socket:[")


def test_the_newest_descriptor_is_named_first_and_those_that_are_known_are_not() -> None:
    with open(os.devnull) as low, tempfile.TemporaryFile() as file:
        high = fcntl.fcntl(file, fcntl.F_DUPFD, 900)
        names = list(processes.names_from_last(os.getpid()))
        rest = list(processes.names_from_last(os.getpid(), but={high, low.fileno()}))
        os.close(high)
    assert "deleted" in names[0]
    assert len(rest) == len(names) - 2


def test_the_holders_of_a_socket_are_those_that_have_it_open(run: Run) -> None:
    kept = run(
        LISTENER + "os.fork() or signal.pause(); os.fork() or (s.close(), signal.pause())\n"
        "print(os.fstat(s.fileno()).st_ino, flush=True); signal.pause()"
    )
    says(kept, "\n")
    inode = int(kept.output())
    family = [process_of(kept.pid), *processes.below(kept.pid)]
    assert len(family) == 3
    wait_until(lambda: len(processes.holders_of(inode, family)) == 2)
    assert family[0] in processes.holders_of(inode, family)
    with socket.socket() as ours:
        assert processes.holders_of(os.fstat(ours.fileno()).st_ino, family) == ()


def test_the_time_of_a_thread_that_computes_grows_and_that_of_a_sleeper_does_not(run: Run) -> None:
    busy = run("print('spinning', flush=True)\nwhile True: pass")
    idle = run("signal.pause()")
    says(busy, "spinning")
    asleep(idle, "pause")
    asleep_before = processes.processor_times(idle.pid)
    busy_before = processes.processor_times(busy.pid)[busy.pid][0]
    wait_until(lambda: processes.processor_times(busy.pid)[busy.pid][0] > busy_before + 20_000_000)
    assert processes.processor_times(idle.pid) == asleep_before


def test_memory_that_is_filled_counts_as_resident_and_as_writable(run: Run) -> None:
    kept = run("b = bytearray(b'x') * 20_000_000\nsignal.pause()")
    wait_until(lambda: process_status.memory_of(kept.pid).resident > 20_000_000)
    assert process_status.memory_of(kept.pid).writable > 20_000_000


def test_memory_that_is_only_allotted_is_not_resident(run: Run) -> None:
    kept = run("import mmap; m = mmap.mmap(-1, 20_000_000, flags=mmap.MAP_PRIVATE); signal.pause()")
    wait_until(lambda: process_status.memory_of(kept.pid).writable > 20_000_000)
    assert process_status.memory_of(kept.pid).resident < 20_000_000


def test_a_process_that_is_gone_has_no_memory(run: Run) -> None:
    kept = run("pass")
    wait_until(lambda: processes.look_at(kept.pid) is None)
    assert process_status.memory_of(kept.pid) == Memory()


def test_a_signal_can_be_sent_to_the_thread_that_is_meant(run: Run) -> None:
    kept = run(
        "signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])\n"
        "def wait():\n"
        "    print('taken', signal.sigwait([signal.SIGUSR1]), flush=True)\n"
        "thread = threading.Thread(target=wait)\n"
        "thread.start(); print(thread.native_id, flush=True); thread.join()\n"
    )
    wait_until(lambda: kept.output().endswith("\n"))
    tid = int(kept.output())
    first, thread = sorted(processes.threads_of(kept.pid), key=lambda one: one.tid == tid)
    identity = identity_of(kept)
    other = replace(identity, start=identity.start + 1)
    assert process_status.blocks(first, signal.SIGUSR1)
    assert not process_status.blocks(first, signal.SIGUSR2)
    assert not processes.send_to_thread(thread, other, signal.SIGUSR1)
    assert processes.send_to_thread(thread, identity, signal.SIGUSR1)
    says(kept, f"taken {signal.SIGUSR1}")
