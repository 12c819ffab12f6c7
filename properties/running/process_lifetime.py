"""Ending orderly: the system calls that keep processes from outliving a run."""

import ctypes
import os
import signal
from pathlib import Path
from types import FrameType

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


def end_on_sigterm() -> None:
    """Handle SIGTERM like Ctrl-C: stop what is running, report, and end."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)
