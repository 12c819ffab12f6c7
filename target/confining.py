"""A sandbox for a target that is not trusted: namespaces, an id that is not root, and limits.

    keeper ──fork──▶ init    pid 1 of a PID namespace: it reaps orphans, and with it ends all
       └────fork──▶ target   pid 2, the keeper's child all the same

A process of a PID namespace sees, and can signal, those of the namespace alone; from outside all
are seen, with the pids that they have there (pid_namespaces(7)). Orphans of a PID namespace become
children of its first process, whatever subreapers there are above. So a process of ours is the
first one. From inside no signal can end it, and when it ends, the kernel kills all others at once:
no process can fork faster than that.

All that the target can see of the file system is read-only, but a few MiB of its own. The keeper
watches how much memory it has in use: RLIMIT_AS and RLIMIT_DATA bind each process alone, and a
server with a thousand threads reserves gigabytes that it never touches.

Loaded by the keeper, so it imports as little as the keeper does.
"""

import contextlib
import ctypes
import os
import resource
import signal
import struct
import time
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 1 << 17, 1 << 27, 1 << 28, 1 << 29
PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 1, 4, 38
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 2, 4, 8, 1 << 14, 1 << 18
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, AT_RECURSIVE, AT_FDCWD = 1, 2, 0x8000, -100
MOUNT_SETATTR = 442
KCMP, KCMP_FILES = {"x86_64": 312, "aarch64": 272}.get(os.uname().machine, -1), 2
"""Numbers of clone(2), prctl(2), mount(2), mount_setattr(2) and kcmp(2)."""

OWN_FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", "/run")
"""What is empty and its own, except where the command lies below it.

A read-only folder keeps no one from a socket in it. In /run are those of the machine's services,
and of a user's session.
"""

FILES = 4096
BLOCK = 512
"""Bytes of a block as stat(2) counts them."""

INTERVAL = 50
"""Milliseconds between two looks at its memory."""

_PAGE = os.sysconf("SC_PAGE_SIZE")
_libc = ctypes.CDLL(None, use_errno=True)


class Sandbox:
    """The sandbox of one target, as the keeper holds it."""

    def __init__(self, bounds: dict[str, Any], namespaces: Any, descendants: Any) -> None:
        self._bounds = bounds
        self._namespaces = namespaces
        self._descendants = descendants
        self._next_look = 0.0
        self.interval = INTERVAL
        self.init = 0
        """The pid of the first process of its PID namespace."""
        self._pidfd = -1

    def make(self) -> str:
        """Make the PID namespace and its first process; return why that cannot be, or ""."""
        try:
            self._namespaces.enter(CLONE_NEWPID | CLONE_NEWIPC)
            lives, self._lives = os.pipe2(os.O_CLOEXEC)
            self.init = os.fork()
            if self.init:
                self._pidfd = os.pidfd_open(self.init)
        except OSError as error:
            return f"{self._namespaces.REFUSED}{error.strerror} (PID namespace)"
        if self.init == 0:
            _be_init(lives)
        os.close(lives)
        return ""

    def enter(self, request: dict[str, Any]) -> None:
        """Make this process, the child that is to be the target, the prisoner of the sandbox.

        Raises OSError.
        """
        try:
            _enclose(self._namespaces, _places_of(request), self._bounds["file_size"])
            _become(self._namespaces, self._bounds["user"], self._bounds["group"])
            if "folder" in request:
                os.makedirs(request["folder"], 0o700, exist_ok=True)
        except OSError as error:
            reason = f"{self._namespaces.REFUSED}{error.strerror} ({error.filename or 'its ids'})"
            raise OSError(error.errno, reason) from None
        for number, limit in (
            (resource.RLIMIT_NPROC, self._bounds["processes"]),
            (resource.RLIMIT_FSIZE, self._bounds["file_size"]),
            (resource.RLIMIT_CORE, 0),
        ):
            resource.setrlimit(number, (limit, limit))

    def ended_for(self, keeper: int) -> str:
        """Look, every 50 ms at most, how much memory is in use; where it is too much end it all.

        Returns why, in words.
        """
        if time.monotonic() < self._next_look:
            return ""
        most, found = self._bounds["memory"], self._descendants.descendants_of(keeper)
        shared = _in_files(found) + _in_segments()
        in_use = shared + sum(map(_resident, found))
        # Pages that several processes share count once, which takes longer to read.
        if in_use > most and _without_doubles(found, shared) > most:
            self.end()
            return f"anechoic: ended, because more than {most >> 20} MiB of memory were in use"
        self._next_look = time.monotonic() + self.interval / 1000
        return ""

    def end(self) -> None:
        """Kill all that is in it. Idempotent: once it was reaped, its pid may be another's."""
        if self._pidfd >= 0:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)


def _be_init(lives: int) -> NoReturn:
    """Reap what becomes ours, and end when the keeper has ended.

    The first process of a namespace gets from inside only signals that it catches: none.
    """
    try:
        signal.set_wakeup_fd(-1)
        for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
            signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGCHLD, signal.SIG_IGN)
        os.setsid()
        os.closerange(0, lives)
        os.closerange(lives + 1, 1 << 16)
        _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        _libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
        os.read(lives, 1)
    finally:
        os._exit(0)


def _places_of(request: dict[str, Any]) -> list[str]:
    """Return what the command needs of the file system, as far as it is named."""
    own = request.get("folder")
    words = [one for one in request["argv"] if one.startswith("/") and not (own and own in one)]
    named = [request["cwd"], *words, *os.get_exec_path(request["env"])]
    libraries = request["env"].get("PYTHONPATH", "").split(":")
    return [os.path.realpath(place) for place in (*named, *libraries) if place]


def _enclose(namespaces: Any, needed: list[str], size: int) -> None:
    """Give this process a file system that is read-only, but for folders of its own."""
    namespaces.unshare(CLONE_NEWNS)
    _mount("none", "/", "", MS_REC | MS_PRIVATE)
    attributes = struct.pack("4Q", MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID, 0, 0, 0)
    if _libc.syscall(MOUNT_SETATTR, AT_FDCWD, b"/", AT_RECURSIVE, attributes, len(attributes)) < 0:
        raise _last_error("mount_setattr")
    options = f"size={size},nr_inodes={FILES},mode=1777"
    for place in OWN_FOLDERS:
        if os.path.isdir(place) and not any(_is_below(one, place) for one in needed):
            _mount("none", place, "tmpfs", MS_NOSUID | MS_NODEV, options)
    with contextlib.suppress(OSError):
        # Where parts of /proc are hidden no other may be mounted. It protects itself: what it shows
        # of processes with other ids, or of an outer user namespace, is what anybody may see.
        _mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)


def _is_below(path: str, folder: str) -> bool:
    return os.path.commonpath((path, os.path.realpath(folder))) == os.path.realpath(folder)


def _become(namespaces: Any, user: int, group: int) -> None:
    """Give up what root may do, and be the first that the kernel ends for want of memory."""
    with contextlib.suppress(OSError):
        _write("/proc/self/oom_score_adj", "1000")
    if os.geteuid() == 0:
        os.setgroups([])
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)
        _libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
    with contextlib.suppress(OSError):
        # RLIMIT_NPROC counts by user namespace: others with this id do not count.
        namespaces.enter(0)
        # In one of its own it could mount a tmpfs that nothing bounds (namespaces(7)). The file
        # is that of the namespace which was just entered.
        _write("/proc/sys/user/max_user_namespaces", "0")
    if _libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise _last_error("no_new_privs")
    # A change of ids has taken it back.
    _libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)


def _without_doubles(pids: Iterable[int], shared: int) -> int:
    """Return the bytes that are in use, of which so many are in files in memory and segments.

    What is mapped of these is among the processes' shared memory: the larger counts.
    """
    parts = list(map(_parts, pids))
    mapped = sum(mapped for _, mapped in parts)
    return sum(own for own, _ in parts) + max(shared, mapped)


def _parts(pid: int) -> tuple[int, int]:
    """Return a process's part of what it has mapped: of shared memory, and of all else (proc(5)).

    Where that may not be read, as with a program that may not, it has all of it by itself.
    """
    lines = [line.split() for line in _read(pid, "smaps_rollup").splitlines()]
    kib = {words[0]: int(words[1]) for words in lines[1:]}
    if b"Pss:" not in kib:
        return _resident(pid), 0
    mapped = kib.get(b"Pss_Shmem:", 0)
    return (kib[b"Pss:"] - mapped) << 10, mapped << 10


def _resident(pid: int) -> int:
    words = _read(pid, "statm").split()
    return int(words[1]) * _PAGE if words else 0


def _read(pid: int, name: str) -> bytes:
    """Return a file of a process under /proc, also where its first thread has ended."""
    for thread in _threads(pid):
        with contextlib.suppress(OSError), open(f"/proc/{thread}/{name}", "rb") as file:
            content: bytes = file.read()
            if content and not content.startswith(b"0 "):
                return content
    return b""


def _threads(pid: int) -> Iterator[int]:
    yield pid
    with contextlib.suppress(OSError):
        yield from (int(name) for name in os.listdir(f"/proc/{pid}/task") if name != str(pid))


def _in_files(pids: Iterable[int]) -> int:
    """Return the bytes of files in memory (memfd_create(2)), which no process needs to map.

    Those that no process has a descriptor of, as they are on their way (unix(7)), are not seen.
    """
    found: dict[int, int] = {}
    for place in (place for pid in pids for place in _descriptors_of(pid)):
        # One that is closed meanwhile hides none of the others.
        with contextlib.suppress(OSError):
            if os.readlink(place).startswith("/memfd:"):
                # The kernel has all of them in one file system of its own.
                seen = os.stat(place)
                found[seen.st_ino] = seen.st_blocks * BLOCK
    return sum(found.values())


def _descriptors_of(pid: int) -> Iterator[str]:
    for thread in _with_a_table(pid):
        with contextlib.suppress(OSError):
            yield from [f"/proc/{thread}/fd/{name}" for name in os.listdir(f"/proc/{thread}/fd")]


def _with_a_table(pid: int) -> list[int]:
    """Return a thread for each table of descriptors that a process's threads have (kcmp(2))."""
    found: list[int] = []
    for thread in _threads(pid):
        if all(_libc.syscall(KCMP, thread, one, KCMP_FILES, 0, 0) for one in found):
            found.append(thread)
    return found


def _in_segments() -> int:
    """Return the bytes in the shared memory segments of this IPC namespace (sysvipc(7))."""
    with contextlib.suppress(OSError), open("/proc/sysvipc/shm", "rb") as file:
        columns, *rows = (line.split() for line in file)
        rss, swap = columns.index(b"rss"), columns.index(b"swap")
        return sum(int(row[rss]) + int(row[swap]) for row in rows)
    return 0


def _mount(what: str, place: str, kind: str, flags: int, options: str = "") -> None:
    data = options.encode() or None
    if _libc.mount(what.encode(), place.encode(), kind.encode() or None, flags, data) != 0:
        raise _last_error(place)


def _write(path: str, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY)
    try:
        os.write(descriptor, text.encode())
    finally:
        os.close(descriptor)


def _last_error(place: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number), place)
