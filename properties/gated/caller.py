"""The process that makes a call: what it is called, and how it has ended.

How a process ended is told to its parent alone (wait(2)), and only once. Since Linux 6.15 a pidfd
tells it as well, also afterwards (PIDFD_GET_INFO). Before, it is seen in /proc as long as the
process is a zombie.
"""

import contextlib
import fcntl
import os
import select
import struct
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from itertools import pairwise
from pathlib import PurePath

from faults.gate.kernel import process_of
from target.held import Ending
from target.processes import Identity, Process, look_at, read_text
from target.records import read_record

_INFO = struct.Struct("=QQ11Ii")
"""The first version of struct pidfd_info (linux/pidfd.h): its mask first, the status of wait last.
"""

_GET_INFO = 0xC000FF0B | _INFO.size << 16
_INFO_EXIT = 1 << 3

INTERPRETERS = (
    "python*",
    "pypy*",
    "perl*",
    "ruby*",
    "node",
    "sh",
    "bash",
    "dash",
    "tclsh*",
    "java",
)


@dataclass(frozen=True)
class Caller:
    """A process by its identity, and its name: that of its executable, or of its script.

    `names` are all by which its program may be chosen.
    """

    identity: Identity
    name: str
    names: tuple[str, ...] = field(default=(), compare=False, repr=False)

    def is_of(self, pattern: str) -> bool:
        """Return whether its program has this name, or one that the pattern matches."""
        return any(fnmatchcase(name, pattern) for name in self.names)

    def __str__(self) -> str:
        return f"{self.name} ({self.identity})"


def _caller(process: Process) -> Caller:
    pid = process.identity.pid
    names = names_of(pid)
    # comm is cut after 15 characters.
    name = next((one for one in names if one.startswith(process.name)), process.name)
    script = script_of(_words(pid)) if _is_interpreter(name) else ""
    return Caller(process.identity, script or name, names)


class CallerLook:
    """The processes that have made calls: each is looked at whole once, and again after execve."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, bytes, bytes], Caller] = {}

    def at(self, thread: int) -> Caller | None:
        """Return the process of a thread, None where it has gone."""
        pid = process_of(thread)
        record = read_record(f"/proc/{pid}/stat") if pid is not None else None
        if pid is None or not record:
            return None
        fields = record.rpartition(b")")[2].split()
        # The start time, and where the arguments are: the kernel chooses that anew in execve().
        key = (pid, fields[19], fields[45])
        if key not in self._known:
            process = look_at(pid)
            if process is None:
                return None
            self._known[key] = _caller(process)
        return self._known[key]


def names_of(pid: int) -> tuple[str, ...]:
    """Return the names by which a program may be chosen: executable, first word, script."""
    words = _words(pid)
    found = [PurePath(words[0]).name] if words else []
    with contextlib.suppress(OSError):
        found.insert(0, PurePath(os.readlink(f"/proc/{pid}/exe")).name)
    if found and _is_interpreter(found[0]) and (script := script_of(words)):
        found.append(script)
    if comm := (read_text(f"/proc/{pid}/comm") or "").rstrip("\n"):
        found.append(comm)
    return tuple(found)


def _words(pid: int) -> list[str]:
    return (read_text(f"/proc/{pid}/cmdline") or "").rstrip("\0").split("\0")


def _is_interpreter(name: str) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in INTERPRETERS)


def script_of(words: list[str]) -> str:
    """Return the name of the script or module that an interpreter runs, empty for none.

    The script is its first word without a dash. Where that is the code of a short option, which may
    stand in one word with others (`python3 -Ic`, `perl -ne`), there is no script.
    """
    is_shell = PurePath(words[0]).name.endswith("sh")
    for word, after in pairwise([*words[1:], ""]):
        if not word.startswith("-"):
            return PurePath(word).name
        if word.startswith("--"):
            continue
        if word.endswith("m"):
            return after
        # A shell's -e is another option.
        if word.endswith("c") or (word.endswith("e") and not is_shell):
            return ""
    return ""


class Watched:
    """A process whose end is to be known."""

    def __init__(self, caller: Caller) -> None:
        self.caller = caller
        self._ending: Ending | None = None
        self.ran = False
        """Whether it still ran when it was watched no more."""
        try:
            self._pidfd = os.pidfd_open(caller.identity.pid)
        except OSError:
            self._pidfd = -1

    def has_ended(self) -> bool:
        """Return whether it has ended; what is known of its end is read then."""
        if self._pidfd < 0:
            return True
        poll = select.poll()
        poll.register(self._pidfd, select.POLLIN)
        if not poll.poll(0):
            return False
        if self._ending is None:
            self._ending = self._asked() or self._seen()
        return True

    @property
    def ending(self) -> Ending | None:
        """How it ended; None while it runs, and where nothing tells."""
        self.has_ended()
        return self._ending

    def _asked(self) -> Ending | None:
        info = bytearray(_INFO.pack(_INFO_EXIT, *[0] * 13))
        try:
            fcntl.ioctl(self._pidfd, _GET_INFO, info, True)
        except OSError:
            return None
        mask, *_, status = _INFO.unpack(info)
        return Ending.of(status) if mask & _INFO_EXIT else None

    def _seen(self) -> Ending | None:
        process = look_at(self.caller.identity.pid)
        if process is None or process.identity != self.caller.identity or not process.is_zombie:
            return None
        return Ending.of(process.wait_status)

    def close(self) -> None:
        """Watch it no more. Idempotent."""
        if self._pidfd >= 0:
            self.ran = not self.has_ended()
            ended, self._pidfd = self._pidfd, -1
            os.close(ended)
