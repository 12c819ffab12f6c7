"""A summary of a client's history: what it said, what it printed, how it ended."""

from dataclasses import dataclass

from properties.client.endings import Ending, EndReport, ending_of, endings
from properties.client.events import (
    Answered,
    Awaited,
    ClientFinished,
    Complained,
    Delivered,
    Exited,
    InputEnded,
    Interrupted,
    Listened,
    PeerEnded,
    Printed,
    Refused,
    Rested,
    Said,
    Taken,
    Typed,
    Waited,
)
from properties.model import judging
from properties.model.end_reports import EOF_WORDS, RESET_WORDS, matches
from properties.model.history import History


@dataclass(frozen=True)
class ClientSummary:
    """One run of a client, summed up. Counts are bytes.

    `due` bytes are owed for what was typed. `delivered` is what it had read when its input was
    still open, `owed` what was typed and not echoed when the server ended its side, `taken_back`
    what a reset may have overtaken.
    `typed_after`: there was something to send when the server had ended. `surplus`: the server has
    sent what it did not owe. `finished_first`: the client's FIN came before the server's.
    `exit` is None where the history ends before.
    """

    wire: Ending
    said: str
    told: frozenset[EndReport]
    typed: int
    due: int
    taken: int
    answered: int
    printed: int
    delivered: int
    owed: int
    taken_back: int
    typed_after: bool
    surplus: bool
    ended_early: bool
    finished_early: bool
    finished_first: bool
    input_ended: bool
    exit: Exited | None

    @property
    def ended_by_itself(self) -> bool:
        """Whether the client has ended without being killed by us."""
        return self.exit is not None and not self.exit.stopped

    @property
    def was_killed(self) -> bool:
        """Whether a signal has ended the client, none of ours."""
        return self.exit is not None and self.exit.signal is not None

    @property
    def in_words(self) -> str:
        """How it ended and what it said, for a reason."""
        ending = "is not known to have ended"
        if self.exit is not None:
            ending = f"was {self.exit.ending}" if self.was_killed else self.exit.ending
        words = " ".join(self.said.split())
        return f"it {ending}, and said {words!r}" if words else f"it {ending}, and said nothing"


def summarize(history: History) -> ClientSummary:
    """Sum up a history."""
    exited = next(history.of(Exited), None)
    said = "".join(event.text for event in history.of(Complained))
    listened = next(history.of(Listened), Listened(0.0, EOF_WORDS, RESET_WORDS))
    ended = next(history.of(InputEnded), None)
    before_the_end = [e for e in history.of(Delivered) if ended is None or e.at <= ended.at]
    wire, known = ending_of(history), history.scope.is_known
    return ClientSummary(
        wire=wire,
        said=said,
        told=_reports(f"{said}\n{exited.ending if exited else ''}", listened),
        typed=max((event.total for event in history.of(Typed)), default=0),
        due=max((e.total if e.due is None else e.due for e in history.of(Typed)), default=0),
        taken=max((event.total for event in history.of(Taken)), default=0),
        answered=max((event.total for event in history.of(Answered)), default=0),
        printed=max((event.total for event in history.of(Printed)), default=0),
        delivered=max((event.total for event in before_the_end), default=0),
        owed=next((event.owed for event in endings(history)), 0) if known else 0,
        typed_after=_is_typed_after_the_end(history),
        taken_back=max((event.on_its_way for event in endings(history)), default=0),
        surplus=any(event.count for event in history.of(Said)),
        ended_early=_ended_early(ended, wire),
        finished_early=_finished_early(history, ended),
        finished_first=_finished_first(history),
        input_ended=ended is not None and ended.client_lives,
        exit=exited,
    )


def _reports(text: str, listened: Listened) -> frozenset[EndReport]:
    patterns = {
        EndReport.EOF: listened.eof,
        EndReport.RESET: listened.reset,
        EndReport.UNREACHABLE: listened.unreachable,
    }
    return frozenset(report for report, pattern in patterns.items() if matches(pattern, text))


def _ended_early(ended: InputEnded | None, wire: Ending) -> bool:
    """Return whether the client had ended while its input was open and the server there."""
    return ended is not None and not ended.client_lives and wire in (Ending.GONE, Ending.OPEN)


def _finished_early(history: History, ended: InputEnded | None) -> bool:
    """Return whether the client ended its side while its input was open and the server there."""
    others = [event.at for kind in (PeerEnded, Refused) for event in history.of(kind)]
    last = min([*others, *([ended.at] if ended else [])], default=0.0)
    return any(event.at < last and not event.by_reset for event in history.of(ClientFinished))


def _finished_first(history: History) -> bool:
    """Return whether the client had ended its side by the time the server did, if that ever did."""
    first = next(endings(history), None)
    return first is None or any(one.at <= first.at for one in history.of(ClientFinished))


def _is_typed_after_the_end(history: History) -> bool:
    first = next(endings(history), None)
    if first is None:
        return False
    is_typed = any(event.at >= first.at for event in history.of(Typed))
    return is_typed or first.unsent or (first.input_open and not first.idle)


def in_vain(history: History, *what: Awaited) -> Waited | None:
    """Return the first wait for one of these that was proven to be in vain."""
    waits = (event for event in history.of(Waited) if event.what in what)
    return next((event for event in waits if event.conclusion.is_proof), None)


def starved(history: History) -> str | None:
    """Return why the machine was too slow for a verdict, None where it was not."""
    return judging.starved([*history.of(Waited), *history.of(Rested)])


def was_interrupted(history: History) -> bool:
    """Return whether a signal that the client catches came while it was blocked in connect."""
    return any(history.of(Interrupted))


def never_used_it(history: History) -> bool:
    """Return whether a client that was interrupted in connect never used its connection."""
    return was_interrupted(history) and not any(history.of(Taken))
