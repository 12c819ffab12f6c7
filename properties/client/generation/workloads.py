"""Workloads for clients as Hypothesis makes them: generation only, nothing here acts.

Of each choice the simplest comes first: a pipe, few and short lines, answers as a whole. A
terminal gets only what it passes on unchanged: lines, none longer than it keeps.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from faults.client.connecting import HinderConnect, Hindrance
from faults.client.freeze import FreezeClient
from faults.client.output_fails import FailOutput
from faults.client.peer_fin import FinManner, PeerFin
from faults.client.peer_reset import PeerReset, ResetManner
from faults.client.signals import ClientCall, ClientSignal, SignalClient
from faults.client.unreachable import CannotReach
from faults.client_context import ClientContext, OutputFailure
from faults.fault import Fault
from faults.payloads import DRAWN, HEAVY, MAXLINE, Content, Payload
from properties.client.generation.wire_faults import WIRE_FAULTS
from properties.client.steps import Accept, Answer, EndInput, Say, Terminal, Type
from properties.engine.choosing import among, between, composed, either, one_of
from properties.model.settings import Limits
from properties.model.steps import Inject, Step, Workload

if TYPE_CHECKING:
    from hypothesis import strategies as st

TERMINAL_MOST = 2000

_LENGTHS = (1, 2, 24, 100, MAXLINE - 1, MAXLINE, MAXLINE + 1, 3 * MAXLINE, 1 << 16)


@dataclass
class WorkloadBuilder:
    """A workload while it is drawn, and how many bytes are still to be answered."""

    draw: "st.DrawFn"
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
            return Payload(Content.LINES, self.draw(between(2, TERMINAL_MOST)))
        length = self.draw(one_of(between(1, 80), among(*_LENGTHS), among(1, HEAVY)))
        content = self.draw(one_of(among(Content.LINES), among(Content.LINES, *DRAWN)))
        return _with_few_lines(content, length)

    def line(self) -> Payload:
        """Draw a line or a few."""
        return Payload(Content.LINES, self.draw(between(2, 80)))


_SHORT_LINES = frozenset({Content.NEWLINES, Content.CRLF})


def _with_few_lines(content: Content, length: int) -> Payload:
    """Keep the lines of a payload few: a client may wait for the echo of each."""
    if length == HEAVY:
        return Payload(content if content is Content.RANDOM else Content.LETTERS, length)
    return Payload(content, min(length, 3 * MAXLINE) if content in _SHORT_LINES else length)


Action = Callable[[WorkloadBuilder], None]


def _type(builder: WorkloadBuilder) -> None:
    if not builder.has_ended:
        builder.type(builder.payload())


def _type_a_line(builder: WorkloadBuilder) -> None:
    if not builder.has_ended:
        builder.type(builder.line())


def _answer(builder: WorkloadBuilder) -> None:
    piece = builder.draw(among(0, 0, 1, 7, 1000))
    builder.steps.append(Answer(piece))
    builder.unanswered = 0


def _exchange(builder: WorkloadBuilder) -> None:
    _type(builder)
    _answer(builder)


def _withhold(builder: WorkloadBuilder) -> None:
    """Read everything and echo all but the end of it."""
    _type_a_line(builder)
    if builder.unanswered:
        withheld = builder.draw(between(1, min(builder.unanswered, 100)))
        builder.steps.append(Answer(0, withheld))
        builder.unanswered = withheld


def _say(builder: WorkloadBuilder) -> None:
    builder.steps.append(Say(builder.line()))


def _accept(builder: WorkloadBuilder) -> None:
    builder.steps.append(Accept())


def _end_input(builder: WorkloadBuilder) -> None:
    if not builder.has_ended:
        builder.steps.append(EndInput())
        builder.has_ended = True


def _type_a_lot(builder: WorkloadBuilder) -> None:
    """Type more than the client can send before the server reads; a terminal gets a line."""
    if builder.is_terminal:
        _type_a_line(builder)
    elif not builder.has_ended:
        builder.type(Payload(Content.LETTERS, HEAVY))


def _end_owing(builder: WorkloadBuilder) -> None:
    """End the input while echoes are owed: all that was typed, or the last bytes of it."""
    builder.draw(among(_type_a_line, _type, _withhold, _type_a_lot))(builder)
    _end_input(builder)


def _end_then_answer(builder: WorkloadBuilder) -> None:
    """End the input while echoes are owed, and answer then, perhaps in pieces."""
    _end_owing(builder)
    _answer(builder)


_TRAFFIC: tuple[Action, ...] = (_exchange, _type_a_line, _answer, _exchange, _accept, _withhold)
_ENDING: tuple[Action, ...] = (*_TRAFFIC, _end_then_answer, _end_input)
_CONTROL: tuple[Action, ...] = (*_ENDING, _say)


def _draw_actions(builder: WorkloadBuilder, most: int, actions: tuple[Action, ...]) -> None:
    for _ in range(builder.draw(between(0, most))):
        builder.draw(among(*actions))(builder)


# Faults.


def _freeze(builder: WorkloadBuilder) -> Fault[ClientContext]:
    return FreezeClient(builder.draw(either()))


def _fin(builder: WorkloadBuilder) -> Fault[ClientContext]:
    manner = builder.draw(among(*FinManner))
    return PeerFin(manner, builder.draw(either()), builder.draw(either()))


def _reset(builder: WorkloadBuilder) -> Fault[ClientContext]:
    manner = builder.draw(among(*ResetManner))
    return PeerReset(manner, builder.draw(either()), builder.draw(either()))


def _hinder(builder: WorkloadBuilder) -> Fault[ClientContext]:
    simple = (Hindrance.REFUSED, Hindrance.RESET_PENDING)
    others = tuple(one for one in Hindrance if one not in simple)
    return HinderConnect(builder.draw(among(*simple, *simple, *others)))


def _fail_output(builder: WorkloadBuilder) -> Fault[ClientContext]:
    is_first = not builder.steps or isinstance(builder.steps[-1], Terminal)
    ways = (OutputFailure.FULL, OutputFailure.READER_GONE)[0 if is_first else 1 :]
    return FailOutput(builder.draw(among(*ways)))


def _over_wire(
    draw_fault: Callable[["st.DrawFn"], Fault[ClientContext]], builder: WorkloadBuilder
) -> Fault[ClientContext]:
    return draw_fault(builder.draw)


_IN_A_CALL = (ClientCall.INPUT, ClientCall.READ, ClientCall.WRITE, ClientCall.OUTPUT)


_IN_MEGABYTES = (ClientCall.WRITE, ClientCall.OUTPUT)
"""Calls that block only after more input than a terminal keeps."""


def _signal(builder: WorkloadBuilder) -> Fault[ClientContext]:
    is_first = not builder.steps or isinstance(builder.steps[-1], Terminal)
    calls = [*_IN_A_CALL, ClientCall.CONNECT, ClientCall.REFUSED] if is_first else [*_IN_A_CALL]
    if builder.is_terminal:
        calls = [call for call in calls if call not in _IN_MEGABYTES]
    return SignalClient(
        call=builder.draw(among(*calls)),
        signal=builder.draw(one_of(among(ClientSignal.CAUGHT), among(*ClientSignal))),
        count=builder.draw(among(1, 2, 20)),
    )


FaultStrategy = Callable[[WorkloadBuilder], Fault[ClientContext]]

CLIENT_FAULT_STRATEGIES: dict[type[Fault[ClientContext]], FaultStrategy] = {
    FreezeClient: _freeze,
    SignalClient: _signal,
    PeerFin: _fin,
    PeerReset: _reset,
    HinderConnect: _hinder,
    FailOutput: _fail_output,
    **{fault: partial(_over_wire, draw) for fault, draw in WIRE_FAULTS.items()},
}
"""How each fault of a client is drawn."""

AT_THE_END = frozenset({PeerFin, PeerReset})
"""Faults that may come also after the input has ended."""

COMES_FIRST = frozenset({HinderConnect, CannotReach})
"""Faults in connecting: they come before the connection."""

_RARELY = (False, False, True)


@composed
def workloads(
    draw: "st.DrawFn", strategies: dict[type[Fault[ClientContext]], FaultStrategy], limits: Limits
) -> Workload:
    """Draw a workload with one or two faults out of `strategies`, none if there are none."""
    del limits
    builder = WorkloadBuilder(draw, is_terminal=draw(among(False, False, False, True)))
    if builder.is_terminal:
        builder.steps.append(Terminal())
    if not strategies:
        _draw_actions(builder, 6, _CONTROL)
        return tuple(builder.steps) or (Accept(),)
    chosen = draw(among(*strategies))
    if chosen not in COMES_FIRST and not (chosen is SignalClient and draw(either())):
        _draw_actions(builder, 3, _ENDING if chosen in AT_THE_END else _TRAFFIC)
    if chosen in AT_THE_END and draw(among(*_RARELY)):
        _end_owing(builder)
    builder.steps.append(Inject(strategies[chosen](builder)))
    _draw_actions(builder, 2, (_answer, _type_a_line, _answer, _end_input))
    later = [kind for kind in strategies if kind not in COMES_FIRST]
    if len(later) > 0 and draw(among(*_RARELY)):
        builder.steps.append(Inject(strategies[draw(among(*later))](builder)))
    return tuple(builder.steps)
