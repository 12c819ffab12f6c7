"""What the kernel offers: seccomp user notification, used without any library.

A filter (a program of classic BPF, seccomp(2)) is installed before a target is executed. Its calls
of the chosen kinds stop in the kernel, and a notification of each can be read from a descriptor
(seccomp_unotify(2)). Its reader may let the call go on, or answer in the kernel's place. The filter
is inherited by all that the target starts; it cannot be taken off, and costs the other calls some
nanoseconds. Without root it needs no_new_privs (prctl(2)): set-user-ID programs gain nothing.

The filter is installed with WAIT_KILLABLE_RECV (Linux 5.19): a call whose notification has been
read is interrupted by nothing but a fatal signal, so that a runtime that sends signals to itself,
as Go does every 10 ms, cannot make a held call restart for ever.

pyseccomp and libseccomp do not hand out the descriptor together with that flag, and they build
filters of which a handful of lines is needed here. Nothing is compiled.
"""

import contextlib
import ctypes
import errno
import fcntl
import os
import platform
import socket
import struct
from collections.abc import Iterable
from typing import NamedTuple

from target.processes import read_text
from target.settled import copy_socket

_libc = ctypes.CDLL(None, use_errno=True)

_FILTER = struct.Struct("=HBBI")
"""struct sock_filter: code, jump if true, jump if false, operand."""

_LOAD_WORD, _AND, _JUMP_EQUAL, _RETURN = 0x20, 0x54, 0x15, 0x06
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16
"""Their offsets in struct seccomp_data. Arguments have 8 bytes each, the lower half first."""

_ALLOW, _NOTIFY = 0x7FFF0000, 0x7FC00000

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
"""AUDIT_ARCH_* of linux/audit.h."""

_NOTIFICATION = struct.Struct("=QIIiIQ6Q")
"""struct seccomp_notif: id, thread, flags; number, architecture, instruction, six arguments."""

_RESPONSE = struct.Struct("=QqiI")
"""struct seccomp_notif_resp: id, value, error, flags."""

_RECEIVE, _SEND, _IS_VALID, _SET_FLAGS = 0xC0502100, 0xC0182101, 0x40082102, 0x40082104
_SYNC_WAKE_UP = 1
_CONTINUE = 1

RESTART_NO_INTERRUPT = 513
"""ERESTARTNOINTR of include/linux/errno.h: handlers run, then the call is made again."""

RESTART_OR_INTERRUPT = 512
"""ERESTARTSYS: handlers run, then the call is made again where all have SA_RESTART, else EINTR."""

_SECCOMP = {"x86_64": 317, "aarch64": 277}
_GET_ACTION_AVAILABLE = 2

OLDEST_KERNEL = (5, 19)
"""The first version that can keep a held call from being interrupted."""


class Call(NamedTuple):
    """A system call that waits at the gate: `thread` is about to make it with these arguments."""

    id: int
    thread: int
    number: int
    arguments: tuple[int, ...]

    @property
    def descriptor(self) -> int:
        """The first argument as a descriptor: an int, above which a caller may leave anything."""
        return self.arguments[0] & 0xFFFFFFFF


def unavailable() -> str | None:
    """Return why there can be no gate on this machine, in words; None where there can."""
    machine, release = platform.machine(), platform.release()
    if machine not in _ARCHITECTURES:
        return f"system calls of {machine} are not known to the gate"
    if _version(release) < OLDEST_KERNEL:
        return f"Linux {release} is older than 5.19: it lets a held call be interrupted"
    action = ctypes.c_uint32(_NOTIFY)
    if _libc.syscall(_SECCOMP[machine], _GET_ACTION_AVAILABLE, 0, ctypes.byref(action)) != 0:
        return f"seccomp user notification is denied here: {os.strerror(ctypes.get_errno())}"
    return None


class BitTest(NamedTuple):
    """Whether the lower half of an argument has this value, of the bits in the mask."""

    argument: int
    mask: int
    value: int


class Condition(NamedTuple):
    """A call that is held only where its arguments pass all these tests."""

    number: int
    tests: tuple[BitTest, ...]


def _version(release: str) -> tuple[int, ...]:
    numbers = release.split("-")[0].split(".")[:2]
    return tuple(int(number) if number.isdecimal() else 0 for number in numbers)


def program(numbers: Iterable[int], conditions: Iterable[Condition] = ()) -> bytes:
    """Return the filter that holds these calls and lets all others pass.

    Calls of another architecture (a 32-bit program) pass: their numbers mean something else.
    """
    held = sorted(set(numbers))
    architecture = _ARCHITECTURES[platform.machine()]
    blocks = [_block(number, ()) for number in held]
    blocks += [_block(one.number, one.tests) for one in conditions]
    instructions = [
        (_LOAD_WORD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _ALLOW),
        (_LOAD_WORD, 0, 0, _NUMBER_AT),
        *(instruction for block in blocks for instruction in block),
        (_RETURN, 0, 0, _ALLOW),
    ]
    return b"".join(_FILTER.pack(*each) for each in instructions)


def _block(number: int, tests: tuple[BitTest, ...]) -> list[tuple[int, int, int, int]]:
    """Return the instructions that hold one call; what follows them finds its number loaded."""
    checks: list[tuple[int, int, int]] = []
    for test in tests:
        checks += [
            (_LOAD_WORD, 0, _ARGUMENTS_AT + 8 * test.argument),
            (_AND, 0, test.mask),
            (_JUMP_EQUAL, 1, test.value),
        ]
    # Where a test fails, the number is loaded again; where the number differs, it still is.
    reload = [(_LOAD_WORD, 0, 0, _NUMBER_AT)] if tests else []
    left = len(checks) + 1
    block = [(_JUMP_EQUAL, 0, left + len(reload), number)]
    for place, (code, is_jump, operand) in enumerate(checks):
        block.append((code, 0, is_jump * (left - place - 1), operand))
    return [*block, (_RETURN, 0, 0, _NOTIFY), *reload]


def wake_at_once(listener: int) -> None:
    """Ask the kernel to run the target on our processor when it is answered (Linux 6.6)."""
    try:
        fcntl.ioctl(listener, _SET_FLAGS, _SYNC_WAKE_UP)
    except OSError:
        return


def receive(listener: int) -> Call | None:
    """Read a notification; None when the caller has gone meanwhile."""
    buffer = bytearray(_NOTIFICATION.size)
    try:
        fcntl.ioctl(listener, _RECEIVE, buffer, True)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.EINTR):
            return None
        raise
    identifier, thread, _, number, _, _, *arguments = _NOTIFICATION.unpack(buffer)
    return Call(identifier, thread, number, tuple(arguments))


def let_go_on(listener: int, call: Call) -> bool:
    """Let the kernel make the call as it was meant; return whether it was still there."""
    return _respond(listener, _RESPONSE.pack(call.id, 0, 0, _CONTINUE))


def answer(listener: int, call: Call, value: int) -> bool:
    """Answer in the place of the kernel: a result, or an errno below zero."""
    result, error = (0, value) if value < 0 else (value, 0)
    return _respond(listener, _RESPONSE.pack(call.id, result, error, 0))


def _respond(listener: int, response: bytes) -> bool:
    while True:
        try:
            fcntl.ioctl(listener, _SEND, response)
        except InterruptedError:
            continue
        except OSError as error:
            # The caller was killed while it waited, or the target has ended altogether.
            if error.errno in (errno.ENOENT, errno.EBADF, errno.EINPROGRESS):
                return False
            raise
        return True


def is_there(listener: int, call: Call) -> bool:
    """Return whether the caller still waits. If so, what was read of its memory is valid."""
    try:
        fcntl.ioctl(listener, _IS_VALID, struct.pack("=Q", call.id))
    except OSError:
        return False
    return True


def copy_of_socket(thread: int, descriptor: int) -> socket.socket | None:
    """Return a copy of another process's socket; None for anything else or where it is denied."""
    if (found := copy_socket(thread, descriptor)) is not None:
        return found
    process = process_of(thread)
    return None if process is None else copy_socket(process, descriptor)


def sever(call: Call) -> None:
    """End the connection that a call is about, in both directions, as a reset would have done."""
    copied = copy_of_socket(call.thread, call.descriptor)
    if copied is not None:
        with copied, contextlib.suppress(OSError):
            copied.shutdown(socket.SHUT_RDWR)


def process_of(thread: int) -> int | None:
    """Return the process of a thread, None when it is gone."""
    lines = (read_text(f"/proc/{thread}/status") or "").splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("Tgid:")), None)


class _Vector(ctypes.Structure):
    _fields_ = (("base", ctypes.c_void_p), ("length", ctypes.c_size_t))


def read_memory(thread: int, address: int, length: int) -> bytes | None:
    """Return bytes of another process's memory (process_vm_readv(2)), None when not readable."""
    buffer = ctypes.create_string_buffer(length)
    ours = _Vector(ctypes.addressof(buffer), length)
    theirs = _Vector(address, length)
    done = _libc.process_vm_readv(thread, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0)
    return buffer.raw if done == length else None


def write_memory(thread: int, address: int, content: bytes) -> bool:
    """Put bytes into another process's memory (process_vm_writev(2)); return whether it worked."""
    buffer = ctypes.create_string_buffer(content, len(content))
    ours = _Vector(ctypes.addressof(buffer), len(content))
    theirs = _Vector(address, len(content))
    done = _libc.process_vm_writev(thread, ctypes.byref(ours), 1, ctypes.byref(theirs), 1, 0)
    return bool(done == len(content))


def come_first() -> None:
    """Let this thread run before all that is not urgent, where that is allowed (sched(7))."""
    policy = os.SCHED_FIFO | os.SCHED_RESET_ON_FORK
    with contextlib.suppress(OSError):
        os.sched_setscheduler(0, policy, os.sched_param(1))
