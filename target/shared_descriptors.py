"""Descriptors that a program shares with others, as with the shell that has started it.

A descriptor that was inherited refers to the same open file description (open(2)): O_NONBLOCK, once
set with fcntl(2), is set for all who have it, and stays when the program has ended. The modes of a
terminal belong to the terminal itself (termios(3)).
"""

import fcntl
import os
import termios
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

FLAGS = (
    (0, ("ICRNL", "INLCR", "IGNCR", "ISTRIP", "IXON", "IXOFF", "BRKINT")),
    (1, ("OPOST", "ONLCR")),
    (3, ("ICANON", "ECHO", "ISIG", "IEXTEN", "NOFLSH", "TOSTOP")),
)
"""Flags by their place in what tcgetattr() returns: c_iflag, c_oflag, c_lflag."""

PASSING = termios.FLUSHO | termios.PENDIN
"""Flags of c_lflag that the kernel sets and clears by itself: no program has to restore them."""

LFLAG = 3


@dataclass(frozen=True)
class DescriptorState:
    """What is shared of one descriptor; `modes` as of tcgetattr(), () where it is no terminal."""

    is_nonblocking: bool
    modes: tuple[object, ...] = ()


class SharedDescriptors:
    """Duplicates of descriptors, and what they were like when these were made.

    While they are held, a pipe has a writer and a reader more: its end is not seen before `close`.
    """

    def __init__(self, descriptors: Sequence[int]) -> None:
        self._ours = [os.dup(descriptor) for descriptor in descriptors]
        self._before = [state_of(descriptor) for descriptor in self._ours]

    @property
    def are_held(self) -> bool:
        """Whether they have not been closed."""
        return bool(self._ours)

    def changes(self) -> tuple[str, ...]:
        """Return in words what is not as it was, with the number that the program knew it by."""
        pairs = enumerate(zip(self._ours, self._before, strict=False))
        return tuple(
            f"{change} descriptor {number}"
            for number, (ours, before) in pairs
            for change in _differences(before, state_of(ours))
        )

    def close(self) -> None:
        """Close all. Idempotent."""
        while self._ours:
            os.close(self._ours.pop())


def state_of(descriptor: int) -> DescriptorState:
    """Return what is shared of a descriptor. Raises OSError when it is not open."""
    is_nonblocking = bool(fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_NONBLOCK)
    if not os.isatty(descriptor):
        return DescriptorState(is_nonblocking)
    modes = termios.tcgetattr(descriptor)
    modes[LFLAG] &= ~PASSING
    return DescriptorState(is_nonblocking, (*modes[:-1], tuple(modes[-1])))


def _differences(before: DescriptorState, after: DescriptorState) -> Iterator[str]:
    if before.is_nonblocking != after.is_nonblocking:
        yield f"O_NONBLOCK is {_on(after.is_nonblocking)} for"
    if before.modes == after.modes:
        return
    flags = [*_flags(before.modes, after.modes)]
    yield f"{', '.join(flags) or 'other modes'} of the terminal that is"


def _flags(before: tuple[object, ...], after: tuple[object, ...]) -> Iterator[str]:
    if not before or not after:
        return
    for place, names in FLAGS:
        old, new = before[place], after[place]
        assert isinstance(old, int)
        assert isinstance(new, int)
        for name in names:
            if (old ^ new) & getattr(termios, name):
                yield f"{name} is {_on(new & getattr(termios, name))}"


def _on(is_set: int) -> str:
    return "set" if is_set else "cleared"
