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


@dataclass(frozen=True)
class KillWorker(Fault[ServerContext]):
    """Kill every process that was made for one connection and holds it."""

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
            return FaultOutcome.missed(f"c{self.client} was not connected")
        workers = context.workers(self.client)
        if not workers:
            return NO_WORKER
        try:
            if not self._await_moment(context, context.handle, workers):
                return FaultOutcome.missed(
                    f"no worker of c{self.client} was found {self.moment.value}"
                )
            for worker in workers:
                context.mark(f"SIG{self.signal.value}", worker.identity.pid)
                context.handle.signal(worker.identity, self.signal.number)
        finally:
            # A stopped process takes the signal before it runs anything else.
            for worker in workers:
                context.handle.signal(worker.identity, signal.SIGCONT)
        disturbed = frozenset({self.client})
        if not context.wait(lambda: all(conditions.has_ended(w.identity) for w in workers)):
            return FaultOutcome.missed(f"SIG{self.signal.value} did not end the worker", disturbed)
        pids = ", ".join(str(worker.identity) for worker in workers)
        return FaultOutcome.fired(f"worker {pids} of c{self.client} killed", disturbed)

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
                return context.wait(lambda: conditions.is_idle(context, self.client))
            case KillMoment.UNREAD_INPUT:
                for worker in workers:
                    handle.signal(worker.identity, signal.SIGSTOP)
                context.wait(
                    lambda: all(is_stopped(worker.identity) for worker in workers),
                )
                context.send(self.client, UNREAD)
                return context.wait(lambda: conditions.has_unread_input(context, self.client))
            case KillMoment.MID_ECHO:
                return conditions.block_in_write(context, self.client, conditions.TOO_MUCH)

    def __str__(self) -> str:
        return f"kill the worker of c{self.client} {self.moment.value} (SIG{self.signal.value})"
