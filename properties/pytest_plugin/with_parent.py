"""A program: become a Python interpreter that the kernel kills when its parent ends (prctl(2)).

A worker of pytest-xdist loads pytest and the suite before it can read that its controller has
ended, which takes longer than a second on a busy machine. PR_SET_PDEATHSIG stays over execve(2).
Its arguments: the pid of the parent, and those of the interpreter.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(parent: int, arguments: list[str]) -> None:
    """Become the interpreter."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() == parent:
        os.execv(sys.executable, [sys.executable, *arguments])


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2:])
