"""What the file `status` of a process tells besides its state: signals and memory (proc(5))."""

from dataclasses import dataclass

from target.processes import Thread
from target.records import read_record


@dataclass(frozen=True)
class Signals:
    """The signal masks of one process, as sets of numbers (proc(5), status)."""

    caught: frozenset[int]
    ignored: frozenset[int]
    blocked: frozenset[int]
    pending: frozenset[int]


@dataclass(frozen=True)
class Memory:
    """The private memory of a process, in bytes (proc(5), status).

    `resident` is in use, swapped out or not (RssAnon, VmSwap), `writable` is allocated (VmData):
    malloc(3) raises both, while a virtual machine fills a heap that was allocated before.
    """

    resident: int = 0
    writable: int = 0

    def __add__(self, other: "Memory") -> "Memory":
        return Memory(self.resident + other.resident, self.writable + other.writable)


OF_THE_LIBRARY = frozenset({32, 33})
"""Signals that the thread library sends to itself: no program can send or catch them (nptl(7))."""


def signals_of(pid: int) -> Signals | None:
    """Return what a process catches, ignores and blocks, and what is pending; None when gone."""
    status = _status_fields(f"/proc/{pid}/status")
    if not status:
        return None
    return Signals(
        caught=_numbers(status["SigCgt"]) - OF_THE_LIBRARY,
        ignored=_numbers(status["SigIgn"]),
        blocked=_numbers(status["SigBlk"]),
        pending=_numbers(status["SigPnd"]) | _numbers(status["ShdPnd"]),
    )


def memory_of(pid: int) -> Memory:
    """Return the private memory of a process; none when it is gone or a zombie."""
    status = _status_fields(f"/proc/{pid}/status")
    resident, swapped, writable = (
        int(status.get(name, "0").split()[0]) << 10 for name in ("RssAnon", "VmSwap", "VmData")
    )
    return Memory(resident + swapped, writable)


def blocks(thread: Thread, number: int) -> bool:
    """Return whether a thread blocks a signal: it would not be interrupted (pthread_sigmask(3))."""
    status = _status_fields(f"/proc/{thread.pid}/task/{thread.tid}/status")
    return not status or number in _numbers(status["SigBlk"])


def _status_fields(path: str) -> dict[str, str]:
    text = (read_record(path) or b"").decode(errors="replace")
    return {
        name: value.strip()
        for name, _, value in (line.partition(":") for line in text.splitlines())
    }


def _numbers(mask: str) -> frozenset[int]:
    bits = int(mask, 16)
    return frozenset(number for number in range(1, 65) if bits >> (number - 1) & 1)
