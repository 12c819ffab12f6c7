"""The server runs out of descriptors for a while.

The limit of the running listener is lowered (prlimit(2)) to what it has open and a little more:
accept() then fails with EMFILE, without any injection, for as long as the limit lasts. Clients wait
in the accept queue, or are turned away. The listener must neither end nor use the processor for
retries, and when the limit is lifted service must resume by itself.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count, islice
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, Fault, FaultOutcome, Reading, names
from faults.server_context import NO_PROCESS, ServerContext
from target import processes
from target.processes import Process


@dataclass(frozen=True)
class ScarceDescriptors(Fault[ServerContext]):
    """Leave the listener `room` descriptors, let these clients connect, and lift the limit."""

    name: ClassVar[str] = "scarce_descriptors"
    section: ClassVar[str] = "prlimit(2)"
    summary: ClassVar[str] = "the listener runs out of descriptors for a while (RLIMIT_NOFILE)"
    brings_clients: ClassVar[bool] = True

    clients: tuple[int, ...] = field(metadata=NAMES_CLIENTS)
    room: int

    def apply(self, context: ServerContext) -> FaultOutcome:
        """Lower the limit, connect, watch the listener, and lift the limit."""
        listeners = context.listeners()
        if context.handle is None or not listeners:
            return NO_PROCESS
        if not context.wait(lambda: conditions.all_asleep(listeners)):
            return FaultOutcome.missed("the listener did not come to rest")
        with self._limited(context, listeners) as limited:
            if limited is not None:
                return limited
            opened = [client for client in self.clients if context.open(client, Reading.EAGER)]
            # A new client has woken the listener: when it sleeps again it has tried.
            context.see_it_rest()
            waiting = [client for client in opened if not context.accepted(client)]
        context.wait(lambda: conditions.all_taken(context, opened))
        away = frozenset(client for client in opened if not context.is_open(client))
        if not waiting and not away and context.handle.listener_lives():
            return FaultOutcome.missed("there were descriptors enough for all")
        kept = names(tuple(client for client in waiting if client not in away))
        return FaultOutcome.fired(f"{kept} waited, {names(tuple(sorted(away)))} turned away", away)

    @contextmanager
    def _limited(
        self, context: ServerContext, listeners: tuple[Process, ...]
    ) -> Iterator[FaultOutcome | None]:
        """Lower the limit inside the block; yields why that failed, None where it did not."""
        lowered: dict[int, int] = {}
        limits = (0, 0)
        try:
            for listener in listeners:
                pid = listener.identity.pid
                taken = processes.descriptors_of(pid).keys()
                free = (number for number in count() if number not in taken)
                limit = next(islice(free, self.room, None))
                if _polls_more_than(listener, limit - self.room):
                    # poll(2) itself fails with EINVAL above the limit: that is not what is tested.
                    yield FaultOutcome.missed(
                        "its poll names more descriptors than the limit allows"
                    )
                    return
                limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
                resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, limits[1]))
                lowered[pid] = limit
                context.mark(f"at most {self.room} more descriptors", pid)
            yield None
        except PermissionError:
            yield FaultOutcome.impossible("its limit of descriptors may not be changed")
        finally:
            # Processes forked meanwhile have inherited the limit.
            for process in context.handle.tree() if context.handle and lowered else ():
                _lift(context, process.identity.pid, frozenset(lowered.values()), limits)

    def __str__(self) -> str:
        return f"{names(self.clients)} connect while the listener has {self.room} descriptors left"


def _polls_more_than(process: Process, limit: int) -> bool:
    return any(
        thread.wait is not None
        and thread.wait.call in ("poll", "ppoll")
        and thread.wait.arguments[1] > limit
        for thread in processes.threads_of(process.identity.pid)
    )


def _lift(
    context: ServerContext, pid: int, lowered: frozenset[int], limits: tuple[int, int]
) -> None:
    with suppress(OSError):
        if resource.prlimit(pid, resource.RLIMIT_NOFILE)[0] in lowered:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
            context.mark("descriptor limit restored", pid)
