"""The rows of what is done to the server, and what is seen of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from faults.conditions import ENDED
from faults.fault import Status
from properties.model.events import Conclusion, Event, Injected, Marked
from properties.model.ladder import SIGNALLED, Arrow, Life, Note
from properties.model.last_words import telling
from properties.server.client_numbers import client_name
from properties.server.events import (
    Census,
    FewServed,
    Filled,
    Idled,
    LimitSeen,
    ListenerEnded,
    LostWithoutFaults,
    NotRepeated,
    Overtaken,
    Paused,
    SeenProcess,
)
from properties.server.follow_ups.events import Restarted
from properties.server.process_events import ProcessAppeared, ProcessEnded, Waiting, ZombieReaped
from properties.server.stopping.events import StopAwaited
from properties.server.timeline import wording
from properties.server.timeline.drawing import ServerRowBuilder

# Processes.


def _appeared(rows: ServerRowBuilder, event: ProcessAppeared) -> None:
    column = rows.participants.processes.get(event.pid)
    if column is None or rows.life(column) is not Life.ABSENT:
        return
    rows.live(column, Life.ALIVE)
    parent = rows.participants.processes.get(event.parent, column)
    rows.draw(
        event,
        Arrow(parent, column, "fork"),
        notes=[Note(column, "appears")] if parent == column else [],
    )


def _ended(rows: ServerRowBuilder, event: ProcessEnded) -> None:
    column = rows.participants.processes.get(event.pid)
    if column is None or event.pid == rows.participants.listener:
        return
    if rows.life(column) is Life.ZOMBIE:
        if not event.is_zombie:
            _reaped(rows, event)
        return
    _end(rows, event, column, event.ending or "ends", is_zombie=event.is_zombie)


def _end(rows: ServerRowBuilder, event: Event, column: int, how: str, *, is_zombie: bool) -> None:
    before = rows.lives()
    rows.live(column, Life.ZOMBIE if is_zombie else Life.ABSENT)
    words = f"{how}: a zombie" if is_zombie else f"{how}, is reaped"
    parent = _parent(rows, column)
    rows.draw(event, Arrow(column, parent, "SIGCHLD"), notes=[Note(column, words)], before=before)


def _parent(rows: ServerRowBuilder, column: int) -> int:
    """Return the column of a process's parent, its own where that has none."""
    pids = {pid for pid, its in rows.participants.processes.items() if its == column}
    parent = next(
        (e.parent for e in rows.events if isinstance(e, ProcessAppeared) and e.pid in pids), None
    )
    return column if parent is None else rows.participants.processes.get(parent, column)


def _reaped(rows: ServerRowBuilder, event: ZombieReaped | ProcessEnded) -> None:
    column = rows.participants.processes.get(event.pid)
    if column is not None:
        before = rows.lives()
        rows.live(column, Life.ABSENT)
        rows.draw(event, notes=[Note(column, "is reaped")], before=before)


def _listener_ended(rows: ServerRowBuilder, event: ListenerEnded) -> None:
    before = rows.lives()
    rows.live(rows.participants.server, Life.ABSENT)
    rows.draw(
        event, notes=[Note(rows.participants.server, event.ending)], before=before, colour="red"
    )
    if words := telling(event.output):
        rows.say(None, f"its last output: {words}", "red", events=0)


def waiting(rows: ServerRowBuilder, event: Waiting) -> None:
    """Note beside each lifeline which calls its process was in."""
    notes = [
        Note(rows.participants.processes[process.pid], *_state(process))
        for process in event.processes
        if process.pid in rows.participants.processes and process.state not in "ZX"
    ]
    if notes:
        rows.draw(event, notes=notes)


def _state(process: SeenProcess) -> tuple[str, str]:
    if process.state in "Tt":
        return "stopped", ""
    calls = ", ".join(process.calls)
    return (f"sleeps in {calls}", f"in {calls}") if calls else ("runs", "")


# Faults.


def _marked(rows: ServerRowBuilder, event: Marked) -> None:
    column = rows.participants.processes.get(event.pid)
    if event.what == ENDED:
        if column is not None and rows.life(column) is not Life.ZOMBIE:
            _end(rows, event, column, "ends", is_zombie=True)
    elif column is None:
        rows.say(event.at, _said(event))
    elif not _once_more(rows, event, column):
        rows.live(column, SIGNALLED.get(event.what, rows.life(column)))
        rows.draw(event, notes=[Note(column, event.what)])


def _said(event: Marked) -> str:
    """Return what is said of a process that has no column, or of none."""
    if not event.pid:
        return event.what
    is_signal = event.what.startswith("SIG")
    return f"{event.what} to {event.pid}" if is_signal else f"{event.pid}: {event.what}"


def _once_more(rows: ServerRowBuilder, event: Marked, column: int) -> bool:
    """Count a signal that is repeated at once in the row of the first; return whether it is one."""
    row = rows.rows[-1] if rows.rows else None
    if row is None or len(row.notes) != 1 or row.arrows or row.notes[0].column != column:
        return False
    if row.notes[0].words.partition(" x ")[0] != event.what:
        return False
    note = Note(column, f"{event.what} x {row.events + 1}")
    rows.rows[-1] = replace(row, notes=(note,), events=row.events + 1)
    return True


def _injected(rows: ServerRowBuilder, event: Injected) -> None:
    colour = "" if event.status is Status.FIRED else "yellow"
    rows.say(event.at, f"{event.status.value}: {event.detail}", colour)


# What is counted.


def is_bad(event: Census) -> bool:
    """Return whether a census found what should not be there."""
    return bool(event.zombies or event.strays or event.spinning)


def _census(rows: ServerRowBuilder, event: Census) -> None:
    grows = sum(isinstance(e, Census) and e.label == "repeat" for e in rows.events) > 0
    if not is_bad(event) and rows.life(rows.participants.server) is Life.ABSENT:
        return
    words = wording.counted(event, grows=grows)
    rows.say(event.at, words, "red" if is_bad(event) else "")


def _filled(rows: ServerRowBuilder, event: Filled) -> None:
    rows.say(event.at, f"{event.exchanges} control exchanges, which fill a pool if there is one")


def _not_repeated(rows: ServerRowBuilder, event: NotRepeated) -> None:
    rows.say(event.at, f"more is left than at first, not repeated: {event.why}", "yellow")


def _idled(rows: ServerRowBuilder, event: Idled) -> None:
    if event.spinning:
        rows.say(event.at, f"nothing can be done: {event.spinning}", "red")
    elif event.conclusion is not Conclusion.MET:
        rows.say(event.at, f"nothing can be done: {event.conclusion.value}", "yellow")


def _overtaken(rows: ServerRowBuilder, event: Overtaken) -> None:
    words = f"{event.reads} reads of c{event.by} are served while c{event.client} waits"
    rows.say(event.at, words, "" if event.answered else "red")


def _paused(rows: ServerRowBuilder, event: Paused) -> None:
    rows.say(event.at, f"the server listens again after {event.recovered_after:.1f} s", "yellow")


def _limit_seen(rows: ServerRowBuilder, event: LimitSeen) -> None:
    words = f"tried by itself: with {event.clients} clients the next is not served"
    rows.say(event.at, words, "yellow")


def _few_served(rows: ServerRowBuilder, event: FewServed) -> None:
    words = f"tried by itself: without any fault, beside {event.clients} clients one is ended"
    rows.say(event.at, words, "yellow")


def _lost_without_faults(rows: ServerRowBuilder, event: LostWithoutFaults) -> None:
    words = f"tried by itself: without any fault {client_name(event.loser)} loses bytes as well"
    rows.say(event.at, words, "yellow")


def _restarted(rows: ServerRowBuilder, event: Restarted) -> None:
    words = f"stopped and started again: {event.detail}"
    rows.say(event.at, words, "" if event.succeeded else "red")


def _stop_awaited(rows: ServerRowBuilder, event: StopAwaited) -> None:
    words, is_well = wording.after_a_stop(event)
    rows.say(event.at, words, "" if is_well else "yellow")


MAKERS: dict[type[Event], Callable[[ServerRowBuilder, Any], None]] = {
    ProcessAppeared: _appeared,
    ProcessEnded: _ended,
    ZombieReaped: _reaped,
    ListenerEnded: _listener_ended,
    Marked: _marked,
    Injected: _injected,
    Census: _census,
    Filled: _filled,
    Idled: _idled,
    NotRepeated: _not_repeated,
    Overtaken: _overtaken,
    Paused: _paused,
    FewServed: _few_served,
    LimitSeen: _limit_seen,
    LostWithoutFaults: _lost_without_faults,
    Restarted: _restarted,
    StopAwaited: _stop_awaited,
}
