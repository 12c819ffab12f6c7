"""A server child is killed while it serves.

UNP 5.12: the kernel closes the child's descriptors. A child that has read everything leaves a FIN,
one with unread input leaves an RST (RFC 2525, 2.17). The parent must reap it, whatever killed it,
and no other client may notice.
"""

import enum
import signal
from dataclasses import dataclass, field
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, Fault, FaultOutcome
from faults.freezing import is_stopped
from faults.payloads import Content, Payload
from faults.server_context import NO_PROCESS, NO_WORKER, ServerContext
from target import waits
from target.handle import Handle
from target.processes import Process

UNREAD = Payload(Content.LETTERS, 64)


class KillSignal(enum.Enum):
    """How a child dies: killed, asked to end, or by a crash."""

    KILL = "KILL"
    TERM = "TERM"
    SEGV = "SEGV"

    @property
    def number(self) -> signal.Signals:
        """The signal itself."""
        return signal.Signals[f"SIG{self.value}"]


class KillMoment(enum.Enum):
    """What the child is doing when it dies."""

    IDLE = "while it is idle"
    UNREAD_INPUT = "with unread input"
    MID_ECHO = "in the middle of an echo"
    ACCEPTING = "asleep in accept()"
    """One of a pool that waits for its next client, and may hold a lock meanwhile (UNP 30.7)."""
    LOCKED = "asleep in a lock"
    """One of a pool that waits for its turn to call accept()."""


OF_A_POOL = frozenset({KillMoment.ACCEPTING, KillMoment.LOCKED})
"""The moments that only a process of a pool has."""

NO_POOL = FaultOutcome.impossible("no process below the listener was there from the start")
SPARED = "the last process of the pool is spared: nothing shows that its master makes another"


@dataclass(frozen=True)
class KillWorker(Fault[ServerContext]):
    """Kill every process that was made for one connection and holds it, or one of a pool.

    Where no process was made for the connection, but one of a pool holds it (UNP 30.6), that is
    killed, and the other clients that it serves are disturbed as well. Neither a master nor the
    last process of a pool whose master makes no other is ever killed.
    """

    name: ClassVar[str] = "killed_children"
    section: ClassVar[str] = "UNP 5.12"
    summary: ClassVar[str] = "a worker is killed while idle, with unread input, or in mid-echo"

    client: int = field(metadata=NAMES_CLIENTS)
    signal: KillSignal
    moment: KillMoment

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Wait for the moment, kill, and wait until the worker has ended."""
        if context.handle is None:
            return NO_PROCESS
        if not context.is_open(self.client) or not conditions.wait_until_served(
            context, self.client
        ):
            return conditions.not_accepted(context, self.client)
        if self.moment in OF_A_POOL:
            return self._kill_one_that_waits(context, context.handle)
        if workers := context.workers(self.client):
            return self._kill_at_the_moment(context, context.handle, workers)
        workers = conditions.of_a_pool(context, self.client)
        if not workers:
            return NO_WORKER
        if not context.can_spare(workers):
            return FaultOutcome.missed(SPARED)
        return self._kill_at_the_moment(context, context.handle, workers, of_a_pool=True)

    def _kill_at_the_moment(
        self,
        context: ServerContext,
        handle: Handle,
        workers: tuple[Process, ...],
        *,
        of_a_pool: bool = False,
    ) -> FaultOutcome:
        disturbed = frozenset({self.client})
        try:
            if not self._await_moment(context, handle, workers):
                return FaultOutcome.missed(
                    f"no worker of c{self.client} was found {self.moment.value}"
                )
            if of_a_pool:
                # It takes no more clients while we ask whom it serves.
                _stop(context, handle, workers)
                disturbed |= context.served_by(workers)
            self._send(context, handle, workers)
        finally:
            _continue(handle, workers)
        return self._ended(context, workers, f"of c{self.client} ", disturbed)

    def _kill_one_that_waits(self, context: ServerContext, handle: Handle) -> FaultOutcome:
        if not context.pool():
            return NO_POOL
        context.wait(
            lambda: bool(self._waiting(context)) or conditions.all_asleep(context.pool()),
        )
        workers = self._waiting(context)[:1]
        if not workers:
            return FaultOutcome.missed(f"no process of the pool was found {self.moment.value}")
        if not context.can_spare(workers):
            return FaultOutcome.missed(SPARED)
        try:
            _stop(context, handle, workers)
            disturbed = context.served_by(workers)
            self._send(context, handle, workers)
        finally:
            _continue(handle, workers)
        return self._ended(context, workers, "", disturbed)

    def _waiting(self, context: ServerContext) -> tuple[Process, ...]:
        """Return the processes of the pool that sleep in these calls.

        One whose threads all sleep in a lock waits for its turn where another is in accept().
        """
        calls = {process: conditions.calls_of(process) for process in context.pool()}
        if not any(found & waits.ACCEPTING for found in calls.values()):
            return ()
        if self.moment is KillMoment.ACCEPTING:
            return tuple(process for process, found in calls.items() if found & waits.ACCEPTING)
        return tuple(p for p, found in calls.items() if found and found <= waits.LOCKING)

    def _send(self, context: ServerContext, handle: Handle, workers: tuple[Process, ...]) -> None:
        for worker in workers:
            context.mark(f"SIG{self.signal.value}", worker.identity.pid)
            handle.signal(worker.identity, self.signal.number)

    def _ended(
        self,
        context: ServerContext,
        workers: tuple[Process, ...],
        whose: str,
        disturbed: frozenset[int],
    ) -> FaultOutcome:
        if not context.wait(lambda: all(conditions.has_ended(w.identity) for w in workers)):
            return FaultOutcome.missed(f"SIG{self.signal.value} did not end the worker", disturbed)
        pids = ", ".join(str(worker.identity) for worker in workers)
        return FaultOutcome.fired(f"worker {pids} {whose}killed", disturbed)

    def undo(self, context: ServerContext) -> None:
        """Continue a worker that was stopped and then not killed."""
        if context.handle is not None:
            for worker in context.workers(self.client) if context.is_open(self.client) else ():
                context.handle.signal(worker.identity, signal.SIGCONT)

    def _await_moment(
        self, context: ServerContext, handle: Handle, workers: tuple[Process, ...]
    ) -> bool:
        match self.moment:
            case KillMoment.IDLE:
                return context.wait(lambda: conditions.is_done(context, self.client))
            case KillMoment.UNREAD_INPUT:
                _stop(context, handle, workers)
                context.send(self.client, UNREAD)
                return context.wait(lambda: conditions.has_unread_input(context, self.client))
            case _:
                return conditions.block_in_write(context, self.client, conditions.TOO_MUCH)

    def __str__(self) -> str:
        if self.moment in OF_A_POOL:
            return f"kill a process of the pool {self.moment.value} (SIG{self.signal.value})"
        return f"kill the worker of c{self.client} {self.moment.value} (SIG{self.signal.value})"


def _stop(context: ServerContext, handle: Handle, workers: tuple[Process, ...]) -> None:
    for worker in workers:
        handle.signal(worker.identity, signal.SIGSTOP)
    context.wait(lambda: all(is_stopped(worker.identity) for worker in workers))


def _continue(handle: Handle, workers: tuple[Process, ...]) -> None:
    # A stopped process takes the signal before it runs anything else.
    for worker in workers:
        handle.signal(worker.identity, signal.SIGCONT)
