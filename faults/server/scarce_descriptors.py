"""The server runs out of descriptors for a while.

The limit of the running listener is lowered (prlimit(2)) to what it has open and a little more:
accept() then fails with EMFILE, without any injection, for as long as the limit lasts. Clients wait
in the accept queue, or are turned away. The listener must neither end nor use the processor for
retries, and when the limit is lifted service must resume by itself.

poll(2) fails with EINVAL where it is given more descriptors than the limit, which is not what is
tested. Where a listener polls so many (a table of fixed size, mostly empty), its descriptors are
filled first, by further clients that do nothing, until the limit need not be lower than that.

A call of accept() that waited when the limit was lowered had reserved its descriptor before: it
takes one client, and the call after it fails.
"""

import errno
import os
import resource
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count, islice
from typing import ClassVar

from faults import conditions
from faults.fault import NAMES_CLIENTS, Fault, FaultOutcome, Reading, names
from faults.server_context import NO_PROCESS, ServerContext
from target import processes, waits
from target.handle import Handle
from target.processes import Process, Thread

NO_DESCRIPTOR = os.strerror(errno.EMFILE)

NOT_AT_REST = FaultOutcome.missed("the listener did not come to rest")


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
        if refusal := self._fill(context, listeners):
            return refusal
        shortage = Shortage(context.handle, listeners)
        with self._limited(context, listeners) as limited:
            if limited is not None:
                return limited
            opened = [client for client in self.clients if context.open(client, Reading.EAGER)]
            # A new client has woken the listener: when it sleeps again it has tried.
            context.see_it_rest()
            waiting = [client for client in opened if not context.accepted(client)]
            has_failed, awake = shortage.was_met(), shortage.keeps_awake()
        context.wait(lambda: conditions.all_taken(context, opened))
        # What slept before, not during the shortage, and sleeps again, calls accept in vain.
        has_failed |= awake and context.wait(lambda: conditions.all_asleep(listeners))
        away = frozenset(client for client in opened if not context.is_open(client))
        if not waiting and not away and not has_failed and context.handle.listener_lives():
            return FaultOutcome.missed("there were descriptors enough for all")
        if not waiting and not away:
            return FaultOutcome.fired("all were accepted, and the next accept had no descriptor")
        kept = names(tuple(client for client in waiting if client not in away))
        return FaultOutcome.fired(f"{kept} waited, {names(tuple(sorted(away)))} turned away", away)

    def _fill(self, context: ServerContext, listeners: tuple[Process, ...]) -> FaultOutcome | None:
        """Fill the descriptors as far as necessary; return why that failed, None where not."""
        if not context.wait(lambda: conditions.all_asleep(listeners)):
            return NOT_AT_REST
        missing = max(_missing(listener, self.room) for listener in listeners)
        if missing and not context.crowd(missing):
            return FaultOutcome.impossible(
                f"its poll names so many descriptors that {missing} more clients are needed to "
                "fill them: not so many can connect, or may (--max-connections, --max-rate)"
            )
        return None if context.wait(lambda: conditions.all_asleep(listeners)) else NOT_AT_REST

    def undo(self, context: ServerContext) -> None:
        """Let the clients go that only filled descriptors."""
        context.disperse()

    @contextmanager
    def _limited(
        self, context: ServerContext, listeners: tuple[Process, ...]
    ) -> Iterator[FaultOutcome | None]:
        """Lower the limit inside the block; yields why that failed, None where it did not."""
        lowered: dict[int, _Lowered] = {}
        try:
            for listener in listeners:
                pid = listener.identity.pid
                limit = next(islice(_free(pid), self.room, None))
                if _polled(listener) > limit - self.room:
                    yield FaultOutcome.impossible(
                        "its poll names more descriptors than any limit that they exceed"
                    )
                    return
                before = resource.prlimit(pid, resource.RLIMIT_NOFILE)
                resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, before[1]))
                lowered[pid] = _Lowered(limit, before)
                context.mark(f"at most {self.room} more descriptors", pid)
            yield None
        except PermissionError:
            yield FaultOutcome.impossible("its limit of descriptors may not be changed")
        finally:
            _lift_all(context, lowered)

    def __str__(self) -> str:
        return f"{names(self.clients)} connect while the listener has {self.room} descriptors left"


class Shortage:
    """Whether an accept of a listener failed: its words say so, or it waits for no client now."""

    def __init__(self, handle: Handle, listeners: tuple[Process, ...]) -> None:
        self._handle = handle
        self._said = handle.output().count(NO_DESCRIPTOR)
        self._accepting = {
            thread.tid: thread.pid
            for process in listeners
            for thread in processes.threads_of(process.identity.pid)
            if thread.wait is not None and thread.wait.call in waits.ACCEPTING
        }

    def was_met(self) -> bool:
        """Look once, while the listeners are at rest."""
        if self._handle.output().count(NO_DESCRIPTOR) > self._said:
            return True
        now = self._now()
        return any(tid not in now or _paused(now[tid]) for tid in self._accepting)

    def keeps_awake(self) -> bool:
        """Look once, after the wait for rest: whether one that slept in accept does not sleep."""
        now = self._now()
        return any(tid in now and now[tid].state == "R" for tid in self._accepting)

    def _now(self) -> dict[int, Thread]:
        return {t.tid: t for pid in self._accepting.values() for t in processes.threads_of(pid)}


def _paused(thread: Thread) -> bool:
    """Return whether a thread that has accepted a client serves none and waits for none."""
    return (
        thread.wait is not None
        and thread.wait.call not in {*waits.ON_A_DESCRIPTOR, *waits.MULTIPLEXING}
        # One that waits for its worker has accepted one client, and nothing has failed.
        and thread.wait.call not in waits.WAITING_FOR_A_CHILD
    )


def _free(pid: int) -> Iterator[int]:
    """Return the free descriptors of a process, the lowest first."""
    taken = processes.descriptors_of(pid).keys()
    return (number for number in count() if number not in taken)


def _polled(process: Process) -> int:
    """Return how many descriptors a poll of this process names, the most of all its threads."""
    return max(
        (
            thread.wait.arguments[1]
            for thread in processes.threads_of(process.identity.pid)
            if thread.wait is not None and thread.wait.call in ("poll", "ppoll")
        ),
        default=0,
    )


def _missing(process: Process, room: int) -> int:
    """Return how many descriptors must be taken before the limit need not be below a poll.

    A poll may name each of them as well, or have a table with room for them.
    """
    polled, pid = _polled(process), process.identity.pid
    # As in `_limited`: of the limit, `room` is left to be polled as well.
    limits = [free - room for free in islice(_free(pid), room, room + polled + 1)]
    grows = (more for more, limit in enumerate(limits) if limit >= polled + more)
    stays = (more for more, limit in enumerate(limits) if limit >= polled)
    return next(grows, next(stays, 0))


@dataclass(frozen=True)
class _Lowered:
    """The limit that was set, and both limits from before, as prlimit(2) has them."""

    limit: int
    before: tuple[int, int]


def _lift_all(context: ServerContext, lowered: Mapping[int, _Lowered]) -> None:
    """Give each process its own limits back; one forked meanwhile has inherited its parent's."""
    tree = context.handle.tree() if context.handle and lowered else ()
    parents = {process.identity.pid: process.parent for process in tree}
    # Whose parent has ended is a child of another: only the limit tells whence it came.
    orphaned = {one.limit: one for one in lowered.values()}
    for pid in parents:
        with suppress(OSError):
            limit = resource.prlimit(pid, resource.RLIMIT_NOFILE)[0]
            was = _of_ancestor(pid, parents, lowered) or orphaned.get(limit)
            if was is not None and limit == was.limit:
                resource.prlimit(pid, resource.RLIMIT_NOFILE, was.before)
                context.mark("descriptor limit restored", pid)


def _of_ancestor(
    pid: int, parents: Mapping[int, int], lowered: Mapping[int, _Lowered]
) -> _Lowered | None:
    """Return what was done to this process, or to the nearest of those that it descends from."""
    while pid in parents and pid not in lowered:
        pid = parents[pid]
    return lowered.get(pid)
