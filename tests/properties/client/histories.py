"""Histories of clients written by hand, for judging without a process.

    history(
        connected(),
        exchange(24),
        typed(10),
        fin(),
        noticed(),
        says("str_cli: server terminated prematurely"),
        ended(1),
    )

Times are filled in by `history`, and so is all that follows from what stands before: the running
totals of bytes, what was owed at an end, and whether the input was still open then.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from signal import Signals

from faults.client_context import OutputFailure, PeerEnd
from faults.fault import Status
from properties.client.events import (
    Accepted,
    Alone,
    Altered,
    Answered,
    Attempted,
    Awaited,
    ClientFinished,
    Complained,
    Delivered,
    DescriptorsLeft,
    Exited,
    InputEnded,
    InputRefused,
    Interrupted,
    Listened,
    Named,
    OutputFailed,
    PeerEnded,
    Place,
    Printed,
    ProcessesLeft,
    Refused,
    Rested,
    Said,
    Started,
    Taken,
    Typed,
    Unreached,
    Waited,
)
from properties.model.events import Conclusion, Event, Injected, Marked, StepBegan
from properties.model.history import History

CLIENT = 4711
LINE = 24
EVIDENCE = f"{CLIENT} sleeps in read"

Part = Event | list[Event]


def history(*parts: Part) -> History:
    """Put events into a history, in this order."""
    made, sums = History(), Counter[type[Event]]()
    for at, event in enumerate(_flat(parts)):
        made.add(_filled_in(replace(event, at=at), sums))
    return made


def _flat(parts: Iterable[Part]) -> Iterable[Event]:
    for part in parts:
        yield from part if isinstance(part, list) else [part]


def _filled_in(event: Event, sums: Counter[type[Event]]) -> Event:
    owed = sums[Typed] - sums[Answered] + sums[Said]
    match event:
        case Typed(count=count):
            sums[Typed] += count
            return replace(event, total=sums[Typed], lines=sums[Typed])
        case Taken(count=count) | Answered(count=count) | Printed(count=count):
            sums[type(event)] += count
            return replace(event, total=sums[type(event)])
        case Said(count=count):
            sums[Said] += count
        case Delivered():
            return replace(event, total=sums[Answered])
        case InputEnded():
            sums[InputEnded] += 1
            return replace(event, owed=owed)
        case OutputFailed():
            return replace(event, answered=sums[Answered])
        case PeerEnded():
            return replace(event, owed=owed, input_open=not sums[InputEnded])
    return event


# What the user and the server do.


def started(input_kind: str = "a pipe") -> Event:
    return Started(0, CLIENT, input_kind)


def listened(eof: str = "gone", reset: str = "crash", unreachable: str = "lost") -> Event:
    """The user has said which words are which report."""
    return Listened(0, eof, reset, unreachable)


def named(dead: str = "127.0.0.1") -> list[Event]:
    """The client is started with a name that has a dead address, or with "" a living one alone."""
    return [started(), Named(0, "echo.test", tuple(filter(None, (dead, "127.0.0.2"))), dead)]


def attempted(made: int = 1, failed: int = 1) -> Event:
    return Attempted(0, made, failed)


def alone() -> list[Event]:
    """The client runs where no server is, and was connected to itself at its second attempt."""
    return [started(), Alone(0), refused(), attempted(1, 1), attempted(2, 1)]


def accepted() -> Event:
    return Accepted(0, "127.0.0.1:40000")


def connected() -> list[Event]:
    return [started(), accepted()]


def typed(count: int) -> Event:
    return Typed(0, count, 0, 0)


def taken(count: int) -> Event:
    return Taken(0, count, 0)


def answered(count: int) -> Event:
    return Answered(0, count, 0)


def surplus(count: int) -> list[Event]:
    """The server sends what it does not owe."""
    return [answered(count), Said(0, count)]


def input_ended(*, client_lives: bool = True) -> Event:
    return InputEnded(0, 0, client_lives)


def input_refused(count: int) -> Event:
    return InputRefused(0, count)


def output_failed(failure: OutputFailure = OutputFailure.FULL) -> Event:
    return OutputFailed(0, failure, 0)


def unprinted(count: int = LINE) -> list[Event]:
    """Bytes are typed and echoed, and cannot be printed."""
    return [typed(count), taken(count), answered(count), delivered()]


def peer_ended(
    how: PeerEnd, *, idle: bool = True, was_there: bool = True, unsent: bool = False
) -> Event:
    return PeerEnded(0, how, 0, input_open=True, idle=idle, was_there=was_there, unsent=unsent)


def half_close(*, idle: bool = True) -> Event:
    """The server sends its FIN and still reads."""
    return peer_ended(PeerEnd.FIN, idle=idle)


def fin(*, idle: bool = True, was_there: bool = True) -> Event:
    """The server closes with nothing unread."""
    return peer_ended(PeerEnd.CLOSE, idle=idle, was_there=was_there)


def rst(*, idle: bool = True, unsent: bool = False) -> Event:
    return peer_ended(PeerEnd.RESET, idle=idle, unsent=unsent)


def refused(waiting: int = 0) -> Event:
    return Refused(0, waiting)


# What the client does, and what is seen of it.


def unreached(error: str = "ETIMEDOUT") -> Event:
    """The client's calls fail with this error: its line has found no server."""
    return Unreached(0.0, error, owed=LINE, input_open=True)


def printed(count: int) -> Event:
    return Printed(0, count, 0)


def delivered() -> Event:
    """The client, at rest, has read all that was sent so far."""
    return Delivered(0, 0)


def exchange(count: int = LINE) -> list[Event]:
    """Bytes are typed, echoed and printed."""
    return [typed(count), taken(count), answered(count), printed(count), delivered()]


def altered(place: Place = Place.PRINTED, offset: int = 7) -> Event:
    return Altered(0, place, offset, b"due", b"come")


def finished(reason: str = "FIN", *, by_reset: bool = False) -> Event:
    return ClientFinished(0, reason, by_reset)


def says(text: str) -> Event:
    return Complained(0, text)


def waited(
    what: Awaited,
    conclusion: Conclusion = Conclusion.SETTLED,
    *,
    missing: int = 0,
    evidence: str = EVIDENCE,
) -> Event:
    return Waited(0, what, conclusion, evidence, missing)


def noticed() -> Event:
    return waited(Awaited.NOTICE, Conclusion.MET, evidence="")


def rested(conclusion: Conclusion, spinning: str = "") -> Event:
    return Rested(0, conclusion, spinning)


def starved() -> Event:
    """The machine was too slow for a wait to tell anything."""
    return rested(Conclusion.STARVED)


def interrupted() -> Event:
    return Interrupted(0, CLIENT)


def ended(status: int) -> Event:
    return Exited(0, f"exited with status {status}", status, None)


def left(changed: str = "") -> Event:
    return DescriptorsLeft(0, changed)


def processes_left(words: str) -> Event:
    return ProcessesLeft(0, words)


def killed(number: Signals) -> Event:
    return Exited(0, f"killed by {number.name}", None, number)


def killed_by_us() -> Event:
    return Exited(0, "was killed by us", None, None, stopped=True)


def well_ended() -> list[Event]:
    """The input ends, the client after it, and the server closes last."""
    return [input_ended(), finished(), fin(), ended(0)]


# What is done to the client.


def step(text: str) -> Event:
    return StepBegan(0, 0, text)


def marked(what: str) -> Event:
    return Marked(0, what, CLIENT)


def injected(status: Status = Status.FIRED, detail: str = "as asked for") -> Event:
    return Injected(0, "a fault", status, detail, frozenset())
