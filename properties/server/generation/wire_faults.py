"""How faults between two hosts are drawn, and their finite choices: generation only."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from faults.fault import Fault
from faults.payloads import A_LINE, Content, Payload
from faults.server.closed_window import ClosedWindow, Window
from faults.server.cut_wire import Cut, CutWire
from faults.server.host_crash import Crash, HostCrash
from faults.server.segments import RULES, Doing, SegmentFault, Trouble
from faults.server.unfinished_handshakes import FULL, Handshakes, UnfinishedHandshakes
from faults.server_context import ServerContext
from properties.engine.choosing import among
from properties.model.sweep import Choice
from properties.server.generation.builder import WorkloadBuilder
from properties.server.generation.shapes import around, served
from properties.server.steps import Receive, Send, Standstill

SEVERAL = Payload(Content.LETTERS, 5000)
"""More than three segments of Ethernet."""

MOST = 64 << 10
"""Bytes of a payload at the most: each segment passes our hands."""


TAKES_A_SECOND = frozenset({Trouble.LOST_SYN, Trouble.LOST_SYN_ACK})
"""A handshake is begun anew after a second (RFC 6298, 2.1): these are swept, and not drawn."""

TAKES_A_TIMEOUT = frozenset({Crash.FOR_GOOD, Crash.KEPT_ALIVE})
"""Crashes that a host learns of by a timeout, likewise. So is a window whose opening is lost."""


def _payload(builder: WorkloadBuilder) -> Payload:
    drawn = builder.payload()
    return replace(drawn, length=max(2, min(drawn.length, MOST)))


def _newcomer(builder: WorkloadBuilder) -> int:
    # Whether there is room for one more is checked when the fault is applied.
    number, builder.next_client = builder.next_client, builder.next_client + 1
    return number


def _segments(builder: WorkloadBuilder) -> Fault[ServerContext]:
    trouble = builder.draw(among(*(one for one in Trouble if one not in TAKES_A_SECOND)))
    client = builder.some_client()
    if trouble in RULES and RULES[trouble][0] is Doing.END:
        builder.forget(client)
    return SegmentFault(client, trouble, _payload(builder), _newcomer(builder))


def _cut(builder: WorkloadBuilder) -> Fault[ServerContext]:
    cut = builder.draw(among(*Cut))
    return CutWire(builder.some_client(), cut, _payload(builder))


def _crash(builder: WorkloadBuilder) -> Fault[ServerContext]:
    crash = builder.draw(among(*(one for one in Crash if one not in TAKES_A_TIMEOUT)))
    client, newcomer = builder.some_client(), _newcomer(builder)
    builder.forget(client)
    return HostCrash(client, crash, newcomer)


def _handshakes(builder: WorkloadBuilder) -> Fault[ServerContext]:
    which = builder.draw(among(*(one for one in Handshakes if one not in FULL)))
    client = builder.some_client()
    return UnfinishedHandshakes(client, which, _newcomer(builder))


def _window(builder: WorkloadBuilder) -> Fault[ServerContext]:
    return ClosedWindow(_newcomer(builder), Window.OPENS)


WIRE_FAULT_STRATEGIES: dict[
    type[Fault[ServerContext]], Callable[[WorkloadBuilder], Fault[ServerContext]]
] = {
    SegmentFault: _segments,
    UnfinishedHandshakes: _handshakes,
    CutWire: _cut,
    ClosedWindow: _window,
    HostCrash: _crash,
}
"""How each of them is drawn."""


def _all_segments() -> Iterator[Choice]:
    often = (Trouble.LOST_DATA, Trouble.LOST_ECHO, Trouble.LOST_FIN, Trouble.OVERTAKEN_DATA)
    for trouble in Trouble:
        workload = (*around(SegmentFault(1, trouble, SEVERAL, 2), 1), Receive(1))
        matters = trouble in often
        is_slow = trouble in (Trouble.LOST_SYN, Trouble.LOST_SYN_ACK)
        value = trouble.value
        yield Choice("troubles of segments", value, workload, 2, matters=matters, slow=is_slow)


def _all_cuts() -> Iterator[Choice]:
    for cut in Cut:
        others = (Send(2, A_LINE), Receive(2), Receive(1))
        workload = (*around(CutWire(1, cut, SEVERAL), 1, 2), *others)
        yield Choice("cuts of the wire", cut.value, workload, matters=cut is Cut.BOTH)


def _all_crashes() -> Iterator[Choice]:
    for crash in Crash:
        others = (Send(2, A_LINE), Receive(2), *served(4))
        workload = (*around(HostCrash(1, crash, 3), 1, 2), *others)
        is_slow = crash is Crash.FOR_GOOD
        value = crash.value
        yield Choice("crashes of a client's host", value, workload, 4, matters=True, slow=is_slow)


def _all_handshakes() -> Iterator[Choice]:
    for which in Handshakes:
        others = (Send(1, A_LINE), Receive(1), *served(3))
        workload = (*around(UnfinishedHandshakes(1, which, 2), 1), *others)
        matters = which is Handshakes.SILENT
        yield Choice("handshakes that do not end", which.value, workload, 3, matters=matters)


def _all_windows() -> Iterator[Choice]:
    for which in Window:
        # The longer a window was closed, the later the kernel asks again.
        watched = (Standstill(),) if which is Window.OPENS else ()
        others = (Send(1, A_LINE), Receive(1), Receive(2), *served(3))
        workload = (*around(ClosedWindow(2, which), 1), *watched, *others)
        matters = which is Window.CRASH
        yield Choice("closed windows", which.value, workload, 3, matters=matters, slow=True)


WIRE_SWEEPS: dict[type[Fault[ServerContext]], Callable[[], Iterator[Choice]]] = {
    SegmentFault: _all_segments,
    UnfinishedHandshakes: _all_handshakes,
    CutWire: _all_cuts,
    ClosedWindow: _all_windows,
    HostCrash: _all_crashes,
}
"""The choices of each."""
