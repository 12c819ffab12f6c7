"""The processes below one, read from /proc as quickly as Python can, and the end of strays.

Loaded by the keeper as well, so it imports as little as the keeper does.
"""

import ctypes
import os
import signal

PR_SET_CHILD_SUBREAPER = 36

REAP_INTERVAL = 0.005
"""Seconds between two looks for children, while everything is being killed."""

PROC_READ = 1 << 14  # Memory for more would cost more than the read does.

_libc = ctypes.CDLL(None, use_errno=True)


def adopt_orphans() -> None:
    """Become the parent of what is orphaned below this process (prctl(2)). Raises OSError."""
    if _libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl failed")


def children_of(pid: int, threads: int = 0) -> list[int]:
    """Return the pids of the children of `pid`, zombies included, per thread (proc(5)).

    `threads` is how many it is known to have, 0 where that is not known: one need not be listed.
    """
    found: list[int] = []
    try:
        names = [str(pid)] if threads == 1 else os.listdir(f"/proc/{pid}/task")
    except OSError:
        return found
    for thread in names:
        found += map(int, (read_bytes(f"/proc/{pid}/task/{thread}/children") or b"").split())
    return found


def read_bytes(path: str) -> bytes | None:
    """Return the content of a file under /proc, None when it is gone or may not be read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        # A file object would make three more calls, and this is done thousands of times a second.
        return b"".join(iter(lambda: os.read(descriptor, PROC_READ), b""))
    except OSError:
        return None
    finally:
        os.close(descriptor)


def descendants_of(pid: int) -> list[int]:
    """Return the pids of all processes below `pid`, parents before their children."""
    found: list[int] = []
    waiting = children_of(pid)
    while waiting:
        child = waiting.pop()
        found.append(child)
        waiting += children_of(child)
    return found


def end_strays(known: set[int]) -> None:
    """Reap all that has ended, and take it out of `known`; kill all other children but these.

    With all that is below them.
    """
    try:
        while pid := os.waitpid(-1, os.WNOHANG)[0]:
            known.discard(pid)
    except ChildProcessError:
        return
    for stray in children_of(os.getpid()):
        if stray not in known:
            # Nobody reaps our own children but we, so that their pids stay theirs.
            os.kill(stray, signal.SIGKILL)
            _kill_all(descendants_of(stray), stray)


def _kill_all(pids: list[int], *parents: int) -> None:
    ours = {os.getpid(), *parents, *pids}
    for pid in pids:
        kill_child(pid, ours)


def kill_child(pid: int, parents: set[int]) -> None:
    """Send SIGKILL to a process, if it is a child of one of these.

    The pidfd pins it before its parent is looked at: its own parent may have reaped it meanwhile,
    and a pid that was reused is never hit (pidfd_open(2)).
    """
    try:
        pinned = os.pidfd_open(pid)
    except OSError:
        # It is gone, or we have no descriptor left: as an orphan it becomes a child of ours.
        return
    try:
        if _parent_of(pid) in parents:
            signal.pidfd_send_signal(pinned, signal.SIGKILL)
    except ProcessLookupError:
        return
    finally:
        os.close(pinned)


def _parent_of(pid: int) -> int:
    fields = (read_bytes(f"/proc/{pid}/stat") or b"").rpartition(b")")[2].split()
    return int(fields[1]) if fields else 0


def end_all() -> None:
    """Kill all that is below this process and reap it, again and again until nothing is left.

    SIGCHLD must be blocked.
    """
    while True:
        for child in children_of(os.getpid()):
            os.kill(child, signal.SIGKILL)
        _kill_all(descendants_of(os.getpid()))
        try:
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass
        except ChildProcessError:
            return
        signal.sigtimedwait({signal.SIGCHLD}, REAP_INTERVAL)
