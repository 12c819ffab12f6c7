"""The kernel's side of the gate: filters, and where there can be none."""

import platform
import struct

import pytest

from faults.gate import kernel
from faults.gate.calls import Kind, numbers_of
from faults.gate.kernel import BitTest, Condition

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
