"""Looking at processes: their identity, how they are related, what they do.

A process is known by its pid AND its start time, because pids are reused (proc(5), stat field
22). Every function copes with processes that end meanwhile.
"""

import contextlib
import ctypes
import os
import re
import signal
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from target import waits
from target.descendants import children_of, read_bytes
from target.records import cache_of_records, read_record
from target.waits import Wait

_libc = ctypes.CDLL(None, use_errno=True)

# Of the fifty lines of proc(5), status, those that say what a thread does: parsing all of them
# costs more than reading them, and this is done thousands of times a second.
_FIELDS_OF_A_THREAD = re.compile(
    rb"^(State|SigPnd|ShdPnd|SigBlk|voluntary_ctxt_switches|nonvoluntary_ctxt_switches):\s*(\w+)",
    re.MULTILINE,
)

IN_A_CALL = (b"\nState:\tS", b"\nState:\tT")
"""In `status` of a thread that sleeps or was stopped: these alone may be in a call to be seen."""


@dataclass(frozen=True, order=True)
class Identity:
    """Names exactly one process: its pid and its start time in clock ticks since boot."""

    pid: int
    start: int

    def __str__(self) -> str:
        return str(self.pid)


@dataclass(frozen=True)
class Process:
    """One process at one moment. `state` is the letter of proc(5): R, S, D, T, Z, ...

    `wait_status` is the status that wait(2) will return for a zombie. It is 0 as well for a
    process that lives, or that may not be looked at (proc(5), stat field 52).
    """

    identity: Identity
    parent: int
    name: str
    state: str
    threads: int
    wait_status: int = 0

    @property
    def is_zombie(self) -> bool:
        """Whether it has ended and waits to be reaped by its parent.

        A process whose first thread has ended while others run also shows Z; it is alive.
        """
        return self.state in "ZX" and self.threads <= 1

    @property
    def is_stopped(self) -> bool:
        """Whether SIGSTOP (or a tracer) holds it."""
        return self.state in "Tt"


@dataclass(frozen=True)
class Thread:
    """One thread at one moment.

    `wait` is None while it runs. `switches` counts how often it has left the processor: if that
    stands still between two looks, the thread has not run in between.
    """

    pid: int
    tid: int
    state: str
    wait: Wait | None
    switches: int
    awaits_signal: bool

    @property
    def sleeps(self) -> bool:
        """Whether it is blocked in a system call."""
        return self.state == "S" and self.wait is not None

    @property
    def has_ended(self) -> bool:
        """Whether it has ended and others of its process, or the process, are still seen."""
        return self.state in "ZX"


def identify(pid: int) -> Identity | None:
    """Return the identity of a running process or zombie, None when there is none."""
    process = look_at(pid)
    return process.identity if process else None


def has_ended(identity: Identity) -> bool:
    """Return whether a process has ended, reaped or not."""
    process = look_at(identity.pid)
    return process is None or process.identity != identity or process.is_zombie


def look_at(pid: int) -> Process | None:
    """Return the process with this pid, None when there is none."""
    record = read_record(f"/proc/{pid}/stat")
    return _process_of(pid, record) if record else None


@cache_of_records
def _process_of(pid: int, record: bytes) -> Process:
    head, _, tail = record.decode(errors="replace").rpartition(")")
    fields = tail.split()
    return Process(
        identity=Identity(pid, int(fields[19])),
        parent=int(fields[1]),
        name=head.partition("(")[2],
        state=fields[0],
        threads=int(fields[17]),
        wait_status=int(fields[49]) if fields[0] in "ZX" else 0,
    )


def below(pid: int) -> tuple[Process, ...]:
    """Return every process below `pid`, zombies included."""
    found: list[Process] = []
    waiting = children_of(pid)
    while waiting:
        process = look_at(waiting.pop())
        if process is not None:
            found.append(process)
            waiting += children_of(process.identity.pid, process.threads)
    return tuple(found)


def threads_of(pid: int, threads: int = 0) -> tuple[Thread, ...]:
    """Return the threads of a process: `threads` as for `children_of`."""
    names = [str(pid)] if threads == 1 else _listed(f"/proc/{pid}/task")
    found = (_thread(pid, int(tid)) for tid in names)
    return tuple(thread for thread in found if thread is not None)


def _thread(pid: int, tid: int) -> Thread | None:
    folder = f"/proc/{pid}/task/{tid}"
    status = read_record(f"{folder}/status")
    if not status:
        return None
    is_in_a_call = any(state in status for state in IN_A_CALL)
    call = read_record(f"{folder}/syscall") if is_in_a_call else None
    return _thread_of(pid, tid, status, (call or b"").decode())


@cache_of_records
def _thread_of(pid: int, tid: int, status: bytes, call: str) -> Thread:
    fields = dict(_FIELDS_OF_A_THREAD.findall(status))
    state = fields[b"State"].decode()
    wait = None if state == "R" else waits.parse(call) or (None if call else waits.UNKNOWN)
    pending = int(fields[b"SigPnd"], 16) | int(fields[b"ShdPnd"], 16)
    return Thread(
        pid=pid,
        tid=tid,
        state=state,
        wait=wait,
        switches=int(fields.get(b"voluntary_ctxt_switches", 0))
        + int(fields.get(b"nonvoluntary_ctxt_switches", 0)),
        awaits_signal=bool(pending & ~int(fields[b"SigBlk"], 16)),
    )


def is_socket(pid: int, descriptor: int) -> bool:
    """Return whether a descriptor of a process is a socket."""
    try:
        return os.readlink(f"/proc/{pid}/fd/{descriptor}").startswith("socket:")
    except OSError:
        return False


def never_blocks(pid: int, descriptor: int) -> bool:
    """Return whether a descriptor does not block (O_NONBLOCK), or is gone (proc(5), fdinfo)."""
    lines = (read_record(f"/proc/{pid}/fdinfo/{descriptor}") or b"").splitlines()
    flags = (int(line.split()[1], 8) for line in lines if line.startswith(b"flags:"))
    return bool(next(flags, os.O_NONBLOCK) & os.O_NONBLOCK)


def descriptors_of(pid: int) -> dict[int, str]:
    """Return descriptor -> what it is ("socket:[123]", a path); empty when it cannot be seen.

    A process whose first thread has ended shows them with its other threads.
    """
    if found := _descriptors_in(f"/proc/{pid}/fd"):
        return found
    others = (f"/proc/{pid}/task/{tid}/fd" for tid in _listed(f"/proc/{pid}/task"))
    return next(filter(None, map(_descriptors_in, others)), {})


def names_from_last(pid: int, but: Collection[int] = ()) -> Iterator[str]:
    """Return what each descriptor is, `but` for these, that with the highest number first.

    That is mostly the newest: to find it, not all that a process has inherited need be looked at.
    """
    numbers = sorted(map(int, _listed(f"/proc/{pid}/fd")), reverse=True)
    for number in numbers:
        if number not in but:
            with contextlib.suppress(OSError):
                yield os.readlink(f"/proc/{pid}/fd/{number}")
    if not numbers:
        yield from descriptors_of(pid).values()


def _descriptors_in(folder: str) -> dict[int, str]:
    found: dict[int, str] = {}
    for number in _listed(folder):
        try:
            found[int(number)] = os.readlink(f"{folder}/{number}")
        except OSError:
            continue
    return found


def _listed(folder: str) -> list[str]:
    """Return the names in a folder of /proc, none when it is gone or may not be read."""
    try:
        return os.listdir(folder)
    except OSError:
        return []


def name_of_socket(inode: int) -> str:
    """Return the name that a socket has in `/proc/PID/fd`."""
    return f"socket:[{inode}]"


def holders_of(inode: int, processes: Iterable[Process]) -> tuple[Process, ...]:
    """Return those of `processes` that have the socket with this inode open."""
    name = name_of_socket(inode)
    return tuple(one for one in processes if name in names_from_last(one.identity.pid))


def processor_times(pid: int) -> dict[int, tuple[int, int]]:
    """Return tid -> nanoseconds on a processor, nanoseconds runnable but waiting for one.

    From `/proc/PID/task/TID/schedstat` (the kernel's Documentation/scheduler/sched-stats).
    """
    files = {tid: f"/proc/{pid}/task/{tid}/schedstat" for tid in _listed(f"/proc/{pid}/task")}
    found = {tid: (read_record(path) or b"").split() for tid, path in files.items()}
    return {int(tid): (int(words[0]), int(words[1])) for tid, words in found.items() if words[1:]}


def send_signal(identity: Identity, number: signal.Signals) -> bool:
    """Send a signal to exactly this process; return False when it is gone.

    The pidfd pins the process before its start time is compared, so that a pid that was reused
    meanwhile is never hit (pidfd_open(2)).
    """
    try:
        pidfd = os.pidfd_open(identity.pid)
    except OSError:
        return False
    try:
        if identify(identity.pid) != identity:
            return False
        signal.pidfd_send_signal(pidfd, number)
    except OSError:
        return False
    finally:
        os.close(pidfd)
    return True


def send_to_thread(thread: Thread, owner: Identity, number: signal.Signals) -> bool:
    """Send a signal to one thread of exactly this process; return False when it is gone.

    A signal sent to a process goes to any of its threads (signal(7)), as a rule to the first one.
    """
    if identify(owner.pid) != owner:
        return False
    return bool(_libc.tgkill(thread.pid, thread.tid, int(number)) == 0)


def read_text(path: str) -> str | None:
    """Return the content of a file under /proc, None when it is gone or may not be read."""
    content = read_bytes(path)
    return None if content is None else content.decode(errors="replace")
