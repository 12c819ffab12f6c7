"""A command that we started and hold: see its processes, signal them, stop them.

Common to servers and clients: the process tree, descriptors, processor time and memory. A held
command runs under a keeper, and it always ends with everything it has started.
"""

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

import psutil

from target import processes, resting, settled
from target.command import Command
from target.keeping import Kept
from target.pace import Pace
from target.processes import Identity, Process, Thread
from target.restarted import RestartedCalls
from target.sockets import TcpSocket

LOOKS_FOR_AN_ORPHAN = 5
"""Looks at the tree after which a process that was in none is not the target's."""

REPORT_PATIENCE = 5.0
"""Seconds for the keeper to report a child of its own that is known to have ended."""


@dataclass(frozen=True)
class Ending:
    """How a process ended: exit status, or the signal that killed it (wait(2))."""

    status: int | None
    signal: int | None

    @classmethod
    def of(cls, wait_status: int) -> "Ending":
        """Decode a status of wait(2)."""
        if os.WIFSIGNALED(wait_status):
            return cls(None, os.WTERMSIG(wait_status))
        return cls(os.waitstatus_to_exitcode(wait_status), None)

    def __str__(self) -> str:
        if self.signal is not None:
            return f"killed by {signal_name(self.signal)}"
        return f"exited with status {self.status}"


def signal_name(number: int) -> str:
    """Return the name of a signal for a report."""
    try:
        return signal.Signals(number).name
    except ValueError:
        # Real-time signals have no names of their own (signal(7)).
        return f"signal {number}"


class Gate(Protocol):
    """Where a target's system calls may stop; see `faults.gate`."""

    @property
    def program(self) -> bytes:
        """The filter that selects the calls that stop."""

    def open(self, listener: int) -> None:
        """Let calls through from now on; `listener` is where they are read.

        Where that fails, `listener` is still the caller's.
        """

    def passages(self) -> int | None:
        """Return how many calls have come so far, None while one is on its way through."""


class Held:
    """A command that we started and hold. It is ended with `stop`."""

    def __init__(self, command: Command, kept: Kept) -> None:
        self.command = command
        self._kept = kept
        # The command cannot be gone: until the keeper reaps it, it is at least a zombie.
        self.root = processes.identify(kept.pid) or Identity(kept.pid, 0)
        self.passages: Callable[[], int | None] = lambda: 0
        """How many calls have come to the gate, None while one passes it; 0 without a gate."""
        self.pace = Pace()
        self._restarted = RestartedCalls()
        self.witness: Callable[[int], bool] | None = None
        """Returns whether a process has an interval timer set; None where nothing has seen that."""
        self.may_be_witnessed = False
        """Whether it could be started again so that its timers are seen being set."""

    def open_gate(self, gate: Gate | None) -> None:
        """Let its calls through at its gate, if it has one. It must be stopped where that fails."""
        listener = self._kept.gate
        if gate is None or listener is None:
            return
        try:
            gate.open(listener)
        except BaseException:
            os.close(listener)
            raise
        self.passages = gate.passages

    # The process tree.

    def poll(self) -> None:
        """Record what the keeper reports about children that ended."""
        self._kept.poll()

    def tree(self) -> tuple[Process, ...]:
        """Return every process of the target, including orphans and the zombies it owes a wait.

        A zombie that is a child of the keeper is the target's first process or an orphan: reaping
        it is the keeper's work, so it is no longer counted.
        """
        ours = self._kept.ours
        return tuple(
            process
            for process in processes.below(self._kept.keeper_pid)
            if process.identity.pid not in ours
            and not (process.is_zombie and process.parent in ours)
        )

    def look(self) -> settled.Look:
        """Return every process of the target with its threads."""
        before = self.passages()
        seen = self._restarted.named(settled.look(self.tree()))
        # A thread that stops at the gate sleeps in the call it has not begun.
        passing = before is None or before != self.passages()
        return replace(seen, passing=passing, timers=self.witness)

    def was_at_rest(self, seen: settled.Look) -> bool:
        """Look again; return whether every thread slept at one moment since the look `seen`."""
        return resting.at_rest(seen) and resting.rested(seen, self.look())

    def rests(self) -> bool:
        """Look twice; return whether every thread slept at one moment in between."""
        return self.was_at_rest(self.look())

    def ending_of(self, identity: Identity) -> Ending | None:
        """Return how a process ended, None when the keeper has not reaped it."""
        self.poll()
        has_ended = processes.has_ended(identity)
        patience = REPORT_PATIENCE if has_ended and identity == self.root else 0.0
        status = self._kept.wait_until_ended(identity.pid, patience)
        return None if status is None else Ending.of(status)

    def is_kept(self) -> bool:
        """Return whether its keeper lives: one that was ended from outside takes it with it."""
        return self._kept.is_kept()

    def is_gone(self) -> bool:
        """Return whether nothing of the target is left.

        Two looks: between the end of a parent and the adoption of its children by the keeper one
        look may find neither.
        """
        return not any(not process.is_zombie for _ in range(2) for process in self.tree())

    # Resources.

    def descriptors(self) -> set[str]:
        """Return what all its processes have open, as `/proc/PID/fd` names it."""
        return {
            name
            for process in self.tree()
            for name in processes.descriptors_of(process.identity.pid).values()
        }

    def descriptor_count(self, identity: Identity) -> int:
        """Return how many descriptors a process has open."""
        return len(processes.descriptors_of(identity.pid))

    def memory(self) -> int:
        """Return the bytes of memory that the target's processes have in use (resident, psutil)."""
        total = 0
        for process in self.tree():
            try:
                total += psutil.Process(process.identity.pid).memory_info().rss
            except psutil.Error:
                continue
        return total

    def processor_times(self) -> dict[int, tuple[int, int]]:
        """Return thread -> nanoseconds on a processor and waiting for one (sched-stats)."""
        found: dict[int, tuple[int, int]] = {}
        for process in self.tree():
            found.update(processes.processor_times(process.identity.pid))
        return found

    def connections(self) -> tuple[TcpSocket, ...]:
        """Return the target's ends of its connections with us."""
        return ()

    def output(self) -> str:
        """Return the end of what the target wrote to its output and its errors."""
        return self._kept.output()

    # Acting on it.

    def signal(
        self, identity: Identity, number: signal.Signals, thread: Thread | None = None
    ) -> bool:
        """Send a signal to one process of the target, or to a thread of it; False when it is gone.

        Raises ValueError for a process that is not below our keeper.
        """
        process = self._find(identity)
        if process is not None:
            if process.is_zombie:
                return False
            if thread is not None:
                return processes.send_to_thread(thread, identity, number)
            return processes.send_signal(identity, number)
        if processes.identify(identity.pid) == identity and identity != self.root:
            raise ValueError(f"process {identity} is not one of the target's")
        return False

    def _find(self, identity: Identity) -> Process | None:
        # While an orphan is handed over to the keeper, a look from the top may miss it.
        for _ in range(LOOKS_FOR_AN_ORPHAN):
            for process in processes.below(self._kept.keeper_pid):
                if process.identity == identity:
                    return process
        return None

    def stop(self) -> None:
        """Kill the whole tree, stopped processes included, and reap it. Idempotent."""
        self._kept.stop()
