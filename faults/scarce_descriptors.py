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

from faults import moments
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
        if not scene.wait(lambda: moments.all_asleep(listeners), "the listener to rest"):
            return Outcome.missed("the listener did not come to rest")
        with self._limited(scene, listeners) as limited:
            if limited is not None:
                return limited
            opened = [client for client in self.clients if scene.open(client, Reading.EAGER)]
            # Who has just come has woken the listener: when it sleeps again it has tried.
            scene.see_it_rest()
            waiting = [client for client in opened if not scene.accepted(client)]
        scene.wait(lambda: moments.all_taken(scene, opened), "those who waited to be accepted")
        away = frozenset(client for client in opened if not scene.is_open(client))
        if not waiting and not away and scene.handle.listener_lives():
            return Outcome.missed("there were descriptors enough for all")
        kept = names(tuple(client for client in waiting if client not in away))
        return Outcome.fired(f"{kept} waited, {names(tuple(sorted(away)))} turned away", away)

    @contextmanager
    def _limited(self, scene: Scene, listeners: tuple[Process, ...]) -> Iterator[Outcome | None]:
        """Lower the limit inside the block; yields why it could not be done, None where it was."""
        lowered: dict[int, int] = {}
        limits = (0, 0)
        try:
            for listener in listeners:
                pid = listener.identity.pid
                taken = processes.descriptors_of(pid).keys()
                free = (number for number in count() if number not in taken)
                limit = next(islice(free, self.room, None))
                if _polls_more_than(listener, limit - self.room):
                    # poll(2) itself fails with EINVAL above the limit: that is not what is asked.
                    yield Outcome.missed("its poll names more descriptors than the limit allows")
                    return
                limits = resource.prlimit(pid, resource.RLIMIT_NOFILE)
                resource.prlimit(pid, resource.RLIMIT_NOFILE, (limit, limits[1]))
                lowered[pid] = limit
                scene.mark(f"at most {self.room} more descriptors", pid)
            yield None
        except PermissionError:
            yield Outcome.impossible("its limit of descriptors may not be changed")
        finally:
            # Who was forked meanwhile has inherited the limit.
            for process in scene.handle.tree() if scene.handle and lowered else ():
                _lift(scene, process.identity.pid, frozenset(lowered.values()), limits)

    def __str__(self) -> str:
        return f"{names(self.clients)} connect while the listener has {self.room} descriptors left"


def _polls_more_than(process: Process, limit: int) -> bool:
    return any(
        thread.wait is not None
        and thread.wait.call in ("poll", "ppoll")
        and thread.wait.arguments[1] > limit
        for thread in processes.threads_of(process.identity.pid)
    )


def _lift(scene: Scene, pid: int, lowered: frozenset[int], limits: tuple[int, int]) -> None:
    with suppress(OSError):
        if resource.prlimit(pid, resource.RLIMIT_NOFILE)[0] in lowered:
            resource.prlimit(pid, resource.RLIMIT_NOFILE, limits)
            scene.mark("descriptors again", pid)
