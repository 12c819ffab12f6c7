"""Connections are reset while they wait in the accept queue.

UNP 5.11: the handshake completes, the client resets, and only then does the server call accept. On
Linux accept still returns such a connection; the first read gives ECONNRESET and getpeername
ENOTCONN. The good connections around it must be served as if nothing had happened.
"""

import enum
from dataclasses import dataclass, field
from typing import ClassVar

from faults.fault import NAMES_CLIENTS, Fault, FaultOutcome, Reading, names
from faults.freezing import frozen_listener
from faults.payloads import A_WORD
from faults.server_context import NO_PROCESS, ServerContext
from target.handle import Handle


class Order(enum.Enum):
    """Where in the queue the aborted connections stand."""

    BEFORE = "before"
    AFTER = "after"
    AMONG = "among"


@dataclass(frozen=True)
class AbortPending(Fault[ServerContext]):
    """Reset `aborted` in the accept queue of a frozen listener, with `good` ones around them."""

    name: ClassVar[str] = "aborted_connections"
    section: ClassVar[str] = "UNP 5.11"
    brings_clients: ClassVar[bool] = True
    summary: ClassVar[str] = "connections are reset while they wait in the accept queue"

    aborted: tuple[int, ...] = field(metadata=NAMES_CLIENTS)
    good: tuple[int, ...] = field(metadata=NAMES_CLIENTS)
    order: Order
    with_data: bool

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Open all while the listener is frozen, reset the aborted ones, then let it accept."""
        if context.handle is None:
            return NO_PROCESS
        queue = tuple(client for client in self._queue() if context.may_open(client))
        done: list[int] = []
        with frozen_listener(context, context.handle) as stopped:
            if stopped:
                done = self._abort(context, context.handle, queue)
        disturbed = frozenset(done)
        if not done:
            return FaultOutcome.missed("no connection could be reset in the accept queue")
        return FaultOutcome.fired(f"{len(done)} reset in the accept queue", disturbed)

    def _queue(self) -> tuple[int, ...]:
        match self.order:
            case Order.BEFORE:
                return self.aborted + self.good
            case Order.AFTER:
                return self.good + self.aborted
            case Order.AMONG:
                half = len(self.good) // 2
                return self.good[:half] + self.aborted + self.good[half:]

    def _abort(self, context: ServerContext, handle: Handle, queue: tuple[int, ...]) -> list[int]:
        found = handle.listening_socket()
        room = max(0, found.send_queue - found.receive_queue) if found else 0
        waiting = [c for c in queue[:room] if context.open(c, Reading.EAGER)]
        for client in waiting:
            if self.with_data or client in self.good:
                context.send(client, A_WORD)
        pending = [
            client for client in waiting if client in self.aborted and not context.accepted(client)
        ]
        ends = [context.endpoint(client) for client in pending]
        for client in pending:
            context.reset(client)
        gone = context.wait(lambda: all(handle.connection(end) is None for end in ends))
        return pending if gone else []

    def __str__(self) -> str:
        data = " after one word each" if self.with_data else ""
        good = f", {self.order.value} {names(self.good)}" if self.good else ""
        return f"reset {names(self.aborted)} in the accept queue{data}{good}"
