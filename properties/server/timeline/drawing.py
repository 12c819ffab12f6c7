"""Builds the rows of a server's timeline: which process serves a client, where a fork shows."""

from collections.abc import Sequence

from properties.model.events import Event, Injected, Marked
from properties.model.ladder import Life, RowBuilder
from properties.server.events import ListenerEnded, Opened, Stalled
from properties.server.process_events import ProcessAppeared
from properties.server.timeline.participants import Participants


class ServerRowBuilder(RowBuilder):
    """The rows so far, and the participants. A flow is a client and whether it is echo."""

    def __init__(self, events: Sequence[Event], participants: Participants) -> None:
        super().__init__(events, len(participants.columns))
        self.participants = participants
        self.forks_at_connect = _forks_at_connect(events, participants)
        self._drawn: set[int] = set()
        appeared = {e.pid for e in events if isinstance(e, ProcessAppeared)}
        for pid, column in participants.processes.items():
            if pid not in appeared:
                self.live(column, Life.ALIVE)
        self.live(participants.server, Life.ALIVE)

    def live(self, column: int, life: Life) -> None:
        """Draw a lifeline in this way from now on."""
        super().live(column, life)
        self._drawn.add(column)

    def server_of(self, client: int) -> int:
        """Return the column that a client talks to: until its worker is there, the listener's."""
        column = self.participants.server_of(client)
        return column if column in self._drawn else self.participants.server


_IN_BETWEEN = (Marked, Stalled, Injected, ListenerEnded)
"""Events that, between a connection and the first look at its worker, may have delayed it."""


def _forks_at_connect(events: Sequence[Event], participants: Participants) -> dict[int, int]:
    """Return client -> column of its worker, where the fork may be drawn beside the connection."""
    opened = {e.client: place for place, e in enumerate(events) if isinstance(e, Opened)}
    appeared = {e.pid: place for place, e in enumerate(events) if isinstance(e, ProcessAppeared)}
    listener = participants.listener
    forks = {}
    for client in participants.clients:
        pid = participants.workers.get(client, 0)
        first, last = opened.get(client), appeared.get(pid)
        if first is None or last is None or last < first or pid not in participants.processes:
            continue
        seen = events[last]
        made = isinstance(seen, ProcessAppeared) and seen.parent == listener
        if made and not any(isinstance(e, _IN_BETWEEN) for e in events[first:last]):
            forks[client] = participants.processes[pid]
    return forks
