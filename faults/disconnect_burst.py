"""Several connections end at the same time.

UNP 5.10: five FINs make five children end at about the same time, their SIGCHLDs merge because Unix
signals are not queued, and a handler that calls wait() once leaves zombies. Frozen, the listener
gets exactly one SIGCHLD for all of them; running, it may get any number.
"""

import enum
from dataclasses import dataclass
from typing import ClassVar

from faults import moments
from faults.fault import NO_PROCESS, Fault, Outcome, Scene, names
from faults.freezing import frozen_listener
from target.handle import Handle


class Manner(enum.Enum):
    """How a client ends its connection."""

    FIN = "FIN"
    RST = "RST"
    MIXED = "FIN and RST in turn"


@dataclass(frozen=True)
class DisconnectBurst(Fault):
    """All of `clients` disconnect at once, the listener running or frozen."""

    name: ClassVar[str] = "disconnect_burst"
    section: ClassVar[str] = "UNP 5.10"
    summary: ClassVar[str] = "many clients disconnect at once, by FIN, by RST or mixed"

    clients: tuple[int, ...]
    manner: Manner
    frozen: bool

    def apply(self, scene: Scene) -> Outcome:
        """End the connections; frozen, wait until their workers have ended too."""
        going = tuple(client for client in self.clients if scene.is_open(client))
        if not going:
            return Outcome.missed("none of the clients was connected")
        if not self.frozen:
            self._disconnect(scene, going)
            return Outcome.fired(f"{len(going)} connections ended", frozenset(going))
        if scene.handle is None:
            return NO_PROCESS
        return self._frozen(scene, scene.handle, going)

    def _frozen(self, scene: Scene, handle: Handle, going: tuple[int, ...]) -> Outcome:
        for client in going:
            if not moments.wait_until_served(scene, client):
                return Outcome.missed(f"c{client} was not accepted")
        workers = [p.identity for client in going for p in scene.workers(client)]
        with frozen_listener(scene, handle) as stopped:
            self._disconnect(scene, going)
            ended = scene.wait(
                lambda: all(moments.has_ended(worker) for worker in workers), "the workers to end"
            )
            if ended:
                moments.mark_ended(scene, workers)
        if not stopped:
            return Outcome.missed("the listener did not stop", frozenset(going))
        if not ended:
            return Outcome.missed("the workers did not end", frozenset(going))
        ended_things = f"{len(workers)} worker" if workers else f"{len(going)} connection"
        what = f"{ended_things}{'s' if len(workers or going) > 1 else ''} ended"
        return Outcome.fired(f"{what} while the listener was frozen", frozenset(going))

    def _disconnect(self, scene: Scene, going: tuple[int, ...]) -> None:
        for place, client in enumerate(going):
            by_reset = self.manner is Manner.RST or (self.manner is Manner.MIXED and place % 2 == 1)
            (scene.reset if by_reset else scene.close)(client)

    def __str__(self) -> str:
        how = {
            Manner.FIN: "close",
            Manner.RST: "reset",
            Manner.MIXED: "close and reset in turn",
        }[self.manner]
        when = " while the listener is frozen" if self.frozen else " at once"
        return f"{how} {names(self.clients)}{when}"
