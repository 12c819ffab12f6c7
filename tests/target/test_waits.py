"""What one line of /proc/PID/task/TID/syscall says (proc(5)), on x86_64."""

from __future__ import annotations

import pytest

from target.waits import UNKNOWN, Wait, parse
from tests.target.programs import X86_64

pytestmark = pytest.mark.skipif(not X86_64, reason="the numbers are those of x86_64")

NOTHING = 0
FOREVER = 0xFFFFFFFF
FOREVER_IN_64_BITS = 0xFFFFFFFFFFFFFFFF
A_TIMESPEC = 0x7FFD5A3B2C10
POINTER = 0x7F12A4C3D000


def line(number: int, *arguments: int) -> str:
    """Write the line as the kernel does: number, six arguments, stack and program counter."""
    six = (*arguments, *(NOTHING,) * 6)[:6]
    return " ".join([str(number), *map(hex, six), "0x7ffd5a3b2b00", "0x7f12a4b1c2d3"]) + "\n"


UNTIMED = [
    ("read", line(0, 5, POINTER, 4096), 5),
    ("write", line(1, 6, POINTER, 4096), 6),
    ("poll", line(7, POINTER, 1, FOREVER), None),
    ("poll", line(7, POINTER, 1, FOREVER_IN_64_BITS), None),
    ("readv", line(19, 5, POINTER, 2), 5),
    ("writev", line(20, 5, POINTER, 2), 5),
    ("select", line(23, 8, POINTER, 0, 0, NOTHING), None),
    ("pause", line(34), None),
    ("sendfile", line(40, 7, 8, 0, 4096), 7),
    ("accept", line(43, 3, POINTER, POINTER), 3),
    ("sendto", line(44, 4, POINTER, 10), 4),
    ("recvfrom", line(45, 4, POINTER, 10), 4),
    ("sendmsg", line(46, 4, POINTER), 4),
    ("recvmsg", line(47, 4, POINTER), 4),
    ("wait4", line(61, FOREVER, POINTER), None),
    ("rt_sigsuspend", line(130, POINTER, 8), None),
    ("futex", line(202, POINTER, 128, 0, NOTHING), None),
    ("epoll_wait", line(232, 5, POINTER, 64, FOREVER), None),
    ("waitid", line(247, 0, 0, POINTER, 4), None),
    ("pselect6", line(270, 8, POINTER, 0, 0, NOTHING), None),
    ("ppoll", line(271, POINTER, 1, NOTHING, POINTER, 8), None),
    ("splice", line(275, 4, 0, 5, 0, 4096), 4),
    ("epoll_pwait", line(281, 5, POINTER, 64, FOREVER, POINTER), None),
    ("accept4", line(288, 3, POINTER, POINTER, 0x80000), 3),
    ("rt_sigtimedwait", line(128, POINTER, POINTER, NOTHING, 8), None),
    ("recvmmsg", line(299, 3, POINTER, 4, 0, NOTHING), None),
    ("epoll_pwait2", line(441, 5, POINTER, 64, NOTHING), None),
]

TIMED = [
    ("poll", line(7, POINTER, 1, 500)),
    ("poll", line(7, POINTER, 1, 0)),
    ("poll", line(7, POINTER, 1, 0x7FFFFFFF)),
    ("select", line(23, 8, POINTER, 0, 0, A_TIMESPEC)),
    ("rt_sigtimedwait", line(128, POINTER, POINTER, A_TIMESPEC, 8)),
    ("futex", line(202, POINTER, 128, 0, A_TIMESPEC)),
    ("epoll_wait", line(232, 5, POINTER, 64, 1000)),
    ("pselect6", line(270, 8, POINTER, 0, 0, A_TIMESPEC)),
    ("ppoll", line(271, POINTER, 1, A_TIMESPEC, 0, 8)),
    ("epoll_pwait", line(281, 5, POINTER, 64, 1000)),
    ("recvmmsg", line(299, 3, POINTER, 4, 0, A_TIMESPEC)),
    ("epoll_pwait2", line(441, 5, POINTER, 64, A_TIMESPEC)),
]

NOT_IN_THE_TABLE = [
    ("nanosleep", line(35, A_TIMESPEC, 0)),
    ("connect", line(42, 3, POINTER, 16)),
    ("restart_syscall", line(219)),
    ("clock_nanosleep", line(230, 0, 0, A_TIMESPEC)),
    ("io_uring_enter", line(426, 3, 0, 1, 1)),
    ("futex_waitv", line(449, POINTER, 1, 0, NOTHING)),
]


@pytest.mark.parametrize(("call", "text", "descriptor"), UNTIMED)
def test_a_call_without_a_timeout_waits_for_ever(
    call: str, text: str, descriptor: int | None
) -> None:
    assert parse(text) == Wait(call, timed=False, descriptor=descriptor)


@pytest.mark.parametrize(("call", "text"), TIMED)
def test_a_call_with_a_timeout_may_return_by_itself(call: str, text: str) -> None:
    found = parse(text)
    assert found is not None
    assert (found.call, found.timed) == (call, True)


@pytest.mark.parametrize(
    ("call", "text"), NOT_IN_THE_TABLE, ids=[name for name, _ in NOT_IN_THE_TABLE]
)
def test_a_call_that_is_not_known_is_taken_as_one_that_may_return_by_itself(
    call: str, text: str
) -> None:
    assert parse(text) == UNKNOWN
    assert UNKNOWN.timed


def test_a_running_thread_waits_for_nothing() -> None:
    assert parse("running\n") is None


def test_an_empty_line_says_nothing() -> None:
    assert parse("") is None


def test_a_thread_that_is_blocked_outside_any_call_is_not_at_a_fixed_point() -> None:
    assert parse("-1 0x7ffd5a3b2b00 0x7f12a4b1c2d3\n") == UNKNOWN


def test_a_line_that_was_cut_short_is_not_trusted() -> None:
    assert parse("7 0x7f12a4c3d000 0x1 0xffffffff") == UNKNOWN


@pytest.mark.parametrize(
    ("wait", "words"),
    [
        (Wait("accept", timed=False, descriptor=3), "accept"),
        (Wait("poll", timed=True), "poll with a timeout"),
        (UNKNOWN, "?"),
    ],
)
def test_a_wait_is_shown_in_words(wait: Wait, words: str) -> None:
    assert str(wait) == words
