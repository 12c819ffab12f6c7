"""How processes of ours end: interrupted, without losing what they know, or with their parent.

Ctrl-C, SIGTERM and SIGHUP interrupt what the process is doing, once; what must not be left half
done puts it off. One interruption often comes as several signals (timeout(1) sends SIGTERM to the
process and to its group), so those that follow closely are the same one. A later one ends the
process at once.

A handler may run where nothing can be raised: in a callback of the garbage collector, or a
__del__. The interpreter gives what it raises to sys.unraisablehook; it is raised again soon after.

Imports nothing of weight: it is in place before anything else is loaded.
"""

import ctypes
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
"""The folder that the packages are in: the checkout, or where they are installed."""

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int | None = None) -> None:
    """Have the kernel kill this process when its parent ends (prctl(2)).

    `parent` is its pid, where it is known: it may have ended already. For workers: their targets
    are held by keepers, which then clean up.
    """
    parent = parent or os.getppid()
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

SAME = 2.0
"""Seconds within which further signals belong to the first one."""


class Interrupted(KeyboardInterrupt):
    """The user wants the run to end.

    A class of its own: where KeyboardInterrupt itself passes through exec() or eval(), the
    interpreter ends by SIGINT in the end, even if it was handled (run_eval_code_obj in CPython's
    pythonrun.c).
    """


AGAIN = 0.02
"""Seconds after which an interruption that could not be raised is raised again."""


class RaisesAgain:
    """A sys.unraisablehook: an interruption that could not be raised is raised soon after.

    Not in the hook: there nothing can be raised either.
    """

    def __init__(self, interrupt: Callable[[], object]) -> None:
        """`interrupt` raises a KeyboardInterrupt, if one is still wanted."""
        before = sys.unraisablehook
        self.others: Callable[[sys.UnraisableHookArgs], object] = (
            before.others if isinstance(before, RaisesAgain) else before
        )
        self._interrupt = interrupt

    def __call__(self, unraisable: "sys.UnraisableHookArgs") -> None:
        """Look at an exception that could not be raised."""
        if not issubclass(unraisable.exc_type, KeyboardInterrupt):
            self.others(unraisable)
            return
        signal.signal(signal.SIGALRM, lambda _number, _frame: self._interrupt())
        signal.setitimer(signal.ITIMER_REAL, AGAIN)


class Interruption:
    """Whether the user wants the run to end."""

    def __init__(self) -> None:
        self._first: float | None = None
        self._raises = True

    @property
    def came(self) -> bool:
        """Whether a signal has come."""
        return self._first is not None

    def catch(self, *more: signal.Signals) -> None:
        """Handle the signals from now on; those that are ignored, as nohup(1) does, stay so.

        `more` are handled in any case.
        """
        sys.unraisablehook = RaisesAgain(self._interrupt)
        for number in SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN:
                signal.signal(number, self._handle)
        for number in more:
            signal.signal(number, self._handle)

    def note(self) -> None:
        """Record that a signal has come."""
        self._first = time.monotonic()

    def let_nothing_in(self) -> None:
        """Interrupt nothing any more: the process is about to end."""
        self._raises = False

    def _handle(self, number: int, _frame: FrameType | None) -> None:
        if self._first is None:
            self.note()
            self._interrupt()
        elif time.monotonic() - self._first > SAME:
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    def _interrupt(self) -> None:
        if self._raises:
            raise Interrupted

    @contextmanager
    def put_off(self) -> Iterator[None]:
        """Interrupt nothing meanwhile; `came` says afterwards whether a signal has come."""
        before, self._raises = self._raises, False
        try:
            yield
        finally:
            self._raises = before

    @contextmanager
    def let_in(self) -> Iterator[None]:
        """Within what puts it off: raise KeyboardInterrupt for a signal that has come or comes."""
        before, self._raises = self._raises, True
        try:
            if self.came:
                raise Interrupted
            yield
        finally:
            self._raises = before


INTERRUPTION = Interruption()
"""That of this process."""


def leave_interruptions_to_the_parent() -> None:
    """In a fork: ignore the signals that reach all processes of a terminal.

    The parent ends this process by SIGTERM, which raises KeyboardInterrupt, once. On its way that
    may become another exception, as in the cleanup of what was half done: `INTERRUPTION.came` says
    that it was raised.
    """
    raise_again_what_could_not_be_raised()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _end)


def raise_again_what_could_not_be_raised() -> None:
    """Lose no KeyboardInterrupt to a callback or a __del__, where the signals stay as they are."""
    sys.unraisablehook = RaisesAgain(_interrupt)


def _end(_number: int, _frame: FrameType | None) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    INTERRUPTION.note()
    _interrupt()


def _interrupt() -> NoReturn:
    raise KeyboardInterrupt


@contextmanager
def unblocked() -> Iterator[None]:
    """Let the signals in meanwhile, where a process was started with them blocked."""
    before = signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def blocked() -> Iterator[None]:
    """Keep the signals pending meanwhile (sigprocmask(2)); a fork inherits that."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
