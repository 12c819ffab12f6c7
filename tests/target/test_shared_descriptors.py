"""What a program leaves changed of descriptors that it shares with others."""

import os
import termios
from collections.abc import Iterator

import pytest

from target.shared_descriptors import SharedDescriptors


@pytest.fixture
def pipe() -> Iterator[tuple[int, int]]:
    ends = os.pipe()
    yield ends
    for end in ends:
        os.close(end)


@pytest.fixture
def terminal() -> Iterator[int]:
    ours, theirs = os.openpty()
    yield theirs
    os.close(ours)
    os.close(theirs)


def change(terminal: int, place: int, flag: int) -> None:
    modes = termios.tcgetattr(terminal)
    modes[place] ^= flag
    termios.tcsetattr(terminal, termios.TCSANOW, modes)


def test_nothing_is_told_of_descriptors_that_are_as_they_were(pipe: tuple[int, int]) -> None:
    shared = SharedDescriptors(pipe)
    assert shared.changes() == ()
    shared.close()


def test_o_nonblock_is_told_with_the_number_of_the_descriptor(pipe: tuple[int, int]) -> None:
    shared = SharedDescriptors(pipe)
    os.set_blocking(pipe[1], False)
    assert shared.changes() == ("O_NONBLOCK is set for descriptor 1",)
    shared.close()


def test_a_flag_that_was_set_before_may_be_missing_afterwards(pipe: tuple[int, int]) -> None:
    os.set_blocking(pipe[0], False)
    shared = SharedDescriptors(pipe)
    os.set_blocking(pipe[0], True)
    assert shared.changes() == ("O_NONBLOCK is cleared for descriptor 0",)
    shared.close()


def test_a_flag_that_was_restored_is_as_it_was(pipe: tuple[int, int]) -> None:
    shared = SharedDescriptors(pipe)
    os.set_blocking(pipe[0], False)
    os.set_blocking(pipe[0], True)
    assert shared.changes() == ()
    shared.close()


def test_the_modes_of_a_terminal_are_told_by_name(terminal: int) -> None:
    shared = SharedDescriptors([terminal])
    change(terminal, 3, termios.ICANON | termios.ECHO)
    expected = "ICANON is cleared, ECHO is cleared of the terminal that is descriptor 0"
    assert shared.changes() == (expected,)
    shared.close()


def test_modes_without_a_name_are_told_as_well(terminal: int) -> None:
    shared = SharedDescriptors([terminal])
    modes = termios.tcgetattr(terminal)
    modes[6][termios.VINTR] = b"\x07"
    termios.tcsetattr(terminal, termios.TCSANOW, modes)
    assert shared.changes() == ("other modes of the terminal that is descriptor 0",)
    shared.close()


def test_what_the_kernel_sets_by_itself_is_no_change(terminal: int) -> None:
    shared = SharedDescriptors([terminal])
    change(terminal, 3, termios.PENDIN)
    assert shared.changes() == ()
    shared.close()


def test_a_pipe_ends_when_they_are_closed() -> None:
    reading, writing = os.pipe()
    shared = SharedDescriptors([writing])
    os.close(writing)
    os.set_blocking(reading, False)
    with pytest.raises(BlockingIOError):
        os.read(reading, 1)
    shared.close()
    assert os.read(reading, 1) == b""
    os.close(reading)
