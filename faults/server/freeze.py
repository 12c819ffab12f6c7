"""A stop and nothing else: SIGSTOP, then SIGCONT.

Without any handler this makes some calls return EINTR (epoll_wait, and others in signal(7)). A
server that takes EINTR for fatal dies of it: tried by itself, so that no other fault that freezes
the listener is blamed for it.
"""

from dataclasses import dataclass
from typing import ClassVar

from faults import conditions
from faults.fault import Fault, FaultOutcome
from faults.freezing import frozen_listener
from faults.server_context import NO_PROCESS, ServerContext


@dataclass(frozen=True)
class Freeze(Fault[ServerContext]):
    """Stop the listener and continue it, while nothing else happens."""

    name: ClassVar[str] = "freeze"
    section: ClassVar[str] = "signal(7)"
    summary: ClassVar[str] = "the listener is stopped and continued (SIGSTOP, SIGCONT)"

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Stop and continue the processes that listen."""
        if context.handle is None:
            return NO_PROCESS
        # Awake it is in no call that the stop could interrupt.
        context.wait(lambda: conditions.all_asleep(context.listeners()))
        with frozen_listener(context, context.handle) as stopped:
            pass
        if not stopped:
            return FaultOutcome.missed("the listener did not stop")
        return FaultOutcome.fired("stopped and continued")

    def __str__(self) -> str:
        return "stop and continue the listener"
