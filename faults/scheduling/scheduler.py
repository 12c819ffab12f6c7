"""Lets the calls of a target and the deeds of its clients go on one at a time.

Between two turns everything comes to rest: each thread of the target is held at its next call, or
sleeps in one that it has begun, or has ended. A thread that sleeps so is woken by what another
does, and then goes on to its next call. A schedule only delays, as a busy machine would, so that
what the target does wrong in it is its own mistake.
"""

import time
from collections import Counter
from collections.abc import Mapping
from typing import Protocol

from faults.gate.calls import Kind, kind_of
from faults.gate.gate import Gate
from faults.gate.held import is_about_to_handle
from faults.gate.kernel import Call
from faults.gate.queue import Queue
from faults.scheduling.actors import Actors
from faults.scheduling.computing import Computing
from faults.scheduling.deeds import Deed, Sign, do, is_possible
from faults.scheduling.priorities import Priorities
from faults.scheduling.trace import Place, Trace, Turn
from faults.server_context import ServerContext

MOST_TURNS = 600
"""Turns after which a schedule ends: a target that calls on and on is not kept from it."""

FRUITLESS = 6
"""How often an actor may make the same call in a row: then it asks for what others have to do."""

ASKING = frozenset(
    kind.value for kind in (Kind.WAIT, Kind.READ, Kind.ACCEPT, Kind.REAP, Kind.PAUSE)
)
"""The calls with which one asks."""

SENDING = frozenset({Kind.WRITE, Kind.CLOSE, Kind.SHUTDOWN, Kind.EXIT})
"""The calls that send something to a client, bytes or an end."""

SILENT = frozenset({Kind.WAIT, Kind.REAP, Kind.PAUSE, Kind.FORK, Kind.OPEN_FILE, Kind.FILE_NAME})
"""The calls of which nothing is sent to a client, nor by a call after it that is not held."""

FIRST_PAUSE, LONGEST_PAUSE = 0.0001, 0.002
"""Seconds between two looks at a thread that goes on, if no call comes meanwhile."""

COMPUTES = 0.25
"""Seconds of processor time after which a thread that makes no call waits for one that is held."""

UNDELIVERED = 3.0
"""Seconds after which what was sent and does not arrive is not waited for: a lost segment is sent
again after a fifth of one, on Linux."""

STARVED = 20.0
"""Seconds after which a thread that gets no processor time is not waited for."""

SIGNAL = "signal"
"""The actor that sends a signal to the listener."""


class Scheduled(Protocol):
    """What is scheduled; see `faults.server.schedules.Schedule`."""

    @property
    def deeds(self) -> tuple[Deed, ...]:
        """What the clients do."""

    @property
    def order(self) -> tuple[str, ...]:
        """The actors, the highest priority first."""

    @property
    def sequence(self) -> tuple[Place, ...]:
        """What goes on in this order."""

    @property
    def signs(self) -> tuple[Sign, ...]:
        """What is sent to the listener."""

    @property
    def changes(self) -> tuple[Place, ...]:
        """Where an actor falls behind all others."""


class Scheduler:
    """One schedule of one target."""

    def __init__(
        self, what: Scheduled, context: ServerContext, gate: Gate, queue: Queue, actors: Actors
    ) -> None:
        self._context = context
        self._gate = gate
        self._queue = queue
        self._actors = actors
        self._ours: dict[str, list[Deed | Sign]] = {}
        for deed in what.deeds:
            self._ours.setdefault(deed.actor, []).append(deed)
        for sign in what.signs:
            self._ours.setdefault(SIGNAL, []).append(sign)
        self._our_names = tuple(self._ours)
        self._priorities = Priorities(what.order, self._our_names, what.changes, what.sequence)
        self._turns: list[Turn] = []
        self._counts: Counter[tuple[str, str]] = Counter()
        self._places: dict[int, tuple[int, Place]] = {}
        self._sees_forks = Kind.FORK in queue.kinds
        self._sees_sending = queue.kinds >= SENDING
        self._may_have_forked = not self._sees_forks
        self._may_have_sent = True

    def run(self) -> Trace:
        """Let all go on until nothing is left that could; return in which order."""
        released = ""
        while not (released := self._come_to_rest()):
            candidates = {**self._held(), **self._our_next()}
            if not candidates:
                break
            if len(self._turns) >= MOST_TURNS:
                released = f"after {MOST_TURNS} calls there was no end"
                break
            places = {actor: place for actor, (place, _) in candidates.items()}
            chosen = self._priorities.pick(places)
            self._let_go_on(*candidates[chosen])
            self._let_others_go_first(chosen, places)
        actors = (*self._our_names, *self._actors.names)
        return Trace(tuple(self._turns), actors, self._priorities.unmet, released)

    # Who could go on.

    def _held(self) -> dict[str, tuple[Place, int]]:
        """Return, of each thread that is held, the actor, its place, and the thread."""
        return {
            place.actor: (place, thread)
            for thread, call in sorted(self._queue.waiting.items(), key=self._actors.rank)
            for place in [self._place_of(thread, call)]
        }

    def _place_of(self, thread: int, call: Call) -> Place:
        """Return the place of a held call: it is counted when it is seen first."""
        known = self._places.get(thread)
        if known is not None and known[0] == call.id:
            return known[1]
        kind = kind_of(call)
        place = self._counted(self._actors.name_of(thread), kind.value if kind else "")
        self._places[thread] = call.id, place
        return place

    def _counted(self, actor: str, call: str) -> Place:
        self._counts[actor, call] += 1
        return Place(actor, call, self._counts[actor, call])

    def _our_next(self) -> dict[str, tuple[Place, Deed | Sign]]:
        found: dict[str, tuple[Place, Deed | Sign]] = {}
        for actor, left in self._ours.items():
            if left and is_possible(left[0], self._context):
                call = left[0].what.value
                found[actor] = Place(actor, call, self._counts[actor, call] + 1), left[0]
        return found

    # Going on.

    def _let_go_on(self, place: Place, what: int | Deed | Sign) -> None:
        if isinstance(what, int):
            process = self._actors.process_of(what)
            self._turns.append(Turn(place, process))
            first = is_about_to_handle(what)
            kind = Kind(place.call)
            self._may_have_forked |= kind is Kind.FORK
            self._may_have_sent |= kind not in SILENT
            self._queue.has_come.clear()
            self._queue.go_on(what, handler_first=first)
        else:
            self._counted(place.actor, place.call)
            self._turns.append(Turn(place, 0))
            self._ours[place.actor].pop(0)
            do(what, self._context)
            self._may_have_sent = True

    def _let_others_go_first(self, actor: str, candidates: Mapping[str, Place]) -> None:
        """Let one that makes the same call again and again wait for what others have to do."""
        last = [turn.place for turn in self._turns[-FRUITLESS:]]
        asks = len(last) == FRUITLESS and last[0].call in ASKING
        if asks and len(candidates) > 1 and len({(one.actor, one.call) for one in last}) == 1:
            self._priorities.yield_to_others(actor)

    # Coming to rest.

    def _come_to_rest(self) -> str:
        """Wait until nothing moves; return why that is waited for no longer, in words."""
        began, pause = time.monotonic(), FIRST_PAUSE
        computing = Computing(self._actors.time_used)
        while not self._rests():
            self._queue.has_come.wait(pause)
            self._queue.has_come.clear()
            self._context.scheduling.move_bytes()
            pause = min(2 * pause, LONGEST_PAUSE)
            waited = time.monotonic() - began
            if waited > COMPUTES and (why := self._moves_without_end(waited, computing)):
                return why
        return ""

    def _rests(self) -> bool:
        before = self._gate.passages()
        if before is None:
            return False
        if self._may_have_forked:
            self._actors.look_for_new()
        if self._actors.moving(self._queue.waiting):
            return False
        if self._may_have_sent:
            # What has come since then has woken a thread, which the second look finds awake.
            come = self._context.scheduling.all_has_come()
            if not come or self._actors.moving(self._queue.waiting):
                return False
        if before != self._gate.passages():
            return False
        self._may_have_forked = not self._sees_forks
        self._may_have_sent = not self._sees_sending
        return True

    def _moves_without_end(self, waited: float, computing: Computing) -> str:
        """Return why a thread that goes on is not waited for, in words; empty while it is."""
        if waited > STARVED:
            return "the machine gave the target no time"
        moving = self._actors.moving(self._queue.waiting)
        if not moving and waited > UNDELIVERED:
            return "what was sent did not arrive"
        for thread in moving:
            if computing.look(thread) > COMPUTES:
                name = self._actors.name_of(thread)
                return f"{name} computed for {COMPUTES} s while others were held"
        return ""
