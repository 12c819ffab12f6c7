"""Keeps all clients silent on purpose, until the server's timers have run out.

A server that sleeps without a timeout cannot cut off a client: the silence is over at once. Where a
thread waits for one of the clients with a timeout that ends within the patience, all clients stay
silent until that call has ended, and the one after it. What becomes of the clients is recorded, and
nothing is concluded from the time it took: where a timer is not seen, a time-out is not found, and
no violation is reported.

So a time-out shorter than the patience is found where it is the timeout of the call that waits for
the client. One that is counted in shorter ticks is not, beyond the second tick.

The same is done where clients do not read what they are owed (`outlast`), as some servers give such
a client up, or drop what is left once it has half-closed.
"""

import time
from collections.abc import Container

from properties.model.history import History
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.events import Silenced
from properties.server.instance import ServerInstance
from target.handle import Handle
from target.sockets import Endpoint
from target.timers import timers

ENDS = 2
"""Times that each timed call must end. A loop that compares clocks when its call ends may find that
the time is not quite over, and cut the client off the next time."""

MOST_WORDS = 4
"""Timers that are recorded: a loop may have another timeout each time."""


def keep(server: ServerInstance, io_loop: ClientIoLoop, history: History) -> None:
    """Wait until the timers have run out, or the patience has, and record it.

    A server whose timers have run out once and cut off no client is not waited for again.
    """
    clients = tuple(number for number, client in io_loop.clients.items() if client.is_open)
    if server.handle is None or server.timers_ran_out or not clients:
        return
    silence = _Timers(
        server.handle, [io_loop.clients[n].endpoint for n in clients], io_loop.patience
    )
    began = history.now()
    conclusion = io_loop.wait(silence.is_over)
    # What the last timer has done to a client has arrived by now: read it.
    io_loop.turn(0)
    server.timers_ran_out = bool(silence.words)
    now, words = history.now(), tuple(silence.words)[:MOST_WORDS]
    history.add(Silenced(now, clients, now - began, words, conclusion))


def last(io_loop: ClientIoLoop, seconds: float) -> None:
    """Do nothing for so long, or until the server has ended all clients."""
    until = time.monotonic() + seconds
    while (left := until - time.monotonic()) > 0 and any(
        client.is_open for client in io_loop.clients.values()
    ):
        io_loop.turn(left)


def outlast(server: ServerInstance, io_loop: ClientIoLoop) -> None:
    """Wait until the timers have run out, while clients do not read what is owed.

    Otherwise whether a server gives up such a client would depend on how long others have taken.
    A timer that has run out and ended no client of this server is not waited for again.
    """
    if server.handle is None:
        return
    clients = [client for client in io_loop.clients.values() if client.is_live]
    ends = [client.endpoint for client in clients]
    timers_left = _Timers(server.handle, ends, io_loop.patience, server.outlasted)
    io_loop.wait(timers_left.is_over)
    io_loop.turn(0)
    if all(client.is_live for client in clients):
        server.outlasted.update(timers_left.words)


class _Timers:
    """The timers of one silence. `words` says which were seen."""

    def __init__(
        self, handle: Handle, clients: list[Endpoint], longest: float, known: Container[str] = ()
    ) -> None:
        ends = (handle.connection(client) for client in clients)
        self._inodes = {end.inode for end in ends if end is not None}
        self._handle = handle
        self._longest = longest
        self._known = known
        self._switches: dict[int, int] = {}
        self._ended: dict[int, int] = {}
        self.words: dict[str, None] = {}

    def is_over(self) -> bool:
        """Look once; return whether no timer is left that has to run out."""
        seen = self._handle.look()
        if not self._handle.was_at_rest(seen):
            return False
        found = (t for t in timers(seen, self._inodes) if t.seconds <= self._longest)
        running = [timer for timer in found if str(timer) not in self._known]
        for timer in running:
            self.words.setdefault(str(timer))
            before = self._switches.get(timer.tid, timer.switches)
            self._ended[timer.tid] = self._ended.get(timer.tid, 0) + (before != timer.switches)
            self._switches[timer.tid] = timer.switches
        return all(self._ended[timer.tid] >= ENDS for timer in running)
