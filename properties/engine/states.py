"""What netstat and ps would have shown while a workload went on, as events and in words."""

import enum
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from properties.model.events import Event, StepBegan
from target.sockets import TcpState

SOCKETS = ("Proto", "Recv-Q", "Send-Q", "Local Address", "Foreign Address", "State", "")
PROCESSES = ("PID", "PPID", "STAT", "COMMAND", "WCHAN")
NUMBERS = frozenset({"Recv-Q", "Send-Q", "PID", "PPID"})
"""Columns that are set to the right."""


class Moment(enum.Enum):
    """When it was looked."""

    STEP = "before the step"
    STEPS_OVER = "after the steps"
    CLIENTS_GONE = "after all clients have ended"


@dataclass(frozen=True)
class SocketLine:
    """A line of netstat. Queues are in bytes, or connections where it listens.

    `client` is the number of the client that it belongs to, 0 for none.
    """

    local: str
    remote: str
    state: TcpState
    receive_queue: int
    send_queue: int
    client: int = 0


@dataclass(frozen=True)
class ProcessLine:
    """A line of ps. `calls` are what its threads sleep in."""

    pid: int
    parent: int
    name: str
    state: str
    calls: tuple[str, ...] = ()


@dataclass(frozen=True)
class States(Event):
    """The sockets of both ends, and the target's processes, at one moment."""

    moment: Moment
    sockets: tuple[SocketLine, ...]
    processes: tuple[ProcessLine, ...]


def states_in_words(events: Sequence[Event]) -> list[str]:
    """Return the lines of all moments, in their order; nothing where none was taken."""
    return list(_lines(events))


def _lines(events: Sequence[Event]) -> Iterator[str]:
    step, before = "", None
    for event in events:
        if isinstance(event, StepBegan):
            step = f"before step {event.index + 1}: {event.text}"
        elif isinstance(event, States):
            yield step if event.moment is Moment.STEP else event.moment.value
            seen = (event.sockets, event.processes)
            yield from ["  as before"] if seen == before else _tables(event)
            before = seen


def _tables(states: States) -> Iterator[str]:
    yield from _table([SOCKETS, *map(_socket, states.sockets)])
    if states.processes:
        yield from _table([PROCESSES, *map(_process, states.processes)])


def _socket(one: SocketLine) -> Sequence[str]:
    queues = (str(one.receive_queue), str(one.send_queue))
    whose = f"c{one.client}" if one.client else ""
    return ("tcp", *queues, one.local, one.remote, one.state.name, whose)


def _process(one: ProcessLine) -> Sequence[str]:
    name = f"{one.name} <defunct>" if one.state == "Z" else one.name
    return (str(one.pid), str(one.parent), one.state, name, ", ".join(one.calls))


def _table(rows: list[Sequence[str]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (
            word.rjust(width) if name in NUMBERS else word.ljust(width)
            for word, width, name in zip(row, widths, rows[0], strict=True)
        )
        yield f"  {' '.join(cells)}".rstrip()
