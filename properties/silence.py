"""Being silent on purpose: until the server's timers have run out.

A server that sleeps without a timeout cannot cut anybody off: its silence is over at once. Where a
thread waits for one of the clients with a timeout that ends within the patience, all clients stay
silent until that call has ended, and the one after it. What becomes of the clients is recorded, and
nothing is concluded from the time it took: a timer that is not seen is a time-out that is not
found, and no accusation.

So a time-out shorter than the patience is found where it is the timeout of the call that waits for
the client. One that is counted in shorter ticks is not, beyond the second tick.
"""

from properties.events import Silenced
from properties.history import History
from properties.pump import Pump
from properties.server import Server
from target import settled
from target.handle import Handle
from target.sockets import Endpoint
from target.timers import timers

ENDS = 2
"""Times that each timed call must end. A loop that compares clocks when its call ends may find that
the time is not quite over, and cut the client off the next time."""

MOST_WORDS = 4
"""Timers that are recorded: a loop may have another timeout each time."""


def keep(server: Server, pump: Pump, history: History) -> None:
    """Wait until the timers have run out, or the patience has, and record it.

    A server whose timers have run out once and cut off nobody is not waited for again.
    """
    clients = tuple(number for number, client in pump.clients.items() if client.is_open)
    if server.handle is None or server.timers_ran_out or not clients:
        return
    watch = _Watch(server.handle, [pump.clients[n].endpoint for n in clients], pump.patience)
    began = history.now()
    conclusion = pump.wait(watch.is_over)
    # What the last timer has done to a client is there by now: take it in.
    pump.turn(0)
    server.timers_ran_out = bool(watch.words)
    now, words = history.now(), tuple(watch.words)[:MOST_WORDS]
    history.add(Silenced(now, clients, now - began, words, conclusion))


class _Watch:
    """The timers of one silence. `words` says which were seen."""

    def __init__(self, handle: Handle, clients: list[Endpoint], patience: float) -> None:
        ends = (handle.connection(client) for client in clients)
        self._inodes = {end.inode for end in ends if end is not None}
        self._handle = handle
        self._patience = patience
        self._switches: dict[int, int] = {}
        self._ended: dict[int, int] = {}
        self.words: dict[str, None] = {}

    def is_over(self) -> bool:
        """Look once; tell whether no timer is left that has to run out."""
        seen = self._handle.look()
        if not settled.at_rest(seen):
            return False
        running = [t for t in timers(seen, self._inodes) if t.seconds <= self._patience]
        for timer in running:
            self.words.setdefault(str(timer))
            before = self._switches.get(timer.tid, timer.switches)
            self._ended[timer.tid] = self._ended.get(timer.tid, 0) + (before != timer.switches)
            self._switches[timer.tid] = timer.switches
        return all(self._ended[timer.tid] >= ENDS for timer in running)
