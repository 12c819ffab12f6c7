"""What one line of /proc/PID/task/TID/syscall says (proc(5)), on x86_64."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from target import waits
from target.waits import SLOW_CALLS, UNKNOWN, Wait, parse, slow_calls
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
    ("semop", line(65, 9, POINTER, 1), None),
    ("msgrcv", line(70, 9, POINTER, 1), None),
    ("fcntl", line(72, 5, 7, POINTER), None),
    ("flock", line(73, 5, 2), None),
    ("io_getevents", line(208, POINTER, 1, 1, POINTER, NOTHING), None),
    ("semtimedop", line(220, 9, POINTER, 1, NOTHING), None),
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
    ("epoll_pwait", line(281, 5, POINTER, 64, 1000, POINTER)),
    ("io_getevents", line(208, POINTER, 1, 1, POINTER, A_TIMESPEC)),
    ("semtimedop", line(220, 9, POINTER, 1, A_TIMESPEC)),
    ("recvmmsg", line(299, 3, POINTER, 4, 0, A_TIMESPEC)),
    ("epoll_pwait2", line(441, 5, POINTER, 64, A_TIMESPEC)),
    ("nanosleep", line(35, A_TIMESPEC, 0)),
    ("clock_nanosleep", line(230, 0, 0, A_TIMESPEC)),
    # With SO_LINGER.
    ("close", line(3, 4)),
    # Its timeouts stand in the ring.
    ("io_uring_enter", line(426, 3, 0, 1, 1)),
]

NOT_IN_THE_TABLE = [
    ("connect", line(42, 3, POINTER, 16)),
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


def test_a_call_that_goes_on_after_a_stop_may_be_one_that_time_ends() -> None:
    found = parse(line(219, POINTER, 1, NOTHING))
    assert found is not None
    assert (found.call, found.timed) == ("restart_syscall", True)
    assert found.arguments[:3] == (POINTER, 1, NOTHING)


def test_a_running_thread_waits_for_nothing() -> None:
    assert parse("running\n") is None


def test_an_empty_line_says_nothing() -> None:
    assert parse("") is None


def test_a_thread_that_is_blocked_outside_any_call_is_not_at_a_fixed_point() -> None:
    assert parse("-1 0x7ffd5a3b2b00 0x7f12a4b1c2d3\n") == UNKNOWN


@pytest.mark.parametrize("kept", ["0x1 0xffffffff", "0x1 0xffffffff 0x0 0x0"])
def test_a_line_that_was_cut_short_is_not_trusted(kept: str) -> None:
    assert parse(f"7 0x7f12a4c3d000 {kept}") == UNKNOWN


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


HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


@pytest.mark.parametrize("machine", HEADERS)
def test_the_numbers_are_those_of_the_kernel(machine: str) -> None:
    if not HEADERS[machine].exists():
        pytest.skip(f"{HEADERS[machine]} is not installed")
    text = HEADERS[machine].read_text(encoding="utf-8")
    found = re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)$", text, re.MULTILINE)
    kernel = {name: int(number) for name, number in found}
    ours = {call.name: number for number, call in slow_calls(machine).items()}
    assert ours == {name: kernel[name] for name in ours}
    every = {call.name for call in SLOW_CALLS.values()}
    assert every - ours.keys() == every - kernel.keys()


def test_on_a_machine_whose_numbers_are_not_known_every_call_may_return_by_itself() -> None:
    assert slow_calls("riscv64") == {}


def test_of_a_call_all_six_arguments_are_kept() -> None:
    found = parse(line(0, 5, POINTER, 4096, 1, 2, 3))
    assert found is not None
    assert found.arguments == (5, POINTER, 4096, 1, 2, 3)
    assert repr(POINTER) not in repr(found)


def test_a_line_with_all_arguments_and_no_more_is_read() -> None:
    assert parse("34 0x0 0x0 0x0 0x0 0x0 0x0") == Wait("pause", timed=False)


def test_calls_are_told_apart_by_what_they_wait_for() -> None:
    multiplexing = "poll ppoll select pselect6 epoll_wait epoll_pwait epoll_pwait2"
    assert frozenset(multiplexing.split()) == waits.MULTIPLEXING
    assert {"wait4", "waitid"} == waits.WAITING_FOR_A_CHILD
    assert {"futex", "flock", "fcntl", "semop", "semtimedop"} == waits.LOCKING
    assert waits.FETCHING_SIGNALS == "rt_sigtimedwait"
    assert waits.AWAITING_COMPLETIONS == "io_uring_enter"
    assert {"read", "readv", "recvfrom", "recvmsg", "splice"} == waits.READING
    writing = "write writev sendto sendmsg sendfile splice"
    assert frozenset(writing.split()) == waits.WRITING
    assert {"accept", "accept4"} == waits.ACCEPTING
