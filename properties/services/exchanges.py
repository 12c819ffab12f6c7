"""Requests and answers on one connection, chosen from those of a table."""

import enum
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from faults.payloads import Content, Payload
from properties.engine.byte_streams import Differs, ExpectedBytes
from properties.services.dialogue import Dialogue, Request
from properties.services.streams import ExpectedAnswers

A_FEW = 64
"""A payload of at most so many bytes is one exchange: what an ordinary client asks."""

MOST = 64
"""Exchanges of one payload: some servers answer no more than a few hundred a second."""

_CLOSES_ONE_IN, _WHICH = 4, 3
"""Of so many short payloads that differ in kind or length this one closes the connection. What an
ordinary client sends does not (A_LINE)."""

_PLACES = {content: place for place, content in enumerate(Content)}


class HalfClose(enum.Enum):
    """What a server does at the client's FIN."""

    ANSWERS = "answers"
    """What is owed still comes."""
    ENDS = "ends"
    """It need not come."""


@dataclass(frozen=True)
class Exchange:
    """A request, and its answer byte by byte or as a pattern.

    `closes`: the server ends the connection after it. `first`: only as the first of a connection.
    `open_ended`: more may come after the answer, until that end.
    """

    send: bytes
    answer: bytes | re.Pattern[bytes]
    closes: bool = False
    first: bool = False
    open_ended: bool = False


@dataclass(frozen=True)
class Script:
    """All that may be said on a connection. `greeting` comes by itself.

    Where some exchanges are `first`, each connection begins with one of them.
    """

    exchanges: tuple[Exchange, ...]
    greeting: bytes | re.Pattern[bytes] | None = None
    half_close: HalfClose = HalfClose.ANSWERS
    pipelined: bool = True

    @cached_property
    def openings(self) -> tuple[Exchange, ...]:
        """The exchanges with which a connection begins."""
        return tuple(one for one in self.exchanges if one.first) or self.further

    @cached_property
    def further(self) -> tuple[Exchange, ...]:
        """The exchanges that may come again."""
        return tuple(one for one in self.exchanges if not one.first)


class Exchanges(Dialogue):
    """A connection on which requests of a script are made."""

    def __init__(self, script: Script) -> None:
        self._script = script
        self._answers: ExpectedAnswers | None = None
        self._planned: deque[Exchange] = deque()
        self._taken = 0
        """Bytes of the first planned request that the kernel has taken."""
        self._has_begun = False
        self._is_over = not script.exchanges
        self._is_cut_off = False
        self._is_forgiven = False
        self.takes_turns = not script.pipelined

    def stream(self, differs: Differs) -> ExpectedBytes:
        """Return what compares the answers; the greeting is owed from now on."""
        self._answers = ExpectedAnswers(differs)
        if self._script.greeting is not None:
            self._owe(self._script.greeting)
        return self._answers

    def requests(self, payload: Payload, client: int) -> Sequence[Request]:
        """Return one request, or for a longer payload as many as are about as long."""
        del client
        chosen = [] if self._is_over or not payload.length else self._chosen(payload)
        self._planned.extend(chosen)
        parts = [one.send for one in chosen]
        if self.takes_turns:
            return [Request([part], len(part)) for part in parts]
        return [Request([b"".join(parts)], sum(map(len, parts)))] if parts else []

    def _chosen(self, payload: Payload) -> list[Exchange]:
        number = _PLACES[payload.content] + payload.length
        chosen: list[Exchange] = []
        length = 0
        if payload.length <= A_FEW:
            one = self._next(0, closing=number % _CLOSES_ONE_IN == _WHICH)
            return [one] if one is not None else []
        while not self._is_over and len(chosen) < MOST and length < payload.length:
            if (one := self._next(number + len(chosen), closing=False)) is None:
                break
            chosen.append(one)
            length += len(one.send)
        return chosen

    def _next(self, number: int, *, closing: bool) -> Exchange | None:
        script = self._script
        usable = script.further if self._has_begun else script.openings
        staying = [one for one in usable if not one.closes]
        ending = [one for one in usable if one.closes]
        among = ending if (ending and closing) or not staying else staying
        if not among:
            return None
        one = among[number % len(among)]
        self._has_begun, self._is_over = True, one.closes
        return one

    def dropped(self) -> None:
        """Forget the requests that are not sent; after a part of one nothing is known any more."""
        self._planned.clear()
        self._is_over = self._is_over or self._taken > 0
        if self._taken and self._answers is not None:
            self._is_cut_off = True
            self._answers.lose_track()

    def sent(self, data: bytes) -> bytes:
        """Owe the answers to the requests that are complete now."""
        self._taken += len(data)
        while self._planned and self._taken >= len(self._planned[0].send):
            one = self._planned.popleft()
            self._taken -= len(one.send)
            self._owe(one.answer)
            if one.open_ended and self._answers is not None:
                self._answers.lose_track()
        return b""

    def _owe(self, answer: bytes | re.Pattern[bytes]) -> None:
        assert self._answers is not None
        if isinstance(answer, bytes):
            self._answers.promise(answer)
        else:
            self._answers.promise_match(answer)

    def ended(self) -> bytes:
        """Owe nothing more, and less where the server may end at the client's FIN.

        One that was asked nothing may say what it makes of that: HTTP servers say 400, or nothing.
        """
        if not self._has_begun and self._answers is not None:
            self._answers.lose_track()
        if self._script.half_close is HalfClose.ENDS and self._answers is not None:
            self._is_forgiven = self._answers.forgive()
        return b""

    def may_end(self, *, by_reset: bool) -> bool:
        """Return whether the last exchange of the connection was one that closes it."""
        if self._is_cut_off or self._is_forgiven:
            return True
        is_done = not self._planned and self._answers is not None and not self._answers.missing
        return self._is_over and is_done and not by_reset
