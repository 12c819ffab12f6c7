"""Bytes behind a closed window do not move once their figures have stood still for long enough."""

from dataclasses import replace

import pytest

from properties.engine.parked import PARKED, ParkedBytes
from target.sockets import Endpoint, TcpSocket, TcpState, Timer

THEIRS = TcpSocket(
    local=Endpoint("127.0.0.1", 7),
    remote=Endpoint("127.0.0.1", 4711),
    state=TcpState.ESTABLISHED,
    receive_queue=5000,
    send_queue=0,
    inode=1,
    received=9000,
    acknowledged=0,
    timer=Timer.NONE,
    expires=0.0,
)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr("properties.engine.parked.time.monotonic", lambda: now[0])
    return now


def test_they_may_move_until_they_have_stood_still(clock: list[float]) -> None:
    held = ParkedBytes()
    assert held.may_move(1, 9500, 500, THEIRS)
    clock[0] += PARKED / 2
    assert held.may_move(1, 9500, 500, THEIRS)
    clock[0] += PARKED
    assert not held.may_move(1, 9500, 500, THEIRS)


@pytest.mark.parametrize(
    "later",
    [
        replace(THEIRS, receive_queue=4000),
        replace(THEIRS, received=9001),
        replace(THEIRS, send_queue=1),
        replace(THEIRS, acknowledged=7),
    ],
)
def test_once_one_figure_has_changed_they_may_move_again(
    clock: list[float], later: TcpSocket
) -> None:
    held = ParkedBytes()
    held.may_move(1, 9500, 500, THEIRS)
    clock[0] += 2 * PARKED
    assert held.may_move(1, 9500, 500, later)


def test_what_we_have_written_meanwhile_may_move(clock: list[float]) -> None:
    held = ParkedBytes()
    held.may_move(1, 9500, 500, THEIRS)
    clock[0] += 2 * PARKED
    assert held.may_move(1, 9600, 600, THEIRS)


def test_each_connection_has_figures_of_its_own(clock: list[float]) -> None:
    held = ParkedBytes()
    held.may_move(1, 9500, 500, THEIRS)
    clock[0] += 2 * PARKED
    assert held.may_move(2, 9500, 500, THEIRS)
    assert not held.may_move(1, 9500, 500, THEIRS)
