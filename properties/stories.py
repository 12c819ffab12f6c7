"""A history told client by client: the view that most invariants take.

Who is to blame for a connection that ended early is decided here once. A connection whose worker we
killed, or that we ended ourselves, is `disturbed` and owes nothing more. What went wrong after the
listener had died is the listener's doing. Everything else is held against the server.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field

from faults.fault import Status
from properties.events import (
    Closed,
    Conclusion,
    End,
    Ended,
    Event,
    HalfClosed,
    Injected,
    ListenerEnded,
    Mismatched,
    Opened,
    OpenFailed,
    Paused,
    Received,
    Sent,
    Silenced,
    Stalled,
    StepBegan,
)
from properties.history import History


@dataclass
class Story:
    """What happened to one client. Positions are places in the history's events.

    `others_disturbed_at` is when the first other client was hurt, `departures` when others went,
    `silence` the one in which the connection ended.
    """

    client: int
    opened: bool = False
    failed: OpenFailed | None = None
    owed: int = 0
    received: int = 0
    received_last: int = -1
    mismatch: Mismatched | None = None
    half_closed: bool = False
    half_closed_at: int = -1
    had_all_before_half_close: bool = False
    ended: Ended | None = None
    ended_at: int = -1
    closed: Closed | None = None
    stalls: list[tuple[int, Stalled]] = field(default_factory=list)
    stalls_before_half_close: list[tuple[int, Stalled]] = field(default_factory=list)
    received_at: float = -1.0
    active_at: float = 0.0
    silence: Silenced | None = None
    disturbed: bool = False
    others_disturbed_at: float | None = None
    departures: tuple[float, ...] = ()
    blame_listener: bool = False

    def note_stall(self, position: int, stall: Stalled) -> None:
        """Remember a stall, and whether the client had half-closed by then."""
        self.stalls.append((position, stall))
        if not self.half_closed:
            self.stalls_before_half_close.append((position, stall))

    def final_stall(self) -> Stalled | None:
        """Return the last stall if what was awaited never came, None otherwise."""
        if not self.stalls or self.ended_at > self.stalls[-1][0]:
            return None
        position, stall = self.stalls[-1]
        came = self.received_last > position and self._has_all
        return None if came and stall.awaited == "echo" else stall

    def late_echo(self) -> Stalled | None:
        """Return the first stall in waiting for an echo that came once somebody had gone.

        What came only when the client had half-closed, though nobody had gone while it waited, was
        not late but held back: `lost_echo`.
        """
        if not self._has_all or self._held_back() is not None:
            return None
        return next((stall for stall in self._echo_stalls() if self._was_relieved(stall)), None)

    def late_end(self) -> Stalled | None:
        """Return the stall in waiting for an end that came once somebody had gone, or None."""
        ended = self.ended
        if ended is None:
            return None
        return next(
            (
                stall
                for _, stall in self.stalls
                if stall.awaited == "end"
                and stall.conclusion.is_proof
                and any(stall.at < gone < ended.at for gone in self.departures)
            ),
            None,
        )

    def lost_echo(self) -> Stalled | None:
        """Return the first proven stall of an echo that never came whole, None otherwise.

        Only stalls before the client's half-close: what is lost behind one is lost at the end.
        """
        if self._has_all:
            return self._held_back()
        return next((s for s in self._echo_stalls() if s.conclusion.is_proof), None)

    def _held_back(self) -> Stalled | None:
        if not self.half_closed or self.had_all_before_half_close:
            return None
        alone = (stall for stall in self._echo_stalls() if not self._was_relieved(stall))
        return next((stall for stall in alone if stall.conclusion.is_proof), None)

    def _was_relieved(self, stall: Stalled) -> bool:
        return any(stall.at < gone < self.received_at for gone in self.departures)

    def is_after_a_disturbance(self, event: Event) -> bool:
        """Tell whether another client had been hurt before this happened."""
        return self.others_disturbed_at is not None and self.others_disturbed_at < event.at

    def _echo_stalls(self) -> Iterator[Stalled]:
        return (s for _, s in self.stalls_before_half_close if s.awaited == "echo")

    @property
    def _has_all(self) -> bool:
        return self.received >= self.owed

    @property
    def ended_unasked(self) -> bool:
        """Whether the connection ended although neither side of ours had asked for it."""
        return self.ended is not None and not self.half_closed

    @property
    def was_timed_out(self) -> bool:
        """Whether it ended while all were silent and a timer of the server's ran."""
        return self.silence is not None and bool(self.silence.timers)

    @property
    def silent_for(self) -> float:
        """For how many seconds the client had neither sent nor received when its end came."""
        return self.ended.at - self.active_at if self.ended is not None else 0.0


def tell(history: History) -> dict[int, Story]:
    """Return the story of each client, by number."""
    stories: dict[int, Story] = {}
    for position, event in enumerate(history.events):
        number = getattr(event, "client", None)
        if isinstance(number, int):
            _note(stories.setdefault(number, Story(number)), position, event)
        elif isinstance(event, Silenced):
            _note_silence(stories, event)
    hurt = disturbed_clients(history)
    left = _departures(history)
    listener_died = any(history.of(ListenerEnded))
    is_limited = _is_limited(history)
    for story in stories.values():
        story.disturbed = story.client in hurt
        story.others_disturbed_at = min(
            (at for client, at in hurt.items() if client != story.client), default=None
        )
        story.departures = tuple(at for client, at in left.items() if client != story.client)
        # A client may see its end before the tester sees the process gone, so the order in the
        # history does not matter here.
        story.blame_listener = listener_died or (is_limited and _was_turned_away(story))
    return stories


def _is_limited(history: History) -> bool:
    """Whether the server stopped listening for a while: its limit, and no connection's fault."""
    return any(history.of(Paused)) or any(
        failure.recovered_after is not None for failure in history.of(OpenFailed)
    )


def _was_turned_away(story: Story) -> bool:
    """Whether a connection was taken from the queue only to be ended, by FIN or by RST."""
    return story.ended is not None and story.received == 0


def disturbed_clients(history: History) -> dict[int, float]:
    """Return who was hurt by a fault, or ended by us without courtesy, and from when on.

    A fault is recorded when it is over; what it did, it did since its step began.
    """
    hurt: dict[int, float] = {}
    began = 0.0
    for event in history.events:
        if isinstance(event, StepBegan):
            began = event.at
        elif isinstance(event, Injected) and event.status is not Status.IMPOSSIBLE:
            for client in event.disturbed:
                hurt.setdefault(client, began)
        elif isinstance(event, Closed) and is_abrupt(event):
            hurt.setdefault(event.client, event.at)
    return hurt


def _departures(history: History) -> dict[int, float]:
    left: dict[int, float] = {}
    for event in history.events:
        if isinstance(event, Ended | Closed):
            left.setdefault(event.client, event.at)
    return left


def is_abrupt(event: Closed) -> bool:
    """Tell whether we ended a connection in the middle of the workload, with something owed."""
    return not event.final and bool(event.by_reset or event.unread or event.missing)


def _note_silence(stories: dict[int, Story], event: Silenced) -> None:
    for client in event.clients:
        story = stories.get(client)
        if story and story.ended and story.ended.at >= event.at - event.seconds:
            story.silence = event


def _note(story: Story, position: int, event: Event) -> None:
    if isinstance(event, Opened | Sent | Received):
        story.active_at = event.at
    match event:
        case Opened():
            story.opened = True
        case OpenFailed():
            story.failed = event
        case Sent(owed=owed):
            story.owed = owed
        case Received(total=total):
            story.received, story.received_last = total, position
            story.received_at = event.at
        case Mismatched():
            story.mismatch = event
        case Stalled():
            story.note_stall(position, event)
        case _:
            _note_end(story, position, event)


def _note_end(story: Story, position: int, event: Event) -> None:
    match event:
        case HalfClosed():
            story.half_closed, story.half_closed_at = story.ended is None, position
            story.had_all_before_half_close = story.received >= story.owed
        case Ended():
            story.ended, story.ended_at = event, position
        case Closed():
            story.closed = event
        case _:
            return


def undisturbed(history: History) -> Iterator[Story]:
    """Return the stories that the server has to answer for."""
    for story in tell(history).values():
        if not story.disturbed and not story.blame_listener:
            yield story


def starved(history: History) -> str | None:
    """Say why a history cannot be judged for want of processor time, None when it can."""
    for stall in history.of(Stalled):
        if stall.conclusion is Conclusion.STARVED:
            return f"{stall.conclusion.value}: {stall.evidence}"
    return None


def how_it_ended(ended: Ended) -> str:
    """Say how a client saw the end: "EOF", "ECONNRESET", "EPIPE"."""
    return ended.end.value if ended.end is not End.OTHER else ended.reason
