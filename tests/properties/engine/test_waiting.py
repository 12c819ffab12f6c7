"""When a wait may end: nothing is on its way, and nothing was woken by what has arrived."""

import sys
from collections.abc import Callable, Iterator

import pytest

from properties.engine.waiting import ignore, wait
from properties.model.events import Conclusion
from target.client_handle import ClientHandle, start
from target.command import Command
from target.held import Held
from target.settled import Look
from target.sockets import Endpoint

READS = "import sys; sys.stdin.readline(); print('woken', flush=True); sys.stdin.read()"


@pytest.fixture
def handle() -> Iterator[ClientHandle]:
    words = (sys.executable, "-I", "-S", "-c", READS, "{port}")
    held = start(Command(words), Endpoint("127.0.0.1", 9))
    yield held
    held.stop()


class Arriving:
    """Something is on its way, and arrives while it is asked whether anything is."""

    patience = 30.0
    evidence = ""
    notice: Callable[[Look], None] = staticmethod(ignore)

    def __init__(self, handle: ClientHandle) -> None:
        self.handle: Held = handle
        self.questions = 0
        self._streams = handle.streams

    def turn(self, longest: float) -> bool:
        """Move nothing."""
        del longest
        return False

    def all_quiet(self) -> bool:
        """Answer that all is quiet, which has just become true."""
        self.questions += 1
        if self.questions == 3:
            self._streams.write(b"here\n")
        return self.questions >= 3

    def holds_parked_bytes(self) -> bool:
        """Hold nothing."""
        return False


def test_what_arrives_while_it_is_asked_for_is_not_missed(handle: ClientHandle) -> None:
    io_loop = Arriving(handle)
    assert wait(io_loop, lambda: False) is Conclusion.SETTLED
    # The reader was woken after the question: it must have been asked and looked at again.
    assert io_loop.questions > 3
