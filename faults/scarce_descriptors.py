"""The server runs out of descriptors for a while.

The limit of the running listener is lowered (prlimit(2)) to what it has open and a little more:
accept() then fails with EMFILE although nobody injects it, for as long as the limit lasts. Clients
wait in the accept queue, or are turned away. The listener must neither end nor use the processor
for asking again and again, and when the limit is lifted service must resume by itself.
"""

import resource
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from itertools import count, islice
from typing import ClassVar

from faults.fault import NO_PROCESS, Fault, Outcome, Reading, Scene, names
from target import processes
from target.processes import Process


@dataclass(frozen=True)
class ScarceDescriptors(Fault):
    """Leave the listener `room` descriptors, let these clients come, and lift the limit again."""

    name: ClassVar[str] = "scarce_descriptors"
    section: ClassVar[str] = "prlimit(2)"
    summary: ClassVar[str] = "the listener runs out of descriptors for a while (RLIMIT_NOFILE)"
    begins: ClassVar[bool] = True

    clients: tuple[int, ...]
    room: int

    def apply(self, scene: Scene) -> Outcome:
        """Lower the limit, connect, see how the listener bears it, and lift the limit."""
        listeners = scene.listeners()
        if scene.handle is None or not listeners:
            return NO_PROCESS
        with self._limited(scene, listeners) as limited:
            if not limited:
                return Outcome.impossible("its limit of descriptors may not be changed")
            opened = [client for client in self.clients if scene.open(client, Reading.EAGER)]
            # Who has just come has woken the listener: when it sleeps again it has tried.
            scene.see_it_rest()
            waiting = [client for client in opened if not scene.accepted(client)]
        scene.wait(
            lambda: all(scene.accepted(c) or not scene.is_open(c) for c in opened),
            "those who waited to be accepted",
        )
        away = frozenset(client for client in opened if not scene.is_open(client))
        if not waiting and not away and scene.handle.listener_lives():
            return Outcome.missed("there were descriptors enough for all")
        kept = names(tuple(client for client in waiting if client not in away))
        return Outcome.fired(f"{kept} waited, {names(tuple(sorted(away)))} turned away", away)

    @contextmanager
    def _limited(self, scene: Scene, listeners: tuple[Process, ...]) -> Iterator[bool]:
        before: dict[int, tuple[int, int]] = {}
        try:
            for listener in listeners:
                pid = listener.identity.pid
                taken = processes.descriptors_of(pid).keys()
                free = (number for number in count() if number not in taken)
                limit = next(islice(free, self.room, None))
                with suppress(OSError):
                    before[pid] = resource.prlimit(pid, resource.RLIMIT_NOFILE)
                    resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, before[pid][1]))
                    scene.mark(f"at most {self.room} more descriptors", pid)
            yield len(before) == len(listeners)
        finally:
            for pid, limits in before.items():
                scene.mark("descriptors again", pid)
                with suppress(OSError):
                    resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)

    def __str__(self) -> str:
        return f"{names(self.clients)} connect while the listener has {self.room} descriptors left"
