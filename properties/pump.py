"""The one place that waits: all clients go on while a condition is waited for.

A wait ends when the condition holds, or when it is certain that it will not: the server is settled
and nothing is on its way (see `target.settled`). Only where that cannot be told does a wait last
for the patience. What that means depends on what the server did meanwhile: it slept, or it had the
processor for long enough, or the machine gave it too little time to tell. The last is never taken
as proof, so that a slow machine cannot make a verdict.
"""

import select
import time
from collections.abc import Callable, Iterable

from properties.client import Client
from properties.events import Conclusion
from target import settled
from target.handle import Handle
from target.settled import Look

SHORTEST_TURN = 0.001
LONGEST_TURN = 0.01
"""Seconds between two looks at the target: doubled while nothing happens. Bytes end a turn."""

PARKED = 0.4
"""Seconds for which queues must stand still before bytes held back by a closed window count as
parked: longer than the shortest retransmission and persist timers, 200 ms on Linux (tcp(7))."""

STARVED_FACTOR = 6
"""Times the patience after which a server that got no processor time is given up on."""


def no_one(seen: Look) -> None:
    """Take no notice of a look."""


class Pump:
    """Moves bytes for all clients, and waits. `notice` is told of each look at the target."""

    def __init__(
        self, handle: Handle | None, patience: float, notice: Callable[[Look], None] = no_one
    ) -> None:
        self.handle = handle
        self.patience = patience
        self.notice = notice
        self.clients: dict[int, Client] = {}
        self.evidence = ""

    def turn(self, longest: float) -> bool:
        """Let every client read and write once; return whether anything moved."""
        interested = {
            client.socket.fileno(): client
            for client in self.clients.values()
            if client.wants_to_read or client.wants_to_write
        }
        poll = select.poll()
        for descriptor, client in interested.items():
            poll.register(
                descriptor,
                (select.POLLIN if client.wants_to_read else 0)
                | (select.POLLOUT if client.wants_to_write else 0),
            )
        moved = False
        for descriptor, ready in poll.poll(longest * 1000):
            moved |= self._serve(interested[descriptor], ready)
        return moved

    def _serve(self, client: Client, ready: int) -> bool:
        moved = False
        # Reading comes first: what was queued before a reset is still to be had.
        if client.wants_to_read and ready & ~select.POLLOUT:
            moved = client.read()
        if client.wants_to_write and ready & (select.POLLOUT | select.POLLERR | select.POLLHUP):
            moved |= client.write()
        return moved

    def wait(self, condition: Callable[[], bool]) -> Conclusion:
        """Go on until the condition holds or it is certain, or likely, that it will not."""
        self.evidence = ""
        self.turn(0)
        if condition():
            return Conclusion.MET
        quiet = _Quiet(self)
        while True:
            moved = self.turn(quiet.pause)
            if condition():
                return Conclusion.MET
            if moved:
                quiet = _Quiet(self)
                continue
            conclusion = quiet.conclude()
            # What was sent just before the server settled has arrived by now: take it in first.
            if conclusion and not self.turn(0):
                if condition():
                    return Conclusion.MET
                self.evidence = quiet.evidence
                return conclusion

    def all_quiet(self) -> bool:
        """Tell whether nothing is on its way between the server and any client.

        A handshake is on its way until it ends: a SYN that was dropped is sent again (RFC 6298).
        """
        return not any(client.is_connecting for client in self.clients.values()) and not any(
            self._in_flight(client) for client in self._connected()
        )

    def holds_parked_bytes(self) -> bool:
        """Tell whether some client's bytes are held back by a closed window."""
        return any(client.unsent() > 0 for client in self._connected())

    def _connected(self) -> Iterable[Client]:
        return (client for client in self.clients.values() if client.is_live)

    def _in_flight(self, client: Client) -> bool:
        if self.handle is None:
            return True
        server = self.handle.connection(client.endpoint)
        if server is None:
            # Its end is gone: what tells us so, a FIN or an RST, has come or is on its way.
            return client.awaits_the_end
        if client.wants_to_read and (server.send_queue > 0 or client.unread() > 0):
            return True
        # Bytes we have sent and that are not acknowledged: parked if the server's queue is full.
        return client.unsent() > 0 and server.receive_queue == 0


class _Quiet:
    """A stretch of a wait in which nothing moved, and what can be concluded from it."""

    def __init__(self, pump: Pump) -> None:
        self.began = time.monotonic()
        self.pause = SHORTEST_TURN
        self.evidence = ""
        self._pump = pump
        self._handle = pump.handle
        self._before: Look | None = None
        self._still_since: float | None = None
        self._times_at_start: dict[int, tuple[int, int]] | None = None

    def conclude(self) -> Conclusion | None:
        """Look once; return what is certain now, None to go on waiting."""
        waited = time.monotonic() - self.began
        self.pause = min(LONGEST_TURN, self.pause * 2)
        if self._handle is not None and self._times_at_start is None:
            self._times_at_start = self._handle.processor_times()
        if self._handle is None:
            if waited > self._pump.patience:
                self.evidence = f"nothing came for {waited:.1f} s"
                return Conclusion.SILENT
            return None
        if self._is_settled(self._handle):
            return Conclusion.SETTLED
        if waited > self._pump.patience:
            return self._after_patience(self._handle, waited)
        return None

    def _is_settled(self, handle: Handle) -> bool:
        seen = handle.look()
        self._pump.notice(seen)
        before, self._before = self._before, seen
        if before is None or settled.restless(before, seen) or not self._pump.all_quiet():
            self._still_since = None
            return False
        self._still_since = self._still_since or time.monotonic()
        self.evidence = describe(seen)
        parked = self._pump.holds_parked_bytes() or handle.talks_inside()
        needed = PARKED if parked else 0.0
        return time.monotonic() - self._still_since >= needed

    def _after_patience(self, handle: Handle, waited: float) -> Conclusion | None:
        seen = handle.look()
        used = _nanoseconds_used(self._times_at_start or {}, handle.processor_times()) / 1e9
        if settled.at_rest(seen):
            self.evidence = f"{describe(seen)} for {waited:.1f} s"
            return Conclusion.ASLEEP
        if used > self._pump.patience / 2:
            self.evidence = f"it used {used:.1f} s of processor time in {waited:.1f} s"
            return Conclusion.BUSY
        if waited > STARVED_FACTOR * self._pump.patience:
            self.evidence = f"it got {used:.1f} s of processor time in {waited:.1f} s"
            return Conclusion.STARVED
        return None


def _nanoseconds_used(before: dict[int, tuple[int, int]], after: dict[int, tuple[int, int]]) -> int:
    return sum(ran - before.get(thread, (0, 0))[0] for thread, (ran, _) in after.items())


def describe(seen: Look) -> str:
    """Say what the processes sleep in: "4711 sleeps in accept; 4712 sleeps in read"."""
    words = []
    for process in seen.processes:
        pid = process.identity.pid
        if process.is_zombie:
            words.append(f"{pid} is a zombie")
            continue
        calls = sorted({str(t.wait) for t in seen.threads if t.pid == pid and t.wait is not None})
        words.append(f"{pid} sleeps in {', '.join(calls)}")
    if len(words) > 4:
        words[3:] = [f"{len(words) - 3} more"]
    return "; ".join(words) or "no process is left"
