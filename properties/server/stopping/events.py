"""What is seen of a server that is told to stop: events for its history."""

from dataclasses import dataclass

from properties.model.events import Conclusion, Event
from properties.server.events import SeenProcess


@dataclass(frozen=True)
class SignalAction:
    """Which of the signals that tell a server to stop a process catches, by their names."""

    pid: int
    name: str
    caught: tuple[str, ...]


@dataclass(frozen=True)
class ServedAtStop:
    """Which processes held a client's connection, and how many bytes had been written to it."""

    client: int
    by: tuple[int, ...]
    written: int


@dataclass(frozen=True)
class ToldToStop(Event):
    """The server was sent a signal: its processes `told`, of which `root` was the first.

    `actions` are those of all its processes, `clients` what each of them was owed.
    """

    signal: str
    root: int
    told: tuple[int, ...]
    actions: tuple[SignalAction, ...]
    clients: tuple[ServedAtStop, ...]


@dataclass(frozen=True)
class LeftProcess:
    """A process that is left after a stop, the clients that it serves, and what of the signal."""

    process: SeenProcess
    clients: tuple[int, ...] = ()
    told: bool = True
    blocks: bool = False
    pending: bool = False
    ignores: bool = False


@dataclass(frozen=True)
class StopAwaited(Event):
    """What was left of a server that had been told to stop, when it changed no more.

    `with_clients`: some were connected. `listening` are the pids that held its listening socket,
    `ending` is how the first process ended ("" while it lived), `status` and `signal` as in
    wait(2), and `said` its output since then.
    """

    with_clients: bool
    left: tuple[LeftProcess, ...]
    listening: tuple[int, ...]
    ending: str
    said: str
    conclusion: Conclusion
    evidence: str = ""
    status: int | None = None
    signal: int | None = None
