"""Workloads for clients as Hypothesis makes them: generation only, nothing here acts.

Of each choice the simplest comes first: a pipe, few and short lines, answers as a whole. What a
terminal would not pass on unchanged is not typed there: only lines, none longer than it keeps.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from hypothesis import strategies as st

from faults.fault import Fault
from faults.freeze_client import FreezeClient
from faults.hinder_connect import HinderConnect, Hindrance
from faults.payloads import MAXLINE, Content, Payload
from faults.peer_fin import FinManner, PeerFin
from faults.peer_reset import PeerReset, ResetManner
from faults.signal_client import ClientCall, ClientSignal, SignalClient
from properties.peer.steps import Accept, Answer, EndInput, Say, Terminal, Type
from properties.server import Limits
from properties.steps import Inject, Step, Workload

HEAVY = 8 << 20
"""More than the buffers on the way hold while the server does not read."""

TERMINAL_MOST = 2000

_LENGTHS = (1, 2, 24, 100, MAXLINE - 1, MAXLINE, MAXLINE + 1, 3 * MAXLINE, 1 << 16)


@dataclass
class Script:
    """A workload in the making, and what is still to be answered in it."""

    draw: st.DrawFn
    is_terminal: bool
    steps: list[Step] = field(default_factory=list)
    unanswered: int = 0
    has_ended: bool = False

    def type(self, payload: Payload) -> None:
        """Type something, and owe its echo."""
        self.steps.append(Type(payload))
        self.unanswered += payload.length

    def payload(self) -> Payload:
        """Draw something to type."""
        if self.is_terminal:
            return Payload(Content.LINES, self.draw(st.integers(2, TERMINAL_MOST)))
        length = self.draw(
            st.one_of(st.integers(1, 80), st.sampled_from(_LENGTHS), st.sampled_from((1, HEAVY)))
        )
        content = self.draw(
            st.one_of(st.just(Content.LINES), st.sampled_from((Content.LINES, *Content)))
        )
        return _with_few_lines(content, length)

    def line(self) -> Payload:
        """Draw a line or a few."""
        return Payload(Content.LINES, self.draw(st.integers(2, 80)))


_SHORT_LINES = frozenset({Content.NEWLINES, Content.CRLF})


def _with_few_lines(content: Content, length: int) -> Payload:
    """Keep the lines of a payload few: a client may wait for the echo of each."""
    if length == HEAVY:
        return Payload(content if content is Content.RANDOM else Content.LETTERS, length)
    return Payload(content, min(length, 3 * MAXLINE) if content in _SHORT_LINES else length)


Action = Callable[[Script], None]


def _type(script: Script) -> None:
    if not script.has_ended:
        script.type(script.payload())


def _type_a_line(script: Script) -> None:
    if not script.has_ended:
        script.type(script.line())


def _answer(script: Script) -> None:
    piece = script.draw(st.sampled_from((0, 0, 1, 7, 1000)))
    script.steps.append(Answer(piece))
    script.unanswered = 0


def _exchange(script: Script) -> None:
    _type(script)
    _answer(script)


def _withhold(script: Script) -> None:
    """Read everything and echo all but the end of it."""
    _type_a_line(script)
    if script.unanswered:
        withheld = script.draw(st.integers(1, min(script.unanswered, 100)))
        script.steps.append(Answer(0, withheld))
        script.unanswered = withheld


def _say(script: Script) -> None:
    script.steps.append(Say(script.line()))


def _accept(script: Script) -> None:
    script.steps.append(Accept())


def _end_input(script: Script) -> None:
    if not script.has_ended:
        script.steps.append(EndInput())
        script.has_ended = True


def _type_a_lot(script: Script) -> None:
    """Type more than the client can send before the server reads; a terminal gets a line."""
    if script.is_terminal:
        _type_a_line(script)
    elif not script.has_ended:
        script.type(Payload(Content.LETTERS, HEAVY))


def _end_owing(script: Script) -> None:
    """End the input while echoes are owed: all that was typed, or the last bytes of it."""
    script.draw(st.sampled_from((_type_a_line, _type, _withhold, _type_a_lot)))(script)
    _end_input(script)


def _end_then_answer(script: Script) -> None:
    """End the input while echoes are owed, and answer then, perhaps in pieces."""
    _end_owing(script)
    _answer(script)


_TRAFFIC: tuple[Action, ...] = (_exchange, _type_a_line, _answer, _exchange, _accept, _withhold)
_ENDING: tuple[Action, ...] = (*_TRAFFIC, _end_then_answer, _end_input)
_CONTROL: tuple[Action, ...] = (*_ENDING, _say)


def _play(script: Script, most: int, actions: tuple[Action, ...]) -> None:
    for _ in range(script.draw(st.integers(0, most))):
        script.draw(st.sampled_from(actions))(script)


# Faults.


def _freeze(script: Script) -> Fault:
    return FreezeClient(script.draw(st.booleans()))


def _fin(script: Script) -> Fault:
    manner = script.draw(st.sampled_from(FinManner))
    return PeerFin(manner, script.draw(st.booleans()), script.draw(st.booleans()))


def _reset(script: Script) -> Fault:
    manner = script.draw(st.sampled_from(ResetManner))
    return PeerReset(manner, script.draw(st.booleans()), script.draw(st.booleans()))


def _hinder(script: Script) -> Fault:
    simple = (Hindrance.REFUSED, Hindrance.RESET_PENDING)
    return HinderConnect(script.draw(st.sampled_from((*simple, *simple, Hindrance.SLOW))))


_IN_A_CALL = (ClientCall.INPUT, ClientCall.READ, ClientCall.WRITE, ClientCall.OUTPUT)


_IN_MEGABYTES = (ClientCall.WRITE, ClientCall.OUTPUT)
"""What needs more typed than a terminal keeps."""


def _signal(script: Script) -> Fault:
    is_first = not script.steps or isinstance(script.steps[-1], Terminal)
    calls = [*_IN_A_CALL, ClientCall.CONNECT, ClientCall.REFUSED] if is_first else [*_IN_A_CALL]
    if script.is_terminal:
        calls = [call for call in calls if call not in _IN_MEGABYTES]
    return SignalClient(
        call=script.draw(st.sampled_from(calls)),
        signal=script.draw(st.one_of(st.just(ClientSignal.CAUGHT), st.sampled_from(ClientSignal))),
        count=script.draw(st.sampled_from((1, 2, 20))),
    )


Drawing = Callable[[Script], Fault]

CLIENT_DRAWINGS: dict[type[Fault], Drawing] = {
    FreezeClient: _freeze,
    SignalClient: _signal,
    PeerFin: _fin,
    PeerReset: _reset,
    HinderConnect: _hinder,
}
"""How each fault of a client is drawn."""

AT_THE_END = frozenset({PeerFin, PeerReset})
"""What may come as well when the input has ended."""

COMES_FIRST = frozenset({HinderConnect})
"""What is in the way of the connection is there before it."""


@st.composite
def workloads(draw: st.DrawFn, drawings: dict[type[Fault], Drawing], limits: Limits) -> Workload:
    """Draw a workload with one or two faults out of `drawings`, none if there are none."""
    del limits
    script = Script(draw, is_terminal=draw(st.sampled_from((False, False, False, True))))
    if script.is_terminal:
        script.steps.append(Terminal())
    if not drawings:
        _play(script, 6, _CONTROL)
        return tuple(script.steps) or (Accept(),)
    chosen = draw(st.sampled_from(tuple(drawings)))
    if chosen not in COMES_FIRST and not (chosen is SignalClient and draw(st.booleans())):
        _play(script, 3, _ENDING if chosen in AT_THE_END else _TRAFFIC)
    if chosen in AT_THE_END and draw(st.sampled_from((False, False, True))):
        _end_owing(script)
    script.steps.append(Inject(drawings[chosen](script)))
    _play(script, 2, (_answer, _type_a_line, _answer, _end_input))
    later = [kind for kind in drawings if kind not in COMES_FIRST]
    if later and draw(st.sampled_from((False, False, True))):
        script.steps.append(Inject(drawings[draw(st.sampled_from(later))](script)))
    return tuple(script.steps)
