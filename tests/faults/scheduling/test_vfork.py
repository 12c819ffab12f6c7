"""vfork: whose caller sleeps until its child goes on, and whose only until the child is made."""

import ctypes
import os
import platform
import signal
import struct
import subprocess
import sys

import pytest

from faults.gate.calls import Kind, kind_of
from faults.gate.kernel import Call
from faults.scheduling.vfork import CLONE_VFORK, awaits_its_child, lets_parent_wait
from target.descendants import children_of
from tests.target.programs import state_of, wait_until

NUMBERS = {
    "x86_64": {"clone": 56, "fork": 57, "vfork": 58, "clone3": 435, "read": 0},
    "aarch64": {"clone": 220, "clone3": 435, "read": 63},
}[platform.machine()]


FORKS = (
    "import ctypes, signal, sys\n"
    "number, flags = map(int, sys.argv[1:])\n"
    "ctypes.CDLL(None).syscall(number, flags, 0, 0, 0, 0) or signal.pause()\n"
    "signal.pause()\n"
)
"""Makes a child by clone(2): the child waits, and so does its parent."""


def call(name: str, first: int) -> Call:
    if name not in NUMBERS:
        pytest.skip(f"{platform.machine()} has no {name}()")
    return Call(0, os.getpid(), NUMBERS[name], (first,))


def flags_in_memory(flags: int) -> ctypes.Array[ctypes.c_char]:
    """Return a struct clone_args of these flags: its first eight bytes."""
    return ctypes.create_string_buffer(struct.pack("=Q", flags), 8)


@pytest.mark.parametrize(
    ("name", "flags", "waits"),
    [
        ("vfork", 0, True),
        ("fork", 0, False),
        ("clone", CLONE_VFORK | signal.SIGCHLD, True),
        ("clone", int(signal.SIGCHLD), False),
        ("read", CLONE_VFORK, False),
    ],
)
def test_the_parent_waits_for_its_child_where_the_flags_say_so(
    name: str, flags: int, waits: bool
) -> None:
    assert lets_parent_wait(call(name, flags)) is waits


@pytest.mark.parametrize("flags", [CLONE_VFORK, 0])
def test_the_flags_of_clone3_are_read_from_memory(flags: int) -> None:
    arguments = flags_in_memory(flags)
    held = call("clone3", ctypes.addressof(arguments))
    assert kind_of(held) is Kind.FORK
    assert lets_parent_wait(held) is bool(flags)


@pytest.mark.parametrize("flags", [CLONE_VFORK, 0])
def test_a_thread_that_waits_for_its_child_is_seen(flags: int) -> None:
    arguments = [str(NUMBERS["clone"]), str(flags | signal.SIGCHLD)]
    with subprocess.Popen([sys.executable, "-c", FORKS, *arguments]) as parent:
        try:
            wait_until(lambda: children_of(parent.pid))
            (child,) = children_of(parent.pid)
            asleep = "D" if flags else "S"
            wait_until(lambda: state_of(parent.pid) == asleep and state_of(child) == "S")
            assert awaits_its_child(parent.pid, parent.pid) is bool(flags)
        finally:
            for pid in (*children_of(parent.pid), parent.pid):
                os.kill(pid, signal.SIGKILL)
