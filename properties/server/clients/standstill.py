"""A server that can do nothing but wait for clients who do not read: brought about, and watched.

What it owes them fills the buffers of the connection, and the rest it has to keep. It should sleep
until there is room again. One that is told the same thing over and over (POLLRDHUP of a client that
has half-closed, POLLIN at the end of its input, EAGAIN of a write that is tried at once again)
computes for as long as the client does not read, and comes to rest as soon as it does.
"""

import math
import os
import time

from faults.fault import Reading, names
from faults.payloads import Content, Payload
from properties.engine.spinning import REST, SpinDetector
from properties.engine.waiting import has_not_arrived
from properties.model.events import Conclusion
from properties.model.history import History
from properties.server.clients.client_connection import ClientConnection
from properties.server.clients.io_loop import ClientIoLoop
from properties.server.events import Idled
from target.handle import Handle
from target.resting import at_rest

PORTION = Payload(Content.LETTERS, 8192)
"""What is sent at a time: a server that has room for it in its buffer reads on to the FIN."""

A_BYTE = Payload(Content.LETTERS, 1)
TIMES_MORE = 4
"""Segments after which the send buffer has its full size, where it was not at its bound."""

MOST_PORTIONS = (24 << 20) // PORTION.length
"""More than the buffers of both sides hold."""

GLANCES = 200
"""Times that the queues are looked at before the server is looked at, which costs more."""

WAITS = 8
"""Waits that may end because the server was busy, with bytes that moved inside it meanwhile."""


class Standstill:
    """Follows a server that waits for its clients. `spinning`: which thread does not, in words.

    A thread is timed from the last moment at which it slept, or at which any queue of a connection
    changed: a server that still moves bytes is only slow.
    """

    def __init__(self, handle: Handle, io_loop: ClientIoLoop) -> None:
        self._handle = handle
        self._io_loop = io_loop
        self._detector = SpinDetector(handle)
        self._queues: tuple[tuple[int, ...], ...] = ()
        self._asleep_since = math.inf
        self.spinning = ""

    def is_over(self) -> bool:
        """Look once; return whether a thread spins, or all have slept for long enough (REST)."""
        before, self._queues = self._queues, self.queues()
        seen = self._handle.look()
        sleeps, moves = at_rest(seen), self._queues != before
        if moves or sleeps:
            self._detector.all_slept()
        else:
            self.spinning = self._detector.spinning(seen)
        now = time.monotonic()
        self._asleep_since = min(self._asleep_since, now) if sleeps and not moves else math.inf
        return bool(self.spinning) or now - self._asleep_since >= REST

    def has_paused(self) -> bool:
        """Look twice; return whether all threads sleep, and nothing has moved in between."""
        queues, before = self.queues(), self._handle.look()
        stayed = at_rest(before) and before == self._handle.look()
        return stayed and queues == self.queues()

    def queues(self) -> tuple[tuple[int, ...], ...]:
        """Return what is in the buffers of all connections."""
        return tuple(self._queues_of(one) for one in self._io_loop.clients.values() if one.is_live)

    def _queues_of(self, client: ClientConnection) -> tuple[int, ...]:
        theirs = self._handle.connection(client.endpoint)
        ours = (client.number, client.written, client.unsent(), client.unread())
        return ours if theirs is None else (*ours, theirs.receive_queue, theirs.send_queue)


def watch(handle: Handle, io_loop: ClientIoLoop, history: History) -> None:
    """Wait until nothing moves any more, or a thread is seen to spin, and record it."""
    standstill = Standstill(handle, io_loop)
    conclusion = _conclusion(handle, io_loop, standstill)
    waiting = tuple(n for n, one in io_loop.clients.items() if one.is_live and one.missing)
    evidence = io_loop.evidence
    if standstill.spinning:
        what = f", while {names(waiting)} did not read what was owed" if waiting else ""
        evidence = f"{standstill.spinning}{what}"
    spinning = evidence if standstill.spinning else ""
    history.add(Idled(history.now(), conclusion, evidence, spinning, waiting))


def _conclusion(handle: Handle, io_loop: ClientIoLoop, standstill: Standstill) -> Conclusion:
    """Return MET where the server rests, BUSY where it spins, STARVED where that cannot be told."""
    was_in_vain = handle.pace.in_vain
    for _ in range(WAITS):
        conclusion = io_loop.wait(standstill.is_over)
        if standstill.spinning:
            return Conclusion.BUSY
        if conclusion is Conclusion.STARVED:
            return conclusion
        if conclusion is not Conclusion.BUSY:
            return Conclusion.MET
        # Bytes have moved inside it: it was no wait in vain.
        handle.pace.take_back(was_in_vain=was_in_vain)
    return Conclusion.STARVED


def fill(handle: Handle, io_loop: ClientIoLoop, client: ClientConnection) -> None:
    """Let a client send, and read nothing, until the server keeps bytes that it cannot write."""
    client.reading = Reading.LATE
    filling = _Filling(handle, io_loop, client)
    for _ in range(MOST_PORTIONS):
        if not client.is_live or (filling.is_held_after(PORTION) and filling.stays_so()):
            return


class _Filling:
    """One client that fills the buffers."""

    def __init__(self, handle: Handle, io_loop: ClientIoLoop, client: ClientConnection) -> None:
        self._handle = handle
        self._io_loop = io_loop
        self._client = client
        self._standstill = Standstill(handle, io_loop)

    def is_held_after(self, payload: Payload) -> bool:
        """Send bytes; return whether the server could not write back all that it was sent."""
        self._client.send(payload)
        if any(self._is_soon_written() for _ in range(GLANCES)):
            return False
        self._io_loop.wait(lambda: self._is_written() or self._has_paused())
        return not self._is_written()

    def stays_so(self) -> bool:
        """Return whether the server cannot write either when more has come, nor a moment later.

        With a segment that comes the kernel may let the send buffer grow, up to its bound. What is
        left of a window is filled when its timer ends (RFC 9293, 3.8.6.2.1).
        """
        if not all(self.is_held_after(A_BYTE) for _ in range(TIMES_MORE)):
            return False
        self._io_loop.wait(lambda: self._is_written() or self._standstill.is_over())
        return not self._is_written()

    def _has_paused(self) -> bool:
        """Return whether the server has what was sent, and sleeps; or has slept for long."""
        if self._standstill.is_over():
            return True
        theirs = self._handle.connection(self._client.endpoint)
        return not has_not_arrived(self._client, theirs) and self._standstill.has_paused()

    def _is_soon_written(self) -> bool:
        os.sched_yield()
        self._io_loop.turn(0)
        return self._is_written()

    def _is_written(self) -> bool:
        if not self._client.is_live:
            return True
        self._client.acknowledge()
        theirs = self._handle.connection(self._client.endpoint)
        on_their_way = self._client.unread() + (theirs.send_queue if theirs is not None else 0)
        return self._client.missing <= on_their_way
