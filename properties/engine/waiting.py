"""Waiting with one rule for servers and clients: until something comes, or certainly does not.

A wait ends when the condition holds, or when it is certain that it will not: the target is settled
and nothing is on its way (see `target.settled`). Only where that cannot be told does a wait last
for the patience. What that means depends on what the target did meanwhile: it slept, or it had the
processor for long enough, or the machine gave it too little time to tell. The last is never taken
as proof, so that a slow machine cannot make a verdict.
"""

import time
from collections.abc import Callable
from typing import Protocol

from properties.engine.parked import PARKED
from properties.engine.spinning import SpinDetector
from properties.engine.stillness import Stillness, question_of
from properties.model.events import Conclusion
from target.held import Held
from target.pace import Haste
from target.resting import at_rest
from target.settled import Look
from target.sockets import TcpSocket

FIRST_TURNS = (0.0002, 0.0004, 0.0008)
"""Seconds of the turns before the first look at the target, which costs more than most answers do.
Bytes end a turn. What comes without one, as an accept() that takes a client from the queue, is seen
at the end of a turn, and mostly takes less than a millisecond."""

SHORTEST_TURN = 0.001
LONGEST_TURN = 0.01
"""Seconds between two looks: doubled while nothing happens."""

PAUSE_FOR_A_LOOK = 2.0
"""A pause lasts so many times as long as the look before it: looking at fifty processes takes
milliseconds of a processor that the target needs too."""

SOON = 0.02
"""Seconds in which most waits end. Only those that last longer count processor time."""

AWAKE = 0.2
"""Seconds of a wait after which the threads that have not slept are followed."""

SPINS = 2.0
SPINS_AGAIN = 1.0
"""Seconds of processor time that one thread may use, without ever sleeping and without a byte that
moves, before it is not waited for any longer; fewer in a hurry, and once a wait of the same trial
was in vain."""

STARVED_FACTOR = 6
"""Times the patience after which a server that got no processor time is given up on."""


IN_VAIN = (Conclusion.ASLEEP, Conclusion.BUSY)


def ignore(seen: Look) -> None:
    """Ignore a look."""


class IoLoop(Protocol):
    """Moves bytes during a wait, and knows what is on its way.

    `handle` is None for a target that cannot be looked into.
    """

    @property
    def handle(self) -> Held | None:
        """The target's processes."""

    patience: float
    evidence: str
    """In words, what the last wait that was in vain has seen."""

    @property
    def notice(self) -> Callable[[Look], None]:
        """What is called with each look at the target."""

    def turn(self, longest: float) -> bool:
        """Move bytes once, waiting for them up to `longest` seconds; return whether any moved."""

    def all_quiet(self) -> bool:
        """Return whether nothing is on its way between us and the target."""

    def holds_parked_bytes(self) -> bool:
        """Return whether bytes are held back that may move though all sleep.

        By a closed window or inside the target. Those that have stood still for PARKED seconds do
        not move.
        """


class OurEnd(Protocol):
    """Our end of a connection with the target."""

    @property
    def wants_to_read(self) -> bool:
        """Whether what comes is read."""

    @property
    def awaits_the_end(self) -> bool:
        """Whether the end of a peer that is gone is still to be read."""

    def unread(self) -> int:
        """Return the bytes in the kernel that we have not read."""

    @property
    def written(self) -> int:
        """How many bytes were given to the kernel to be sent, and 1 for a FIN."""

    def unsent(self) -> int:
        """Return the bytes in the kernel that the peer has not acknowledged."""

    def acknowledge(self) -> None:
        """Acknowledge what has come, at once."""


def in_flight(ours: OurEnd, theirs: TcpSocket | None) -> bool:
    """Return whether anything is on its way between both ends; None: the target's is gone."""
    if theirs is None:
        # What reports that to us, a FIN or an RST, has come or is on its way.
        return ours.awaits_the_end
    if theirs.send_queue > 0:
        # Perhaps it has all come, and only our acknowledgement is delayed: the next look shows.
        ours.acknowledge()
    if ours.wants_to_read and (theirs.send_queue > 0 or ours.unread() > 0):
        return True
    # Parked if the target's queue is full.
    return theirs.receive_queue == 0 and has_not_arrived(ours, theirs)


def has_not_arrived(ours: OurEnd, theirs: TcpSocket | None) -> bool:
    """Return whether bytes that we have sent, or a FIN, are not at the target's end yet.

    What has come counts there at once; its acknowledgement may be delayed (RFC 9293, 3.8.6.3).
    """
    if ours.unsent() == 0:
        return False
    return theirs is None or theirs.received is None or ours.written > theirs.received


def wait(io_loop: IoLoop, condition: Callable[[], bool]) -> Conclusion:
    """Go on until the condition holds or it is certain, or likely, that it will not."""
    io_loop.evidence = ""
    io_loop.turn(0)
    if condition():
        return Conclusion.MET
    began, question = time.monotonic(), question_of(condition)
    quiet = Quiescence(io_loop, question)
    while True:
        moved = io_loop.turn(quiet.next_turn())
        if condition():
            if io_loop.handle is not None:
                io_loop.handle.pace.met(time.monotonic() - began)
            return Conclusion.MET
        if moved:
            quiet = Quiescence(io_loop, question)
            continue
        if quiet.is_young:
            continue
        conclusion = quiet.conclude()
        # What was sent just before the target settled has arrived by now: read it first.
        if conclusion and not io_loop.turn(0):
            if condition():
                return Conclusion.MET
            io_loop.evidence = quiet.evidence
            return conclusion


class Quiescence:
    """A stretch of a wait in which nothing moved, and what can be concluded from it."""

    def __init__(self, io_loop: IoLoop, question: str) -> None:
        self.began = time.monotonic()
        self._first_turns = list(FIRST_TURNS)
        self._pause = SHORTEST_TURN
        self._next_pause = SHORTEST_TURN
        self.evidence = ""
        self._seen: Look | None = None
        self._io_loop = io_loop
        self._handle = io_loop.handle
        self._stillness = Stillness(self._handle, question) if self._handle else None
        self._spin_detector: SpinDetector | None = None
        if self._handle is not None:
            pace = self._handle.pace
            again = pace.in_vain or pace.haste is Haste.HURRIED
            self._spin_detector = SpinDetector(self._handle, SPINS_AGAIN if again else SPINS)
        self._still_since: float | None = None
        self._times_at_start: dict[int, tuple[int, int]] | None = None

    @property
    def _patience(self) -> float:
        given = self._io_loop.patience
        return given if self._handle is None else self._handle.pace.patience(given)

    @property
    def is_young(self) -> bool:
        """Whether what comes mostly has not had the time to come: it is too early for a look."""
        return bool(self._first_turns)

    def next_turn(self) -> float:
        """Return for how many seconds the next turn may last."""
        return self._first_turns.pop(0) if self._first_turns else self._pause

    def conclude(self) -> Conclusion | None:
        """Look once; return what is certain now, None to go on waiting."""
        looked = time.monotonic()
        conclusion = self._conclude(looked - self.began)
        took = time.monotonic() - looked
        self._pause = max(self._next_pause, PAUSE_FOR_A_LOOK * took)
        self._next_pause = min(LONGEST_TURN, self._next_pause * 2)
        return conclusion

    def _conclude(self, waited: float) -> Conclusion | None:
        is_long = waited > min(SOON, self._patience / 2)
        if is_long and self._handle is not None and self._times_at_start is None:
            self._times_at_start = self._handle.processor_times()
        if self._handle is None or self._stillness is None:
            if waited > self._io_loop.patience:
                self.evidence = f"nothing came for {waited:.1f} s"
                return Conclusion.SILENT
            return None
        if self._is_still(self._handle, self._stillness):
            return Conclusion.IDLE if self._stillness.only_wakes_up else Conclusion.SETTLED
        conclusion = self._spins() if waited > AWAKE else None
        if conclusion is None and waited > self._patience:
            conclusion = self._after_patience(self._handle, waited)
        if conclusion in IN_VAIN:
            self._handle.pace.was_in_vain(lasted=waited > self._io_loop.patience)
        return conclusion

    def _spins(self) -> Conclusion | None:
        """Return BUSY where a thread was awake in every look for longer than it may be."""
        detector, seen = self._spin_detector, self._seen
        if detector is None or seen is None:
            return None
        if at_rest(seen):
            detector.all_slept()
            return None
        self.evidence = detector.spinning(seen)
        return Conclusion.BUSY if self.evidence else None

    def _is_still(self, handle: Held, stillness: Stillness) -> bool:
        # Evaluated before the look: what arrives afterwards wakes a thread, which the look finds
        # awake. The other way round it could arrive unseen between the two.
        is_quiet = self._io_loop.all_quiet()
        # Costs a look at every descriptor: asked only where the answer can matter.
        parked = is_quiet and stillness.has_looked and self._io_loop.holds_parked_bytes()
        seen = self._seen = handle.look()
        self._io_loop.notice(seen)
        if not is_quiet:
            stillness.begin_anew()
        if not stillness.is_still(seen) or not is_quiet:
            self._still_since = None
            return False
        self._still_since = self._still_since or time.monotonic()
        self.evidence = f"{describe(seen)}{stillness.wakes}"
        needed = PARKED if parked else 0.0
        return time.monotonic() - self._still_since >= needed

    def _after_patience(self, handle: Held, waited: float) -> Conclusion | None:
        seen = handle.look()
        used = _nanoseconds_used(self._times_at_start or {}, handle.processor_times()) / 1e9
        if handle.was_at_rest(seen):
            self.evidence = f"{describe(seen)} for {waited:.1f} s"
            handle.pace.shortcuts += self._patience < self._io_loop.patience
            return Conclusion.ASLEEP
        if used > self._patience / 2:
            self.evidence = f"it used {used:.1f} s of processor time in {waited:.1f} s"
            return Conclusion.BUSY
        if waited > STARVED_FACTOR * self._patience:
            self.evidence = f"it got {used:.1f} s of processor time in {waited:.1f} s"
            return Conclusion.STARVED
        return None


def _nanoseconds_used(before: dict[int, tuple[int, int]], after: dict[int, tuple[int, int]]) -> int:
    return sum(
        ran - before[thread][0] if thread in before else ran for thread, (ran, _) in after.items()
    )


def describe(seen: Look) -> str:
    """Describe what the processes sleep in: "4711 sleeps in accept; 4712 sleeps in read"."""
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
