"""When a target may still change, judged on looks that are written by hand."""

import errno
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import replace
from unittest.mock import Mock

import pytest

from target import settled
from target.process_status import Signals
from target.processes import Identity, Process, Thread
from target.resting import at_rest
from target.settled import Look, UnseenTimer, may_fetch, restless
from target.waits import FETCHING_SIGNALS, UNKNOWN, Wait

PID = 1 << 22
"""No process has this number: files under /proc say nothing about it."""

ACCEPT = Thread(PID, PID, "S", Wait("accept", timed=False, descriptor=3), 1, awaits_signal=False)
HELPER = replace(ACCEPT, tid=PID + 1, wait=Wait("pause", timed=False))
TIMED = replace(HELPER, wait=Wait("poll", timed=True))
RUNNING = replace(HELPER, state="R", wait=None)
STOPPED = replace(HELPER, state="T", wait=None)
DEAD = replace(HELPER, state="Z", wait=None)


def look(*threads: Thread, passing: bool = False, state: str = "S") -> Look:
    process = Process(Identity(PID, 1), 1, "server", state, len(threads))
    return Look((process,), threads, passing)


def twice(seen: Look) -> str | None:
    return restless(seen, seen)


class Kernel:
    """What /proc says of a process: all that the tests change."""

    timers: str | None = ""
    kinds: dict[int, str] = {}  # noqa: RUF012
    fdinfo: str | None = ""
    signals: Signals | None = None
    memory = b""
    there = True


@pytest.fixture
def kernel(monkeypatch: pytest.MonkeyPatch) -> Kernel:
    made = Kernel()

    def read_text(path: str) -> str | None:
        return made.timers if path.endswith("/timers") else made.fdinfo

    monkeypatch.setattr(settled, "read_text", read_text)
    monkeypatch.setattr(settled, "identify", lambda _: made.there)
    monkeypatch.setattr(settled, "descriptors_of", lambda _: made.kinds)
    monkeypatch.setattr(settled, "signals_of", lambda _: made.signals)
    monkeypatch.setattr(settled, "memory_at", lambda *_: made.memory)
    monkeypatch.setattr(settled, "socket_timeouts", lambda *_: (0.0, 0.0))
    return made


def signals(*, caught: tuple[int, ...] = (), blocked: tuple[int, ...] = ()) -> Signals:
    return Signals(frozenset(caught), frozenset(), frozenset(blocked), frozenset())


def test_threads_that_sleep_for_ever_and_have_not_moved_are_settled(kernel: Kernel) -> None:
    assert twice(look(ACCEPT, HELPER)) is None


@pytest.mark.parametrize(
    ("thread", "reason"),
    [
        (RUNNING, f"{PID + 1} is running (R)"),
        (replace(RUNNING, state="D"), f"{PID + 1} is running (D)"),
        (replace(HELPER, wait=None), f"{PID + 1} is running (S)"),
        (replace(STOPPED, state="t"), f"{PID + 1} is stopped (t)"),
        (TIMED, f"{PID + 1} sleeps in poll with a timeout"),
        (replace(HELPER, wait=UNKNOWN), f"{PID + 1} sleeps in ?"),
        (replace(HELPER, awaits_signal=True), f"{PID + 1} has a signal pending"),
    ],
)
def test_one_thread_that_may_go_on_is_enough(kernel: Kernel, thread: Thread, reason: str) -> None:
    assert twice(look(ACCEPT, thread)) == reason
    assert twice(look(thread, ACCEPT)) == reason


def test_a_thread_that_is_stopped_does_not_go_on_by_itself(kernel: Kernel) -> None:
    assert twice(look(replace(STOPPED, awaits_signal=True), ACCEPT)) is None
    assert twice(look(STOPPED, TIMED)) is not None


@pytest.mark.parametrize("state", "ZX")
def test_a_thread_that_has_ended_does_not_go_on(kernel: Kernel, state: str) -> None:
    assert twice(look(replace(DEAD, state=state), ACCEPT)) is None
    assert twice(look(replace(DEAD, state=state), TIMED)) is not None


def test_a_call_that_passes_the_gate_may_go_on(kernel: Kernel) -> None:
    assert twice(look(ACCEPT, passing=True)) == "a call of it passes the gate"
    assert not at_rest(look(ACCEPT, passing=True))


def test_a_thread_that_left_the_processor_between_the_looks_has_moved(kernel: Kernel) -> None:
    moved = look(replace(ACCEPT, switches=2))
    assert restless(look(ACCEPT), moved) == "it has moved since the look before"


@pytest.mark.parametrize("state", "ZXTt")
def test_threads_that_sleep_are_stopped_or_have_ended_are_at_rest(state: str) -> None:
    assert at_rest(look(ACCEPT, TIMED, replace(STOPPED, state=state)))


def test_one_thread_that_runs_is_no_rest() -> None:
    assert not at_rest(look(ACCEPT, RUNNING))


def test_a_timer_of_the_process_wakes_it(kernel: Kernel) -> None:
    kernel.timers = "ID: 0\n"
    assert twice(look(ACCEPT)) == f"{PID} has a timer set"


def test_timers_that_cannot_be_read_may_be_set_while_the_process_is_there(kernel: Kernel) -> None:
    kernel.timers = None
    assert twice(look(ACCEPT)) == (f"{PID} may have a timer set: /proc/{PID}/timers cannot be read")
    kernel.there = False
    assert twice(look(ACCEPT)) is None


def test_a_zombie_has_no_timers(kernel: Kernel) -> None:
    kernel.timers = "ID: 0\n"
    assert twice(look(DEAD, state="Z")) is None


@pytest.mark.parametrize(
    ("text", "armed"),
    [
        ("clockid: 1\nticks: 0\nit_value: (0, 0)\nit_interval: (0, 0)\n", False),
        ("clockid: 1\nticks: 3\nit_value: (0, 0)\nit_interval: (0, 0)\n", True),
        ("clockid: 1\nticks: 0\nit_value: (5, 1)\nit_interval: (0, 0)\n", True),
        ("clockid: 1\nticks: 0\nit_value: (0, 0)\nit_interval: (5, 0)\n", True),
        (None, False),
    ],
)
def test_a_timer_descriptor_wakes_where_it_is_armed(
    kernel: Kernel, text: str | None, *, armed: bool
) -> None:
    kernel.kinds = {3: "socket:[1]", 4: "anon_inode:[timerfd]"}
    kernel.fdinfo = text
    expected = f"{PID} has a timer descriptor armed" if armed else None
    assert twice(look(ACCEPT)) == expected
    kernel.kinds = {3: "socket:[1]"}
    assert twice(look(ACCEPT)) is None


@pytest.mark.parametrize(
    ("masks", "words"),
    [
        (signals(caught=(signal.SIGALRM,)), f"{PID} catches SIGALRM and may have set a timer"),
        (
            signals(blocked=(signal.SIGALRM,)),
            f"{PID} blocks SIGALRM, to fetch it, and may have set a timer",
        ),
        (signals(caught=(signal.SIGCHLD,), blocked=(signal.SIGTERM,)), None),
        (None, None),
    ],
)
def test_without_a_witness_sigalrm_may_come_from_a_timer(
    kernel: Kernel, masks: Signals | None, words: str | None
) -> None:
    kernel.signals = masks
    reason = twice(look(ACCEPT))
    assert reason == words
    assert isinstance(reason, UnseenTimer) == (words is not None)


@pytest.mark.parametrize(
    ("is_set", "words"), [(True, f"{PID} has an interval timer set"), (False, None)]
)
def test_a_witness_knows_whether_a_timer_is_set(
    kernel: Kernel, *, is_set: bool, words: str | None
) -> None:
    kernel.signals = signals(caught=(signal.SIGALRM,))
    kernel.memory = b"\xff" * 8
    fetching = replace(HELPER, wait=Wait(FETCHING_SIGNALS, timed=False, arguments=(64,) * 6))
    witnessed = replace(look(ACCEPT, fetching), timers=lambda _: is_set)
    reason = twice(witnessed)
    assert reason == words
    assert not isinstance(reason, UnseenTimer)


ALARM = 1 << (signal.SIGALRM - 1)


@pytest.mark.parametrize(
    ("memory", "expected"),
    [
        (ALARM.to_bytes(8, "little"), True),
        ((ALARM << 1).to_bytes(8, "little"), False),
        ((ALARM >> 1).to_bytes(8, "little"), False),
        (bytes(8), False),
        (bytes(7), True),
    ],
    ids=["in the set", "the next one", "the one before", "empty", "it cannot be read"],
)
def test_a_thread_fetches_the_signals_of_its_set(
    kernel: Kernel, memory: bytes, *, expected: bool
) -> None:
    kernel.memory = memory
    fetching = replace(ACCEPT, wait=Wait(FETCHING_SIGNALS, timed=False, arguments=(64, 0)))
    assert may_fetch(fetching, signal.SIGALRM) is expected
    reason = twice(look(fetching))
    assert reason == (f"{PID} waits for SIGALRM and may have set a timer" if expected else None)
    assert isinstance(reason, UnseenTimer) is expected


@pytest.mark.parametrize(
    "wait",
    [
        None,
        Wait("read", timed=False, arguments=(64, 0)),
        Wait(FETCHING_SIGNALS, timed=False, arguments=()),
    ],
)
def test_a_thread_that_does_not_wait_for_signals_fetches_none(
    kernel: Kernel, wait: Wait | None
) -> None:
    kernel.memory = b"\xff" * 8
    assert may_fetch(replace(ACCEPT, wait=wait), signal.SIGALRM) is False


@pytest.mark.parametrize(
    ("timeouts", "wakes"),
    [((0.0, 0.0), False), ((0.5, 0.0), True), ((0.0, 0.5), True), (None, True)],
)
def test_a_timeout_of_the_socket_that_a_thread_waits_on_wakes_it(
    kernel: Kernel,
    monkeypatch: pytest.MonkeyPatch,
    timeouts: tuple[float, float] | None,
    *,
    wakes: bool,
) -> None:
    monkeypatch.setattr(settled, "socket_timeouts", lambda *_: timeouts)
    expected = f"{PID} waits on a socket with a timeout" if wakes else None
    assert twice(look(ACCEPT)) == expected
    assert twice(look(HELPER)) is None


def test_the_timeouts_of_a_socket_are_read_in_seconds() -> None:
    with socket.socket() as made:
        for option, value in ((socket.SO_RCVTIMEO, 3), (socket.SO_SNDTIMEO, 7)):
            made.setsockopt(socket.SOL_SOCKET, option, value.to_bytes(8, "little") + _half())
        assert settled.timeouts_of(made) == pytest.approx((3.5, 7.5), abs=0.02)


def _half() -> bytes:
    return (500_000).to_bytes(8, "little")


@pytest.mark.parametrize("copied", [lambda *_: None, lambda *_: os.open(os.devnull, os.O_RDONLY)])
def test_what_is_no_socket_any_more_is_not_copied(
    monkeypatch: pytest.MonkeyPatch, copied: Callable[..., int | None]
) -> None:
    before = len(os.listdir("/proc/self/fd"))
    monkeypatch.setattr(settled, "copy_descriptor", copied)
    assert settled.copy_socket(PID, 3) is None
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_descriptor_of_a_process_is_copied_and_one_that_is_not_there_is_not() -> None:
    with socket.socket() as made:
        copied = settled.copy_socket(os.getpid(), made.fileno())
        assert copied is not None
        with copied:
            assert os.fstat(copied.fileno()).st_ino == os.fstat(made.fileno()).st_ino
    before = len(os.listdir("/proc/self/fd"))
    assert settled.copy_descriptor(os.getpid(), 1 << 20) is None
    assert settled.copy_descriptor(PID, 3) is None
    assert len(os.listdir("/proc/self/fd")) == before


def test_a_descriptor_that_is_no_socket_has_no_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settled, "is_socket", lambda *_: False)
    assert settled.socket_timeouts(PID, 3) == (0.0, 0.0)
    monkeypatch.setattr(settled, "is_socket", lambda *_: True)
    monkeypatch.setattr(settled, "copy_socket", lambda *_: None)
    assert settled.socket_timeouts(PID, 3) is None


def test_the_zombies_of_a_look_are_those_that_have_ended() -> None:
    there, gone = look(ACCEPT).processes[0], look(DEAD, state="Z").processes[0]
    assert Look((there, gone), ()).zombies == (gone,)


def test_a_look_is_still_the_same_whoever_answers_for_the_timers(kernel: Kernel) -> None:
    seen = Look(look(ACCEPT).processes, (ACCEPT,))
    assert at_rest(seen)
    assert restless(seen, replace(seen, timers=lambda _: False)) is None


def test_the_threads_of_zombies_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settled, "threads_of", lambda pid, _: [replace(ACCEPT, pid=pid)])
    there, gone = look(ACCEPT).processes[0], look(DEAD, state="Z").processes[0]
    gone = replace(gone, identity=replace(gone.identity, pid=PID + 9))
    assert settled.look(iter((there, gone))) == Look((there, gone), (ACCEPT,), passing=False)


def test_the_set_that_a_thread_waits_for_is_its_first_argument(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[int, ...]] = []

    def memory_at(*words: int) -> bytes:
        asked.append(words)
        return bytes(8)

    monkeypatch.setattr(settled, "memory_at", memory_at)
    fetching = replace(ACCEPT, wait=Wait(FETCHING_SIGNALS, timed=False, arguments=(64, 7, 0)))
    may_fetch(fetching, signal.SIGALRM)
    assert asked == [(PID, 64, 8)]


def test_the_timeouts_of_a_socket_of_another_process_are_read_through_a_copy() -> None:
    with socket.socket() as made:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVTIMEO, (3).to_bytes(8, "little") + bytes(8))
        assert settled.socket_timeouts(os.getpid(), made.fileno()) == pytest.approx((3.0, 0.0))


def test_a_ring_of_io_uring_may_hold_timeouts(kernel: Kernel) -> None:
    kernel.kinds = {3: "anon_inode:[io_uring]"}
    assert twice(look(ACCEPT)) == f"{PID} has a ring of io_uring, which may hold timeouts"


# Threads with descriptors of their own, as kcmp(2) tells.

OWN = f"{PID + 1} has descriptors of its own, which may be timers"


def compares(monkeypatch: pytest.MonkeyPatch, order: int) -> Mock:
    """Let kcmp(2) find this order of two tables: 0 where both are the same one, -1 in an error."""
    libc = Mock()
    libc.syscall.return_value = order
    monkeypatch.setattr(settled, "_libc", libc)
    return libc


@pytest.mark.parametrize(
    ("order", "reason"),
    [(0, None), (1, OWN), (2, OWN), (3, OWN), (-1, None)],
    ids=["the same table", "less", "greater", "no order", "it cannot be told"],
)
def test_a_thread_with_another_table_of_descriptors_may_have_timers_in_it(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch, order: int, reason: str | None
) -> None:
    compares(monkeypatch, order)
    assert twice(look(ACCEPT, HELPER)) == reason


def test_the_table_of_a_thread_is_compared_with_that_of_the_first_one_of_its_process(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    libc = compares(monkeypatch, 0)
    other = replace(ACCEPT, pid=PID + 2, tid=PID + 2)
    assert twice(look(ACCEPT, HELPER, other, replace(HELPER, tid=PID + 3))) is None
    compared = [call.args[1:3] for call in libc.syscall.call_args_list]
    assert compared == [(PID, PID + 1), (PID, PID + 3)]


@pytest.mark.parametrize("state", "ZX")
def test_a_thread_that_has_ended_has_no_descriptors_of_its_own(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    compares(monkeypatch, 1)
    ended = replace(DEAD, state=state)
    assert twice(look(ACCEPT, ended)) is None
    assert twice(look(ended, ACCEPT)) is None


def test_on_a_machine_whose_call_is_not_known_tables_are_taken_for_the_same(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    libc = compares(monkeypatch, 1)
    monkeypatch.setattr(settled, "_KCMP", None)
    assert twice(look(ACCEPT, HELPER)) is None
    assert libc.syscall.call_count == 0


# Kernels before Linux 6.9, which have pidfds of processes alone.


def refuses_threads(monkeypatch: pytest.MonkeyPatch, number: int) -> list[int]:
    """Let pidfd_open(2) fail so for a thread; return the flags of the calls."""
    asked: list[int] = []
    opens = os.pidfd_open

    def pidfd_open(pid: int, flags: int = 0) -> int:
        asked.append(flags)
        if flags:
            raise OSError(number, os.strerror(number))
        return opens(pid)

    monkeypatch.setattr(os, "pidfd_open", pidfd_open)
    return asked


def test_where_a_thread_has_no_pidfd_its_process_has(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = refuses_threads(monkeypatch, errno.EINVAL)
    with socket.socket() as made:
        copied = settled.copy_socket(os.getpid(), made.fileno())
        assert copied is not None
        with copied:
            assert os.fstat(copied.fileno()).st_ino == os.fstat(made.fileno()).st_ino
    assert asked == [os.O_EXCL, 0]


@pytest.mark.parametrize("number", [errno.ESRCH, errno.EMFILE])
def test_a_thread_that_is_gone_or_cannot_be_held_is_not_tried_as_a_process(
    monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    asked = refuses_threads(monkeypatch, number)
    with socket.socket() as made:
        assert settled.copy_descriptor(os.getpid(), made.fileno()) is None
    assert asked == [os.O_EXCL]
