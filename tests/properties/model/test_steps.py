"""A workload in lines: what a person reads, and the same every time."""

import pytest

from faults.fault import Reading
from faults.payloads import Content, Payload
from faults.server.disconnect_burst import DisconnectBurst, Manner
from faults.server.freeze import Freeze
from properties.model.steps import Inject, Workload, describe
from properties.server.steps import Close, HalfClose, Open, Receive, Reset, Send, Silence

A_LINE = Payload(Content.LINES, 24)


@pytest.mark.parametrize(
    ("workload", "lines"),
    [
        ((), []),
        ((Open(1),), ["open c1"]),
        ((Open(1, Reading.LATE),), ["open c1 (reads late)"]),
        ((Open(1), Open(2)), ["open c1 and c2"]),
        (tuple(Open(n) for n in range(1, 6)), ["open c1 to c5"]),
        ((Open(1), Open(2, Reading.SLOW)), ["open c1", "open c2 (reads slowly)"]),
        ((Open(1, Reading.SLOW), Open(2, Reading.SLOW)), ["open c1 and c2 (read slowly)"]),
        ((Close(1), Close(2), Close(4)), ["close c1, c2 and c4"]),
        ((Reset(1), Reset(2)), ["reset c1 and c2"]),
        ((Close(1), Reset(2)), ["close c1", "reset c2"]),
        ((HalfClose(1), HalfClose(2)), ["half-close c1", "half-close c2"]),
        ((Open(1), Receive(1), Open(2)), ["open c1", "c1 waits for its echo", "open c2"]),
        ((Send(1, A_LINE),), ["c1 sends 24 bytes of lines"]),
        ((Send(1, A_LINE, 5),), ["c1 sends 24 bytes of lines in pieces of 5"]),
        ((Silence(),), ["all clients are silent until the server's timers have run out"]),
        ((Inject(Freeze()),), ["stop and continue the listener"]),
        (
            (Inject(DisconnectBurst((1, 2), Manner.FIN, frozen=True)),),
            ["close c1 and c2 while the listener is frozen"],
        ),
    ],
)
def test_a_workload_is_told_in_these_lines(workload: Workload, lines: list[str]) -> None:
    assert list(describe(workload)) == lines


def test_only_neighbours_are_drawn_together() -> None:
    workload = (Open(1), Open(2), Close(1), Close(2), Open(3), Open(4))
    assert list(describe(workload)) == ["open c1 and c2", "close c1 and c2", "open c3 and c4"]


def test_a_workload_is_a_value() -> None:
    one = (Open(1), Send(1, A_LINE), Inject(Freeze()))
    other = (Open(1), Send(1, Payload(Content.LINES, 24)), Inject(Freeze()))
    assert one == other
    assert hash(one) == hash(other)
