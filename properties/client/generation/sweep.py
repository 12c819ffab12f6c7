"""The finite choices of a client's workloads: each fault's parameters, and corners of traffic."""

from collections.abc import Callable, Iterator
from itertools import product

from faults.client.connecting import HinderConnect, Hindrance
from faults.client.freeze import FreezeClient
from faults.client.output_fails import FailOutput
from faults.client.peer_fin import FinManner, PeerFin
from faults.client.peer_reset import PeerReset, ResetManner
from faults.client.signals import ClientCall, ClientSignal, SignalClient
from faults.client_context import ClientContext, OutputFailure
from faults.fault import Fault
from faults.payloads import A_LINE, A_WORD, HEAVY, IN_BULK, MAXLINE, Content, Payload, size
from properties.client.generation.wire_faults import WIRE_SWEEPS
from properties.client.steps import (
    Accept,
    Answer,
    EndInput,
    FromFile,
    Say,
    Terminal,
    Type,
    TypeUntilHeld,
)
from properties.model.steps import Inject, Workload
from properties.model.sweep import Choice

Choices = Iterator[Choice]

LENGTHS = (1, 2, MAXLINE - 1, MAXLINE, MAXLINE + 1, 3 * MAXLINE, 1 << 16)
"""Bytes of a line of input, around the buffers that programs have."""

LINE_LENGTHS = (1, MAXLINE - 1, MAXLINE, MAXLINE + 1)
"""Bytes of one line, around the book's buffer: with its newline, or of a last line without one."""

BUFFERS = (128, 256, 512, 1024, 2 * MAXLINE, 4 * MAXLINE, 8 * MAXLINE)
"""Other usual sizes of buffers: a line of one byte less, of as many, and of one more."""

READ_LATE = "8 MiB before the server reads"
HOLDS_BACK = "input ends while the client holds what its connection does not take"
SLOW = frozenset({READ_LATE, HOLDS_BACK})
"""Corners at which nothing moves for a while: only time tells that no more bytes are taken."""

CONNECTING = (ClientCall.CONNECT, ClientCall.REFUSED)
ECHOED: Workload = (Type(A_LINE), Answer())
OWED: Workload = (Type(A_LINE), Accept())
STATES: dict[str, Workload] = {"owed": OWED, "nothing owed": ECHOED}
UNTYPED: dict[str, Workload] = {
    "before the first line": (Accept(),),
    "owed after the input": (*OWED, EndInput()),
    "the rest of a last line owed after the input": (
        *(Type(A_LINE), Type(A_WORD), Answer(0, 4), EndInput()),
    ),
    "much owed after the input": (
        *(Type(Payload(Content.LINES, 3 * MAXLINE)), Accept(), EndInput()),
    ),
}
"""States in which a line typed after the end would be the first one, or cannot be."""


def _traffic() -> Choices:
    for length in LENGTHS:
        workload: Workload = (Type(Payload(Content.LINES, length)), Answer())
        yield Choice("lengths", size(length), workload, 1, matters=length in (1, MAXLINE))
    for length in LINE_LENGTHS:
        yield from _one_line(length)
    for length in BUFFERS:
        lines = (_line(length + more) for more in (-1, 0, 1))
        workload = tuple(step for line in lines for step in line)
        yield Choice("lengths of a line", f"around {size(length)}", workload, 1)
    for content in IN_BULK:
        # Few lines: a client may wait for the echo of each. It may look only at what a read begins
        # with, so the first three bytes come alone, and then once more.
        workload = (Type(Payload(content, 3)), Answer(), Type(Payload(content, 400)), Answer())
        yield Choice("contents", content.value, workload, 1, matters=content is Content.RANDOM)
    for name, workload in _corners().items():
        yield Choice("corners of traffic", name, workload, 1, matters=True, slow=name in SLOW)


def _one_line(length: int) -> Choices:
    """Return one line of so many bytes, and the same as a last line that has no newline."""
    line = _line(length)
    yield Choice("lengths of a line", size(length), line, 1, matters=length == MAXLINE)
    last: Workload = (Type(Payload(Content.LETTERS, length)), EndInput(), Answer())
    value = f"{size(length)} without a newline"
    yield Choice("lengths of a line", value, last, 1, matters=length == MAXLINE)


def _line(length: int) -> Workload:
    """Return the steps of a line of so many bytes, with its newline, and its echo."""
    before: Workload = (Type(Payload(Content.LETTERS, length - 1)),) if length > 1 else ()
    return (*before, Type(Payload(Content.NEWLINES, 1)), Answer())


def _corners() -> dict[str, Workload]:
    return {
        "input ends before anything is typed": (EndInput(),),
        "input ends while an echo is owed": (Type(A_LINE), EndInput(), Answer()),
        "the last byte of the echo is owed": (Type(A_LINE), Answer(0, 1), EndInput(), Answer()),
        "an echo comes byte by byte": (Type(A_LINE), Answer(1)),
        "echoes come in pieces across the ends of lines": (
            *(Type(Payload(Content.LINES, 100)), Answer(7)),
        ),
        "a NUL before a line": (Type(Payload(Content.ZEROS, 1)), *ECHOED),
        "the server sends what was not typed": (Accept(), Say(A_LINE), *ECHOED),
        "a line at a terminal": (Terminal(), *ECHOED),
        "lines from a file": (FromFile(Payload(Content.LINES, 100)), Answer()),
        READ_LATE: (
            *(Type(Payload(Content.LETTERS, HEAVY)), EndInput()),
            *(Accept(), Answer()),
        ),
        HOLDS_BACK: (TypeUntilHeld(), EndInput(), Answer()),
    }


def _freeze() -> Choices:
    for answered in (True, False):
        workload = (*OWED, Inject(FreezeClient(answered)), Answer())
        value = "while it is answered" if answered else "while nothing comes"
        yield Choice("stops", value, workload, 1, matters=answered)
    blocked: Workload = (Type(Payload(Content.LETTERS, HEAVY)), Accept())
    workload = (*blocked, Inject(FreezeClient(answered=False)), Answer())
    yield Choice("stops", "while it is blocked in write", workload, 1, slow=True)
    workload = (Terminal(), *ECHOED, Inject(FreezeClient(answered=False)), *ECHOED)
    yield Choice("stops", "at a terminal", workload, 1)


def _signals() -> Choices:
    for call, signal in product(ClientCall, ClientSignal):
        if call not in (ClientCall.INPUT, ClientCall.READ) and signal is not ClientSignal.CAUGHT:
            continue
        yield _signal(call, signal, 1)
    # The first signal may only cut a write short, and after it connect() is only waited for.
    for call in (ClientCall.READ, ClientCall.WRITE, ClientCall.CONNECT):
        yield _signal(call, ClientSignal.CAUGHT, 20)
    at_a_terminal = Inject(SignalClient(ClientCall.INPUT, ClientSignal.CAUGHT, 1))
    workload = (Terminal(), *ECHOED, at_a_terminal, *ECHOED)
    yield Choice("signals", "at a terminal, waits for input", workload, 1)


def _signal(call: ClientCall, signal: ClientSignal, count: int) -> Choice:
    before: Workload = () if call in CONNECTING else ECHOED
    # The echo that is owed is to be printed before anything else is typed.
    owed = (Answer(),) if call is ClientCall.READ else ()
    workload = (*before, Inject(SignalClient(call, signal, count)), *owed, *ECHOED)
    times = f"{count} times " if count > 1 else ""
    value = f"{times}{signal.value}, {call.value}"
    matters = signal is ClientSignal.CAUGHT and call is not ClientCall.REFUSED and count == 1
    return Choice("signals", value, workload, 1, matters=matters, slow=call in CONNECTING)


UNUSUAL = frozenset({Hindrance.SLOW, Hindrance.LAST_ADDRESS_DEAD, Hindrance.SELF_CONNECT})
"""Ways to hinder connect that a quick run leaves out."""


def _hinder() -> Choices:
    group = "ways to hinder connect"
    for hindrance in Hindrance:
        workload = (Inject(HinderConnect(hindrance)), *ECHOED)
        matters = hindrance not in UNUSUAL
        is_slow = hindrance is Hindrance.SLOW
        yield Choice(group, hindrance.value, workload, 1, matters=matters, slow=is_slow)
    for hindrance in (Hindrance.REFUSED, Hindrance.RESET_PENDING):
        yield _at_a_terminal(group, HinderConnect(hindrance), before=())


def _fins() -> Choices:
    for manner, frozen, typed in product(FinManner, (True, False), (False, True)):
        for name, before in STATES.items():
            workload = (*before, Inject(PeerFin(manner, frozen, typed)))
            value = _in_words(manner.value, name, frozen=frozen, typed=typed)
            yield Choice("ends by FIN", value, workload, 1, matters=frozen and not typed)
    for manner, frozen, (name, before) in product(FinManner, (True, False), UNTYPED.items()):
        workload = (*before, Inject(PeerFin(manner, frozen)))
        value = _in_words(manner.value, name, frozen=frozen, typed=False)
        yield Choice("ends by FIN", value, workload, 1)
    yield _at_a_terminal("ends by FIN", PeerFin(FinManner.CLOSE, frozen=True))


def _at_a_terminal(group: str, fault: Fault[ClientContext], before: Workload = ECHOED) -> Choice:
    """Return the same at a terminal, which a client that gives up has to restore as well."""
    return Choice(group, f"at a terminal: {fault}", (Terminal(), *before, Inject(fault)), 1)


def _resets() -> Choices:
    for manner, frozen, typed in product(ResetManner, (True, False), (False, True)):
        for name, before in STATES.items():
            if manner is ResetManner.UNREAD and before is ECHOED:
                # There is nothing left unread.
                continue
            workload = (*before, Inject(PeerReset(manner, frozen, typed)))
            value = _in_words(manner.value, name, frozen=frozen, typed=typed)
            yield Choice("ends by RST", value, workload, 1, matters=frozen and not typed)
    for manner, frozen, (name, before) in product(ResetManner, (True, False), UNTYPED.items()):
        if manner is ResetManner.UNREAD and Type(A_LINE) not in before:
            continue
        workload = (*before, Inject(PeerReset(manner, frozen)))
        value = _in_words(manner.value, name, frozen=frozen, typed=False)
        yield Choice("ends by RST", value, workload, 1)
    # FIN and RST both wait for a client that has bytes to write: SIGPIPE, or EPIPE (UNP 5.13). Or
    # data and RST: whether it writes or reads first decides which call meets the error.
    stuck: Workload = (Type(Payload(Content.LETTERS, HEAVY)), Accept())
    for manner in (ResetManner.AFTER_FIN, ResetManner.AFTER_DATA):
        value = _in_words(manner.value, "megabytes to write", frozen=True, typed=False)
        workload = (*stuck, Inject(PeerReset(manner, frozen=True)))
        yield Choice("ends by RST", value, workload, 1, matters=True, slow=True)
    yield _at_a_terminal("ends by RST", PeerReset(ResetManner.ALONE, frozen=True))


def _output_failures() -> Choices:
    for failure in OutputFailure:
        workload: Workload = (Inject(FailOutput(failure)),)
        yield Choice("ways in which output fails", failure.value, workload, 1, matters=True)
    workload = (*ECHOED, Inject(FailOutput(OutputFailure.READER_GONE)))
    value = "the reader goes after an echo"
    yield Choice("ways in which output fails", value, workload, 1)
    for failure in OutputFailure:
        yield _at_a_terminal("ways in which output fails", FailOutput(failure), before=())


def _in_words(manner: str, owed: str, *, frozen: bool, typed: bool) -> str:
    more = [owed, *(["frozen"] if frozen else []), *(["typed into"] if typed else [])]
    return f"{manner}, {', '.join(more)}"


SWEEPS: dict[type[Fault[ClientContext]], Callable[[], Choices]] = {
    FreezeClient: _freeze,
    SignalClient: _signals,
    HinderConnect: _hinder,
    PeerFin: _fins,
    PeerReset: _resets,
    FailOutput: _output_failures,
    **WIRE_SWEEPS,
}
"""The choices of each fault."""


def traffic() -> tuple[Choice, ...]:
    """Return the finite choices of traffic without a fault."""
    return tuple(_traffic())


def of_fault(fault: type[Fault[ClientContext]]) -> tuple[Choice, ...]:
    """Return the finite choices of a fault."""
    return tuple(SWEEPS[fault]())
