"""Several connections end at the same time.

UNP 5.10: five FINs make five children end at about the same time, their SIGCHLDs merge because Unix
signals are not queued, and a handler that calls wait() once leaves zombies. Frozen, the listener
gets exactly one SIGCHLD for all of them; running, it may get any number.
"""

import enum
from dataclasses import dataclass, field
from typing import ClassVar

from faults import conditions
from faults.fault import MAKES_CERTAIN, NAMES_CLIENTS, Fault, FaultOutcome, names
from faults.freezing import frozen_listener
from faults.gate.held import kill
from faults.server_context import NO_PROCESS, NO_WORKER, ServerContext
from target.handle import Handle


class Manner(enum.Enum):
    """How a client ends its connection."""

    FIN = "FIN"
    RST = "RST"
    MIXED = "FIN and RST in turn"
    KILLED_FIRST = "FIN, the first by the end of its worker (SIGKILL)"


DRAWN = (Manner.FIN, Manner.RST, Manner.MIXED)
"""Manners that are drawn as well. Workers that are killed are drawn with `killed_children`."""


@dataclass(frozen=True)
class DisconnectBurst(Fault[ServerContext]):
    """All of `clients` disconnect at once, the listener running or frozen."""

    name: ClassVar[str] = "disconnect_burst"
    section: ClassVar[str] = "UNP 5.10"
    summary: ClassVar[str] = "many clients disconnect at once, by FIN, by RST or mixed"

    clients: tuple[int, ...] = field(metadata=NAMES_CLIENTS)
    manner: Manner
    frozen: bool = field(metadata=MAKES_CERTAIN)

    def apply(self, context: ServerContext) -> FaultOutcome:
        """End the connections; frozen, wait until their workers have ended too."""
        connected = tuple(client for client in self.clients if context.is_open(client))
        if not connected:
            return self._none_connected(context)
        if self.manner is Manner.KILLED_FIRST and not context.workers(connected[0]):
            return NO_WORKER
        if not self.frozen:
            self._disconnect(context, connected)
            return FaultOutcome.fired(f"{len(connected)} connections ended", frozenset(connected))
        if context.handle is None:
            return NO_PROCESS
        return self._frozen(context, context.handle, connected)

    def _none_connected(self, context: ServerContext) -> FaultOutcome:
        if (let_go := next(filter(context.was_let_go, self.clients), None)) is not None:
            return conditions.not_connected(context, let_go)
        return FaultOutcome.missed("none of the clients was connected")

    def _frozen(
        self, context: ServerContext, handle: Handle, connected: tuple[int, ...]
    ) -> FaultOutcome:
        if not conditions.wait_until_served(context, *connected):
            waiting = (client for client in connected if not context.accepted(client))
            return conditions.not_accepted(context, next(waiting, connected[0]))
        workers = [one.identity for one in context.workers(*connected)]
        with frozen_listener(context, handle) as stopped:
            self._disconnect(context, connected)
            ended = context.wait(lambda: all(conditions.has_ended(worker) for worker in workers))
            if ended:
                conditions.mark_ended(context, workers)
        if not stopped:
            return FaultOutcome.missed("the listener did not stop", frozenset(connected))
        if not ended:
            return FaultOutcome.missed("the workers did not end", frozenset(connected))
        ended_things = f"{len(workers)} worker" if workers else f"{len(connected)} connection"
        what = f"{ended_things}{'s' if len(workers or connected) > 1 else ''} ended"
        return FaultOutcome.fired(f"{what} while the listener was frozen", frozenset(connected))

    def _disconnect(self, context: ServerContext, connected: tuple[int, ...]) -> None:
        if self.manner is Manner.KILLED_FIRST:
            kill(context, context.workers(connected[0]))
        for place, client in enumerate(connected):
            by_reset = self.manner is Manner.RST or (self.manner is Manner.MIXED and place % 2 == 1)
            (context.reset if by_reset else context.close)(client)

    def __str__(self) -> str:
        how = {
            Manner.FIN: "close",
            Manner.RST: "reset",
            Manner.MIXED: "close and reset in turn",
            Manner.KILLED_FIRST: "kill the first worker (SIGKILL) and close",
        }[self.manner]
        when = " while the listener is frozen" if self.frozen else " at once"
        return f"{how} {names(self.clients)}{when}"
