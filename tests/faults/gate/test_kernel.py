"""The kernel's side of the gate: filters, and where there can be none."""

import errno
import platform
import select
import socket
import struct
import threading
from collections.abc import Iterator

import pytest

from faults.gate import kernel
from faults.gate.callers import moves_bytes_of_a_client
from faults.gate.calls import Kind, numbers_of
from faults.gate.kernel import BitTest, Call, Condition
from faults.gate.lost_connection import lost_connection
from faults.gate.shorten import shortened

INSTRUCTION = struct.Struct("=HBBI")
ALLOW, NOTIFY = 0x7FFF0000, 0x7FC00000
ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}[platform.machine()]


def ruling(
    program: bytes, number: int, architecture: int = ARCHITECTURE, arguments: tuple[int, ...] = ()
) -> int:
    """Run a filter as the kernel does, for one call; return what it says."""
    words = {0: number, 4: architecture, **{16 + 8 * n: one for n, one in enumerate(arguments)}}
    instructions = list(INSTRUCTION.iter_unpack(program))
    place, accumulator = 0, 0
    while True:
        code, if_true, if_false, operand = instructions[place]
        place += 1
        if code == 0x20:
            accumulator = words[operand]
        elif code == 0x54:
            accumulator &= operand
        elif code == 0x15:
            place += if_true if accumulator == operand else if_false
        else:
            assert code == 0x06
            return int(operand)


@pytest.mark.parametrize("kinds", [set(), {Kind.ACCEPT}, set(Kind)], ids=["none", "one", "all"])
def test_exactly_the_calls_of_these_kinds_stop(kinds: set[Kind]) -> None:
    held = numbers_of(kinds)
    program = kernel.program(held)
    stopped = {number for number in range(500) if ruling(program, number) == NOTIFY}
    assert stopped == held
    assert all(ruling(program, number) in (ALLOW, NOTIFY) for number in range(500))


@pytest.mark.parametrize(
    ("number", "arguments", "expected"),
    [
        (7, (0, 4, 0x2000), NOTIFY),
        (7, (0, 4, 0x2801), NOTIFY),
        (7, (0, 4, 0x800), ALLOW),
        (7, (0, 3, 0x2000), ALLOW),
        (8, (0, 4, 0x2000), ALLOW),
        (9, (0, 0, 0), NOTIFY),
        (10, (1, 0, 0), NOTIFY),
        (10, (0, 0, 0), ALLOW),
    ],
)
def test_a_call_on_a_condition_stops_only_with_such_arguments(
    number: int, arguments: tuple[int, ...], expected: int
) -> None:
    conditions = (
        Condition(7, (BitTest(1, 0xFFFFFFFF, 4), BitTest(2, 0x2000, 0x2000))),
        Condition(10, (BitTest(0, 1, 1),)),
    )
    program = kernel.program({9}, conditions)
    assert ruling(program, number, arguments=arguments) == expected


def test_a_32_bit_program_is_let_through() -> None:
    program = kernel.program(numbers_of(Kind))
    assert {ruling(program, number, 0x40000003) for number in range(500)} == {ALLOW}


def test_there_can_be_a_gate_here() -> None:
    assert kernel.unavailable() is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("machine", "riscv64", "system calls of riscv64 are not known"),
        ("release", "5.4.0-150-generic", "Linux 5.4.0-150-generic is older than 5.19"),
        ("release", "4.18.0", "older than 5.19"),
    ],
)
def test_why_there_can_be_none_is_said(
    name: str, value: str, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, name, lambda: value)
    assert words in (kernel.unavailable() or "")


@pytest.mark.parametrize("release", ["5.19", "6.1.0-13-amd64", "6.18.44-fc-v669", "10.0-rc1"])
def test_a_kernel_that_is_new_enough_is_known_by_its_release(
    release: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "release", lambda: release)
    assert kernel.unavailable() is None


GARBAGE = 0xDEADBEEF << 32
"""What a caller may leave in the upper half of a register: an int is in the lower one."""


def own_call(kind: Kind, *arguments: int) -> Call:
    """Return a call of this thread, with so many arguments and zeros."""
    padded = (*arguments, *(6 - len(arguments)) * (0,))
    return Call(1, threading.get_native_id(), min(numbers_of({kind})), padded)


def test_the_descriptor_of_a_call_is_the_lower_half_of_its_first_argument() -> None:
    assert own_call(Kind.READ, GARBAGE | 7).descriptor == 7
    assert own_call(Kind.READ, GARBAGE | 0xFFFFFFFF).descriptor == 0xFFFFFFFF


Sockets = tuple[socket.socket, socket.socket, socket.socket]


@pytest.fixture
def connection() -> Iterator[Sockets]:
    """Give a listening socket of TCP, at which a client waits, and both ends of a connection."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        ours = socket.create_connection(listening.getsockname())
        theirs, _ = listening.accept()
        with ours, theirs, socket.create_connection(listening.getsockname()):
            yield listening, ours, theirs


def test_garbage_above_a_descriptor_hides_no_connection(connection: Sockets) -> None:
    listening, ours, theirs = connection
    reads = own_call(Kind.READ, GARBAGE | theirs.fileno(), 0, 100)
    assert moves_bytes_of_a_client(reads)
    cut = shortened(reads, 1)
    assert cut is not None
    assert not cut.must_be_left_alone()
    cut.copy.close()
    kernel.sever(reads)
    assert ours.recv(1) == b""
    accepts = own_call(Kind.ACCEPT, GARBAGE | listening.fileno())
    lost = lost_connection(accepts, errno.ECONNABORTED, [])
    assert lost is not None
    assert lost.make() == -errno.ECONNABORTED
    lost.copy.close()


def test_garbage_above_a_descriptor_hides_no_edges(connection: Sockets) -> None:
    _, _, theirs = connection
    with select.epoll() as edges:
        edges.register(theirs, select.EPOLLIN | select.EPOLLET)
        cut = shortened(own_call(Kind.READ, GARBAGE | theirs.fileno(), 0, 100), 1)
        assert cut is not None
        assert cut.must_be_left_alone()
        cut.copy.close()
