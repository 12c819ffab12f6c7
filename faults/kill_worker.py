"""A server child is killed while it serves.

UNP 5.12: the kernel closes the child's descriptors. A child that has read everything leaves a FIN,
one with unread input leaves an RST (RFC 2525, 2.17). The parent must reap it, whatever killed it,
and nobody else may notice.
"""

import enum
import signal
from dataclasses import dataclass
from typing import ClassVar

from faults import moments
from faults.fault import NO_PROCESS, NO_WORKER, Fault, Outcome, Scene
from faults.freezing import is_stopped
from faults.payloads import Content, Payload
from target.handle import Handle
from target.processes import Process

UNREAD = Payload(Content.LETTERS, 64)


class KillSignal(enum.Enum):
    """How a child dies: by hand, politely, by its own fault."""

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
class KillWorker(Fault):
    """Kill every process that was made for one connection and holds it."""

    name: ClassVar[str] = "killed_children"
    section: ClassVar[str] = "UNP 5.12"
    summary: ClassVar[str] = "a worker is killed while idle, with unread input, or in mid-echo"

    client: int
    signal: KillSignal
    moment: KillMoment

    def apply(self, scene: Scene) -> Outcome:
        """Wait for the moment, kill, and wait until the worker has ended."""
        if scene.handle is None:
            return NO_PROCESS
        if not scene.is_open(self.client) or not moments.wait_until_served(scene, self.client):
            return Outcome.missed(f"c{self.client} was not connected")
        workers = scene.workers(self.client)
        if not workers:
            return NO_WORKER
        try:
            if not self._await_moment(scene, scene.handle, workers):
                return Outcome.missed(f"no worker of c{self.client} was found {self.moment.value}")
            for worker in workers:
                scene.mark(f"SIG{self.signal.value}", worker.identity.pid)
                scene.handle.signal(worker.identity, self.signal.number)
        finally:
            # A stopped process takes the signal before it runs anything else.
            for worker in workers:
                scene.handle.signal(worker.identity, signal.SIGCONT)
        held = frozenset({self.client})
        if not scene.wait(
            lambda: all(moments.has_ended(w.identity) for w in workers), "the worker to die"
        ):
            return Outcome.missed(f"SIG{self.signal.value} did not end the worker", held)
        pids = ", ".join(str(worker.identity) for worker in workers)
        return Outcome.fired(f"worker {pids} of c{self.client} killed", held)

    def undo(self, scene: Scene) -> None:
        """Continue a worker that was stopped and then not killed."""
        if scene.handle is not None:
            for worker in scene.workers(self.client) if scene.is_open(self.client) else ():
                scene.handle.signal(worker.identity, signal.SIGCONT)

    def _await_moment(self, scene: Scene, handle: Handle, workers: tuple[Process, ...]) -> bool:
        match self.moment:
            case KillMoment.IDLE:
                return scene.wait(lambda: moments.is_idle(scene, self.client), "an idle worker")
            case KillMoment.UNREAD_INPUT:
                for worker in workers:
                    handle.signal(worker.identity, signal.SIGSTOP)
                scene.wait(
                    lambda: all(is_stopped(worker.identity) for worker in workers),
                    "the worker to stop",
                )
                scene.send(self.client, UNREAD)
                return scene.wait(
                    lambda: moments.has_unread_input(scene, self.client), "unread input"
                )
            case KillMoment.MID_ECHO:
                return moments.block_in_write(scene, self.client, moments.TOO_MUCH)

    def __str__(self) -> str:
        return f"kill the worker of c{self.client} {self.moment.value} (SIG{self.signal.value})"
