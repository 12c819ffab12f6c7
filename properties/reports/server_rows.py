"""The rows of what is done to the server, and what is seen of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from faults.fault import Status
from faults.moments import ENDED
from properties.events import (
    Census,
    Conclusion,
    Event,
    Filled,
    Idled,
    Injected,
    ListenerEnded,
    Marked,
    Paused,
    Restarted,
    SeenProcess,
)
from properties.reports import sentences
from properties.reports.diagram import Arrow, Life, Note
from properties.reports.page import Page
from properties.sightings import ProcessAppeared, ProcessEnded, Waiting, ZombieReaped

_SIGNALLED = {"SIGSTOP": Life.STOPPED, "SIGCONT": Life.ALIVE}


# Processes.


def _appeared(page: Page, event: ProcessAppeared) -> None:
    column = page.cast.processes.get(event.pid)
    if column is None or page.life(column) is not Life.ABSENT:
        return
    page.live(column, Life.ALIVE)
    parent = page.cast.processes.get(event.parent, column)
    page.draw(
        event,
        Arrow(parent, column, "fork"),
        notes=[Note(column, "appears")] if parent == column else [],
    )


def _ended(page: Page, event: ProcessEnded) -> None:
    column = page.cast.processes.get(event.pid)
    if column is None or event.pid == page.cast.listener:
        return
    if page.life(column) is Life.ZOMBIE:
        if not event.is_zombie:
            _reaped(page, event)
        return
    _end(page, event, column, event.ending or "ends", is_zombie=event.is_zombie)


def _end(page: Page, event: Event, column: int, how: str, *, is_zombie: bool) -> None:
    before = page.lives()
    page.live(column, Life.ZOMBIE if is_zombie else Life.ABSENT)
    words = f"{how}: a zombie" if is_zombie else f"{how}, is reaped"
    parent = _parent(page, column)
    page.draw(event, Arrow(column, parent, "SIGCHLD"), notes=[Note(column, words)], before=before)


def _parent(page: Page, column: int) -> int:
    """Return the column of a process's parent, its own where that has none."""
    pids = {pid for pid, its in page.cast.processes.items() if its == column}
    parent = next(
        (e.parent for e in page.events if isinstance(e, ProcessAppeared) and e.pid in pids), None
    )
    return column if parent is None else page.cast.processes.get(parent, column)


def _reaped(page: Page, event: ZombieReaped | ProcessEnded) -> None:
    column = page.cast.processes.get(event.pid)
    if column is not None:
        before = page.lives()
        page.live(column, Life.ABSENT)
        page.draw(event, notes=[Note(column, "is reaped")], before=before)


def _listener_ended(page: Page, event: ListenerEnded) -> None:
    before = page.lives()
    page.live(page.cast.server, Life.ABSENT)
    page.draw(event, notes=[Note(page.cast.server, event.ending)], before=before, colour="red")
    for words in event.output.strip().splitlines()[-1:]:
        page.say(None, f"its last words: {words.strip()}", "red", events=0)


def waiting(page: Page, event: Waiting) -> None:
    """Tell beside each lifeline what its process was found in."""
    notes = [
        Note(page.cast.processes[process.pid], *_state(process))
        for process in event.processes
        if process.pid in page.cast.processes and process.state not in "ZX"
    ]
    if notes:
        page.draw(event, notes=notes)


def _state(process: SeenProcess) -> tuple[str, str]:
    if process.state in "Tt":
        return "stopped", ""
    calls = ", ".join(process.calls)
    return (f"sleeps in {calls}", f"in {calls}") if calls else ("runs", "")


# Faults.


def _marked(page: Page, event: Marked) -> None:
    column = page.cast.processes.get(event.pid)
    if event.what == ENDED:
        if column is not None and page.life(column) is not Life.ZOMBIE:
            _end(page, event, column, "ends", is_zombie=True)
    elif column is None:
        page.say(event.at, f"{event.what} to {event.pid}" if event.pid else event.what)
    elif not _once_more(page, event, column):
        page.live(column, _SIGNALLED.get(event.what, page.life(column)))
        page.draw(event, notes=[Note(column, event.what)])


def _once_more(page: Page, event: Marked, column: int) -> bool:
    """Count a signal that is sent again at once on the row of the first."""
    row = page.rows[-1] if page.rows else None
    if row is None or len(row.notes) != 1 or row.arrows or row.notes[0].column != column:
        return False
    if row.notes[0].words.partition(" x ")[0] != event.what:
        return False
    note = Note(column, f"{event.what} x {row.events + 1}")
    page.rows[-1] = replace(row, notes=(note,), events=row.events + 1)
    return True


def _injected(page: Page, event: Injected) -> None:
    colour = "" if event.status is Status.FIRED else "yellow"
    page.say(event.at, f"{event.status.value}: {event.detail}", colour)


# What is counted.


def is_bad(event: Census) -> bool:
    """Tell whether a census found what should not be there."""
    return bool(event.zombies or event.strays or event.spinning)


def _census(page: Page, event: Census) -> None:
    grows = sum(isinstance(e, Census) and e.label == "repeat" for e in page.events) > 0
    if not is_bad(event) and page.life(page.cast.server) is Life.ABSENT:
        return
    words = sentences.counted(event, grows=grows)
    page.say(event.at, words, "red" if is_bad(event) else "")


def _filled(page: Page, event: Filled) -> None:
    page.say(event.at, f"{event.exchanges} plain exchanges, which fill a pool if there is one")


def _idled(page: Page, event: Idled) -> None:
    if event.spinning:
        page.say(event.at, f"nothing can be done: {event.spinning}", "red")
    elif event.conclusion is not Conclusion.MET:
        page.say(event.at, f"nothing can be done: {event.conclusion.value}", "yellow")


def _paused(page: Page, event: Paused) -> None:
    page.say(event.at, f"the server listens again after {event.recovered_after:.1f} s", "yellow")


def _restarted(page: Page, event: Restarted) -> None:
    words = f"stopped and started again: {event.detail}"
    page.say(event.at, words, "" if event.succeeded else "red")


MAKERS: dict[type[Event], Callable[[Page, Any], None]] = {
    ProcessAppeared: _appeared,
    ProcessEnded: _ended,
    ZombieReaped: _reaped,
    ListenerEnded: _listener_ended,
    Marked: _marked,
    Injected: _injected,
    Census: _census,
    Filled: _filled,
    Idled: _idled,
    Paused: _paused,
    Restarted: _restarted,
}
