"""The handle of a server that we started: see it, signal it, stop it.

A handle starts any command under a keeper, waits until it listens WITHOUT connecting (a probe would
be served as the first client), and knows its process tree, its sockets, its descriptors, its
processor time and memory, and the end of its output.
"""

import os
import signal
from collections.abc import Iterable
from dataclasses import dataclass

import psutil

from target import processes, settled, sockets
from target.command import Command
from target.keeping import Kept
from target.processes import Identity, Process
from target.sockets import Endpoint, TcpSocket

LOOKS_FOR_AN_ORPHAN = 5
"""Looks at the tree after which a process that was in none is taken for somebody else's."""

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
            return f"killed by {_signal_name(self.signal)}"
        return f"exited with status {self.status}"


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        # Real-time signals have no names of their own (signal(7)).
        return f"signal {number}"


class Handle:
    """A server that we started and hold. Make one with `start`, end it with `stop`."""

    def __init__(self, command: Command, kept: Kept, host: str, port: int) -> None:
        self.command = command
        self.host = host
        self.endpoint = Endpoint(sockets.reachable(host), port)
        self._kept = kept
        # The command cannot be gone: until the keeper reaps it, it is at least a zombie.
        self.root = processes.identify(kept.pid) or Identity(kept.pid, 0)
        self.listener = self.root
        self.listening_inode = 0

    # The process tree.

    def poll(self) -> None:
        """Take in what the keeper has reported about children that ended."""
        self._kept.poll()

    def tree(self) -> tuple[Process, ...]:
        """Return every process of the target, orphans and the zombies it owes a wait included.

        A zombie that is a child of the keeper is the target's first process or an orphan: reaping
        it is the keeper's work, so it is no longer counted.
        """
        keeper = self._kept.keeper_pid
        return tuple(
            process
            for process in processes.below(keeper)
            if not (process.is_zombie and process.parent == keeper)
        )

    def look(self) -> settled.Look:
        """Return every process of the target with its threads."""
        return settled.look(self.tree())

    def ending_of(self, identity: Identity) -> Ending | None:
        """Return how a process ended that the keeper has reaped, None when it has not."""
        self.poll()
        process = processes.look_at(identity.pid)
        has_ended = process is None or process.is_zombie or process.identity != identity
        patience = REPORT_PATIENCE if has_ended and identity == self.root else 0.0
        status = self._kept.wait_until_ended(identity.pid, patience)
        return None if status is None else Ending.of(status)

    def listener_lives(self) -> bool:
        """Tell whether the process that listened at the start is still there and no zombie."""
        process = processes.look_at(self.listener.pid)
        return process is not None and process.identity == self.listener and not process.is_zombie

    def is_gone(self) -> bool:
        """Tell whether nothing of the target is left.

        Two looks: between the end of a parent and the adoption of its children by the keeper one
        look may find neither.
        """
        return not any(not process.is_zombie for _ in range(2) for process in self.tree())

    # Sockets.

    def listening_sockets(self) -> tuple[TcpSocket, ...]:
        """Return the listening sockets that processes of the target hold."""
        held = self._descriptors()
        return tuple(found for found in sockets.listening() if f"socket:[{found.inode}]" in held)

    def _descriptors(self) -> set[str]:
        return {
            name
            for process in self.tree()
            for name in processes.descriptors_of(process.identity.pid).values()
        }

    def listening_socket(self) -> TcpSocket | None:
        """Return the target's listening socket that our connections go to, with its accept queue.

        Several may listen on the port; the one bound to the very address comes first (tcp(7)).
        """
        reached = [
            (rank, found)
            for found in self.listening_sockets()
            if (rank := sockets.how_near(found.local, self.endpoint)) is not None
        ]
        return min(reached, key=lambda pair: pair[0])[1] if reached else None

    def listeners(self) -> tuple[Process, ...]:
        """Return the processes that hold the listening socket and were there from the start."""
        holders = processes.holders_of(self.listening_inode, self.tree())
        return tuple(process for process in holders if not process.is_zombie)

    def connection(self, client: Endpoint) -> TcpSocket | None:
        """Return the server's end of the connection from `client`, None when it is gone."""
        return sockets.find(self.endpoint, client)

    def holders(self, client: Endpoint) -> tuple[Process, ...]:
        """Return the processes that have the server's end of this connection open."""
        found = self.connection(client)
        if found is None or found.inode == 0:
            return ()
        return processes.holders_of(found.inode, self.tree())

    def holds(self, process: Process, clients: Iterable[Endpoint]) -> bool:
        """Tell whether a process has the server's end of any of these connections open."""
        held = set(processes.descriptors_of(process.identity.pid).values())
        ends = (self.connection(client) for client in clients)
        return any(end is not None and f"socket:[{end.inode}]" in held for end in ends)

    def talks_inside(self) -> bool:
        """Tell whether bytes are on their way between the target's own processes, over TCP.

        A proxy and its backend may all sleep while Nagle's algorithm and a delayed acknowledgement
        hold a segment back for some 40 ms.
        """
        held = self._descriptors()
        return any(
            found.send_queue > 0
            and found.local.port != self.endpoint.port
            and f"socket:[{found.inode}]" in held
            for found in sockets.connected()
        )

    # Resources.

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

    def output(self) -> str:
        """Return the end of what the target wrote to its output and its errors."""
        return self._kept.output()

    # Acting on it.

    def signal(self, identity: Identity, number: signal.Signals) -> bool:
        """Send a signal to one process of the target; return False when it is gone.

        Raises ValueError for a process that is not below our keeper.
        """
        process = self._find(identity)
        if process is not None:
            return not process.is_zombie and processes.send_signal(identity, number)
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
        """Kill the whole tree, stopped processes included, and reap it. Twice is harmless."""
        self._kept.stop()
