"""What was seen of the server's processes while a workload went on: events for the timeline.

They come from looks that are taken anyway, so a process may have appeared or ended some time before
it was seen to. Of the invariants only `prompt_service` reads them: whom the server waited for.
"""

from dataclasses import dataclass

from properties.model.events import Event
from properties.server.events import SeenProcess
from target.processes import Process
from target.settled import Look


@dataclass(frozen=True)
class ServerFound(Event):
    """The server when the history began: the process that listens, and the others."""

    listener: int
    others: tuple[int, ...] = ()


@dataclass(frozen=True)
class ProcessAppeared(Event):
    """A process of the server was seen for the first time; it may have been there for a while."""

    pid: int
    parent: int
    name: str


@dataclass(frozen=True)
class Serving(Event):
    """A process was seen to hold the server's end of a client's connection."""

    client: int
    pid: int


@dataclass(frozen=True)
class ProcessEnded(Event):
    """A process of the server was seen to have ended.

    `is_zombie`: its parent had not waited for it yet. `ending` says how where that is known and is
    not the ordinary way: "killed by SIGKILL", "exited with status 1".
    """

    pid: int
    ending: str
    is_zombie: bool


@dataclass(frozen=True)
class ZombieReaped(Event):
    """A process that had been seen as a zombie was there no longer."""

    pid: int


@dataclass(frozen=True)
class Waiting(Event):
    """The calls that the server's processes were in at the end of a wait in vain."""

    processes: tuple[SeenProcess, ...]


def seen_process(process: Process, look: Look) -> SeenProcess:
    """Return what a look shows of a process, for a history."""
    calls = {
        str(thread.wait)
        for thread in look.threads
        if thread.pid == process.identity.pid and thread.wait is not None
    }
    return SeenProcess(
        process.identity.pid, process.parent, process.name, process.state, tuple(sorted(calls))
    )
