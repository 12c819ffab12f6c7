"""Starting programs that are to be interrupted, also where the tests themselves cannot be.

Where a shell that is not interactive puts pytest into the background, pytest ignores SIGINT and
SIGQUIT, and SIGHUP where nohup(1) has started it. What a process ignores is ignored by the programs
that it starts as well (execve(2)), so that a program started by a test would go on when the test
interrupts it.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

INTERRUPTIONS = (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP)


@contextmanager
def interruptible() -> Iterator[None]:
    """Give programs that are started meanwhile the default dispositions of these signals.

    For the while, a signal that is ignored is caught instead, and nothing is done about it: execve
    resets to its default what is caught. So this process still cannot be interrupted.
    """
    ignored = [each for each in INTERRUPTIONS if signal.getsignal(each) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, _take_no_notice)
    try:
        yield
    finally:
        for number in ignored:
            signal.signal(number, signal.SIG_IGN)


def _take_no_notice(_number: int, _frame: FrameType | None) -> None:
    pass
