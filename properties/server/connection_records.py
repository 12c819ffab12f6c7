"""A history, client by client: the view that most invariants use.

The cause of a connection that ended early is decided here once. A connection whose worker we
killed, or that we ended ourselves, is `disturbed` and owes nothing more. What went wrong after the
listener had died is attributed to the listener. Everything else is held against the server.
"""

import errno
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from properties.model import judging
from properties.model.events import Event
from properties.model.history import History
from properties.server.disturbances import disturbed_clients
from properties.server.events import (
    Closed,
    Ended,
    FewServed,
    HalfClosed,
    LimitSeen,
    ListenerEnded,
    Mismatched,
    Opened,
    OpenFailed,
    Received,
    Sent,
    Silenced,
    Stalled,
)
from properties.server.limits.crowds import beside, was_limited

RESET_AT_ONCE = os.strerror(errno.ECONNRESET)
"""Why a client could not connect that was reset as soon as it was accepted."""

SILENT = 1.0
"""Seconds since a client has asked: it may be ended then by a server with words of its own."""

SMALLEST_LIMIT = 8
"""From this many clients at once a server counts as one with a limit, not as one held up."""


@dataclass
class ConnectionRecord:
    """What happened to one client. Positions are places in the history's events.

    `others_disturbed_at` is when the first other client was disturbed, None where that is not why
    it ended: the server serves so few. `departures` is when each left, by number, `leaving` when
    each did or half-closed, `readings` when bytes came to whom, `silence` the one in which the
    connection ended. `beside` counts the others that the server may have served when it came or
    ended; `is_over_the_limit`: it was ended because they were as many as it serves at once.
    `asked_late`: what it sent after it had been silent has not been answered in full.
    """

    client: int
    opened: bool = False
    failed: OpenFailed | None = None
    owed: int = 0
    received: int = 0
    received_last: int = -1
    mismatch: Mismatched | None = None
    half_closed: bool = False
    had_all_before_half_close: bool = False
    ended: Ended | None = None
    ended_at: int = -1
    closed: Closed | None = None
    stalls: list[tuple[int, Stalled]] = field(default_factory=list)
    stalls_before_half_close: list[tuple[int, Stalled]] = field(default_factory=list)
    received_at: float = -1.0
    active_at: float = 0.0
    asked_at: float = 0.0
    asked_late: bool = False
    silence: Silenced | None = None
    disturbed: bool = False
    others_disturbed_at: float | None = None
    departures: Mapping[int, float] = field(default_factory=dict)
    leaving: Sequence[tuple[int, float]] = ()
    readings: Sequence[tuple[int, float]] = ()
    blame_listener: bool = False
    beside: int = 0
    is_over_the_limit: bool = False
    may_time_out: bool = False

    def final_stall(self) -> Stalled | None:
        """Return the last stall if what was awaited never came, None otherwise."""
        if not self.stalls or self.ended_at > self.stalls[-1][0]:
            return None
        position, stall = self.stalls[-1]
        is_there = self.received_last > position and self._has_all
        return None if is_there and stall.awaited == "echo" else stall

    def late_echo(self) -> Stalled | None:
        """Return the first stall of an echo that came after another client had left, or None.

        Or had read, before which nothing could change. One that only came after the client's
        half-close, while no other left, was not late but held back: `lost_echo`.
        """
        if not self._has_all or self._held_back() is not None:
            return None
        stalls = self._echo_stalls()
        return next((s for s in stalls if self._came_after_a_departure(s) or self._read(s)), None)

    def _read(self, stall: Stalled) -> bool:
        at = [at for client, at in self.readings if client in stall.others and at > stall.at]
        return stall.conclusion.is_proof and bool(at) and at[0] < self.received_at

    def late_end(self) -> Stalled | None:
        """Return the first stall of an end that came after another client had left, or None."""
        ended = self.ended
        if ended is None:
            return None
        # Another's half-close is enough: whose end is seen first then is luck.
        went = [at for client, at in self.leaving if client != self.client and at < ended.at]
        proven = (s for _, s in self.stalls if s.awaited == "end" and s.conclusion.is_proof)
        return next((s for s in proven if any(s.at < at for at in went)), None)

    def late_acceptance(self) -> Stalled | None:
        """Return the stall of an end for which the client had not even been accepted, or None.

        It came after another client had left. A client that was answered had been accepted.
        """
        stall = None if self.was_answered else self.late_end()
        return stall if stall is not None and stall.accepted is False else None

    def lost_echo(self) -> Stalled | None:
        """Return the first proven stall of an echo that never came completely, None otherwise.

        Only stalls before the client's half-close: what is lost after it is lost at the end.
        """
        return self._held_back() if self._has_all else self.first_wait()

    def first_wait(self) -> Stalled | None:
        """Return the first proven stall of an echo, whether it came later or not."""
        return next((s for s in self._echo_stalls() if s.conclusion.is_proof), None)

    def _held_back(self) -> Stalled | None:
        if not self.half_closed or self.had_all_before_half_close:
            return None
        alone = (stall for stall in self._echo_stalls() if not self._came_after_a_departure(stall))
        return next((stall for stall in alone if stall.conclusion.is_proof), None)

    def _came_after_a_departure(self, stall: Stalled) -> bool:
        departures = self.departures.items()
        others = (at for client, at in departures if client != self.client)
        return any(stall.at < at < self.received_at for at in others)

    def is_after_a_disturbance(self, event: Event) -> bool:
        """Return whether another client had been disturbed before this event."""
        return self.others_disturbed_at is not None and self.others_disturbed_at < event.at

    def _echo_stalls(self) -> Iterator[Stalled]:
        return (s for _, s in self.stalls_before_half_close if s.awaited == "echo")

    @property
    def _has_all(self) -> bool:
        return self.received >= self.owed

    @property
    def was_turned_away(self) -> bool:
        """Whether the server ended it, by FIN or by RST, before it got a byte or asked for that."""
        is_reset = self.failed is not None and self.failed.reason == RESET_AT_ONCE
        return (self.ended_unasked or is_reset) and not self.was_answered

    @property
    def was_answered(self) -> bool:
        """Whether any byte came back, as owed or not."""
        return self.received > 0 or self.mismatch is not None

    @property
    def was_waited_for(self) -> bool:
        """Whether all has come that was owed, or it is certain that it does not."""
        is_over = self._has_all or self.mismatch is not None or self.ended is not None
        return is_over or self.lost_echo() is not None

    @property
    def ended_unasked(self) -> bool:
        """Whether it ended before the client had ended its side, and the service forbids that."""
        return self.ended is not None and not self.half_closed and not self.ended.allowed

    @property
    def was_timed_out(self) -> bool:
        """Whether a timer of the server ended it: all were silent, or it alone where it may be."""
        if self.ended_unasked and self.may_have_timed_out:
            return True
        return self.silence is not None and bool(self.silence.timers)

    @property
    def may_have_timed_out(self) -> bool:
        """Whether a timer that may end it had the time to run out before it sent or read again.

        What it sends then crosses the end of the connection, and is lost (RFC 9112, 9.5).
        """
        if self.ended is None or not self.may_time_out:
            return False
        quiet_until = self.ended.late_at if self.ended.missing else (self.mismatch or self.ended).at
        return self.asked_late or quiet_until - self.asked_at >= SILENT

    @property
    def silent_for(self) -> float:
        """For how many seconds the client had neither sent nor received when its end came."""
        return self.ended.at - self.active_at if self.ended is not None else 0.0


def connection_records(history: History) -> dict[int, ConnectionRecord]:
    """Return the record of each client, by number; several invariants read them."""
    return history.derived(_gathered)


def _gathered(history: History) -> dict[int, ConnectionRecord]:
    records: dict[int, ConnectionRecord] = {}
    for position, event in enumerate(history.events):
        number = getattr(event, "client", None)
        if isinstance(number, int):
            _note(records.setdefault(number, ConnectionRecord(number)), position, event)
        elif isinstance(event, Silenced):
            _note_silence(records, event)
    disturbed = disturbed_clients(history)
    in_order = sorted(disturbed.items(), key=lambda one: one[1])[:2]
    leave = [event for event in history.events if isinstance(event, HalfClosed | Ended | Closed)]
    leaving = [(event.client, event.at) for event in leave]
    departures = {e.client: e.at for e in reversed(leave) if not isinstance(e, HalfClosed)}
    readings = [(event.client, event.at) for event in history.of(Received)]
    listener_died = any(history.of(ListenerEnded))
    is_limited = was_limited(history)
    limit, few = next(history.of(LimitSeen), None), next(history.of(FewServed), None)
    others = beside(history)
    for record in records.values():
        record.disturbed = record.client in disturbed
        record.departures, record.readings, record.leaving = departures, readings, leaving
        record.may_time_out = history.scope.in_own_words
        # Its end may be seen before the process is seen gone: the order does not matter here.
        record.beside = others.get(record.client, 0)
        is_few = few is not None and record.was_turned_away and record.beside >= few.clients
        disturbances = (at for client, at in in_order if client != record.client)
        record.others_disturbed_at = None if is_few else next(disturbances, None)
        got_nothing = record.ended is not None and record.received == 0
        is_out = got_nothing or record.was_turned_away
        record.is_over_the_limit = bool(limit and is_out and record.beside >= limit.clients)
        is_excused = listener_died or (is_limited and got_nothing)
        record.blame_listener = is_excused or record.is_over_the_limit
    return records


def _note_silence(records: dict[int, ConnectionRecord], event: Silenced) -> None:
    for client in event.clients:
        record = records.get(client)
        if record and record.ended and record.ended.at >= event.at - event.seconds:
            record.silence = event


def _note(record: ConnectionRecord, position: int, event: Event) -> None:
    if isinstance(event, Sent) and record.received >= record.owed:
        record.asked_late = event.at - record.active_at >= SILENT
    if isinstance(event, Opened | Sent | Received):
        record.active_at = event.at
        record.asked_at = record.asked_at if isinstance(event, Received) else event.at
    match event:
        case Opened(owed=owed):
            record.opened, record.owed = True, owed
        case OpenFailed():
            record.failed = event
        case Sent(owed=owed):
            record.owed = owed
        case Received(total=total, owed=owed):
            record.received, record.received_last = total, position
            record.owed = max(record.owed, owed)
            record.received_at = event.at
            record.asked_late &= record.received < record.owed
        case Mismatched():
            record.mismatch = event
        case Stalled():
            record.stalls.append((position, event))
            if not record.half_closed:
                record.stalls_before_half_close.append((position, event))
        case _:
            _note_end(record, position, event)


def _note_end(record: ConnectionRecord, position: int, event: Event) -> None:
    match event:
        case HalfClosed():
            record.half_closed = record.ended is None
            record.had_all_before_half_close = record.received >= record.owed
        case Ended():
            record.ended, record.ended_at = event, position
        case Closed():
            record.closed = event


def undisturbed(history: History) -> Iterator[ConnectionRecord]:
    """Return the records that the server is responsible for."""
    for record in connection_records(history).values():
        if not record.disturbed and not record.blame_listener:
            yield record


def starved(history: History) -> str | None:
    """Return why a history cannot be judged for lack of processor time, None when it can."""
    return judging.starved(history.of(Stalled))
