"""Starting a target whose chosen system calls stop at a gate (seccomp_unotify(2)).

The child installs the filter itself, last before execve(2). From then on a call of a chosen kind
would stop for ever, because no process reads notifications yet: so it makes none, not even kill(2)
or exit(2). It reports through a memory page that it shares with the keeper, and it waits by
stopping itself (pidfd_send_signal(2)), until the keeper has taken a copy of the descriptor
(pidfd_getfd(2)) that execve would close.

Loaded by the keeper for a request with a filter, so it imports as little as the keeper does.
"""

import ctypes
import mmap
import os
import signal
import struct
from collections.abc import Sequence
from typing import Any

PR_SET_NO_NEW_PRIVS = 38
SECCOMP_SET_MODE_FILTER = 1
NEW_LISTENER = 1 << 3
WAIT_KILLABLE_RECV = 1 << 5

_NUMBERS = {"x86_64": (317, 438), "aarch64": (277, 438)}
"""seccomp(2) and pidfd_getfd(2)."""

_INSTRUCTION = 8
"""Bytes of struct sock_filter."""

_libc = ctypes.CDLL(None, use_errno=True)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


class Gate:
    """Memory shared by keeper and child: the child's descriptor, and the reason of a failure."""

    def __init__(self, program: bytes) -> None:
        self._program = program
        self._page = mmap.mmap(-1, mmap.PAGESIZE)
        self._seccomp, self._pidfd_getfd = _NUMBERS[os.uname().machine]

    # In the child.

    def execute(self, request: dict[str, Any]) -> None:
        """Install the filter, wait for the keeper, and execute the command of the request.

        It does not return.
        """
        argv, environment = request["argv"], request["env"]
        paths = _places(argv[0], environment)
        try:
            itself = os.pidfd_open(os.getpid())
        except OSError as denied:
            # No filter is installed yet, so that the pipe tells it.
            raise OSError(denied.errno, f"no gate: {denied.strerror}") from None
        try:
            self._install()
            signal.pidfd_send_signal(itself, signal.SIGSTOP)
            error = _execute(paths, argv, environment)
            self._report(error.strerror or "could not be started")
        except OSError as error:
            self._report(f"no gate: {error.strerror}")
        except (ValueError, TypeError) as error:
            self._report(str(error))
        finally:
            signal.pidfd_send_signal(itself, signal.SIGKILL)

    def _install(self) -> None:
        if _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), "no_new_privs is denied")
        program = _Program(len(self._program) // _INSTRUCTION, self._program)
        flags = NEW_LISTENER | WAIT_KILLABLE_RECV
        listener = _libc.syscall(
            self._seccomp, SECCOMP_SET_MODE_FILTER, flags, ctypes.byref(program)
        )
        if listener < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        self._page[:4] = struct.pack("=i", listener)

    def _report(self, reason: str) -> None:
        encoded = reason.encode()
        self._page[8 : 8 + len(encoded)] = encoded

    # In the keeper.

    def fetch(self, child: int) -> int | None:
        """Wait for the child to stop, copy its end of the gate, and continue it.

        None when it ended instead; `failure` is the reason.
        """
        _, status = os.waitpid(child, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            return None
        try:
            return self._copied(child)
        except OSError as error:
            self._report(f"no gate: {error.strerror}")
            os.kill(child, signal.SIGKILL)
            return None
        finally:
            os.kill(child, signal.SIGCONT)

    def _copied(self, child: int) -> int:
        process = os.pidfd_open(child)
        try:
            (number,) = struct.unpack("=i", self._page[:4])
            copied: int = _libc.syscall(self._pidfd_getfd, process, number, 0)
            if copied < 0:
                raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        finally:
            os.close(process)
        return copied

    @property
    def failure(self) -> str:
        """The reason why the command was not executed, where the pipe has none."""
        return self._page[8:].rstrip(b"\0").decode(errors="replace")


def _places(name: str, environment: dict[str, str]) -> tuple[str, ...]:
    """Return where execvp(3) would look for the command."""
    if "/" in name:
        return (name,)
    return tuple(os.path.join(folder, name) for folder in os.get_exec_path(environment))


def _execute(paths: Sequence[str], argv: list[str], environment: dict[str, str]) -> OSError:
    """Try to execute each; return the most specific error, as execvp(3) does."""
    found = OSError(2, os.strerror(2))
    for path in paths:
        try:
            os.execve(path, argv, environment)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            found = error
    return found
