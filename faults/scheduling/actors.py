"""The threads of a target by names that are the same in every run, and whether they rest.

Threads that are there from the start are named by what they are, in the order in which they were
made, those that are made later by when they appear. While one thread at a time goes on, that is the
same order each time.
"""

import os
import time
from collections import Counter
from collections.abc import Container

from faults.scheduling.priorities import WORKER
from faults.scheduling.vfork import awaits_its_child
from target.handle import Handle
from target.processes import Identity, Process
from target.records import read_record

LISTENER, OTHER = "listener", "process"

AT_REST = frozenset("SZXTt")
"""States in which a thread does not go on by itself (proc(5)), once it has begun its call."""

LONG = 0.005
"""Seconds after which an uninterruptible sleep (D) in fork(2) is no mere pause: vfork's parent."""


class Actors:
    """Follows the threads of one target during a schedule."""

    def __init__(self, handle: Handle, listeners: Container[Identity]) -> None:
        self._handle = handle
        self._names: dict[int, str] = {}
        self._processes: dict[int, int] = {}
        self._numbers: Counter[str] = Counter()
        self._since: dict[int, float] = {}
        self._ended: set[int] = set()
        self._order: dict[int, int] = {}
        for process in self._in_order():
            word = LISTENER if process.identity in listeners else OTHER
            self._name_threads(process, word)

    def _in_order(self) -> list[Process]:
        living = (process for process in self._handle.tree() if not process.is_zombie)
        return sorted(living, key=lambda one: (one.identity.start, one.identity.pid))

    def _name_threads(self, process: Process, word: str) -> None:
        pid = process.identity.pid
        try:
            threads = sorted(map(int, os.listdir(f"/proc/{pid}/task")))
        except OSError:
            return
        for thread in threads:
            if thread not in self._names:
                self._numbers[word] += 1
                self._names[thread] = _numbered(word, self._numbers[word])
                self._processes[thread] = pid
                self._order[thread] = len(self._order)

    def look_for_new(self) -> None:
        """Name the threads that have been made since the last look."""
        for process in self._in_order():
            self._name_threads(process, WORKER)

    def name_of(self, thread: int) -> str:
        """Return the name of a thread."""
        if thread not in self._names:
            self.look_for_new()
        return self._names.get(thread, f"thread {thread}")

    def rank(self, held: tuple[int, object]) -> int:
        """Return where the thread of a held call stands in the order of the names."""
        self.name_of(held[0])
        return self._order.get(held[0], len(self._order))

    def process_of(self, thread: int) -> int:
        """Return the process of a thread, 0 for an unknown one."""
        return self._processes.get(thread, 0)

    def moving(self, held: Container[int]) -> list[int]:
        """Return the threads that are neither held nor asleep in a call that has begun."""
        return [
            thread for thread in list(self._names) if thread not in held and self._moves(thread)
        ]

    def _moves(self, thread: int) -> bool:
        record = read_record(f"/proc/{self._processes[thread]}/task/{thread}/stat")
        if not record:
            del self._names[thread]
            self._ended.discard(thread)
            # What its end has woken may have been looked at before.
            return True
        state = chr(record[record.rindex(b")") + 2])
        if state in "ZX" and thread not in self._ended:
            self._ended.add(thread)
            _await_notice(int(record[record.rindex(b")") + 2 :].split()[1]))
            return True
        if state != "D":
            self._since.pop(thread, None)
            return state not in AT_REST or (state == "S" and self._has_a_processor(thread))
        since = self._since.setdefault(thread, time.monotonic())
        brief = time.monotonic() - since < LONG
        return brief or not awaits_its_child(self._processes[thread], thread)

    def _has_a_processor(self, thread: int) -> bool:
        """Return whether a thread that says that it sleeps goes on: wait(2) says so while it looks.

        The kernel waits until it is inactive before it tells the call that it sleeps in (proc(5)).
        """
        record = read_record(f"/proc/{self._processes[thread]}/task/{thread}/syscall")
        return record is not None and record.startswith(b"running")

    def time_used(self, thread: int) -> float:
        """Return the seconds that a thread has had a processor, 0 for one that has ended."""
        record = read_record(f"/proc/{self.process_of(thread)}/task/{thread}/schedstat")
        return int(record.split()[0]) / 1e9 if record else 0.0

    @property
    def names(self) -> tuple[str, ...]:
        """The names that were given, in their order; also of threads that have ended."""
        return tuple(
            _numbered(word, number)
            for word, count in self._numbers.items()
            for number in range(1, count + 1)
        )


def _await_notice(parent: int) -> None:
    """Wait until a parent has been told of a child that has ended: its state changes first.

    Its list of children is read under the lock under which the kernel sends SIGCHLD.
    """
    read_record(f"/proc/{parent}/task/{parent}/children")


def _numbered(word: str, number: int) -> str:
    return word if number == 1 and word != WORKER else f"{word} {number}"
