"""Exchanges in rounds, with a look at the memory of a real server after each."""

from typing import Any

import pytest

from properties.model.history import History
from properties.model.settings import Limits, Rules
from properties.server import resources
from properties.server.events import Census, ListenerEnded
from properties.server.follow_ups.events import MemoryRead
from properties.server.follow_ups.memory import exchange_in_rounds
from properties.server.follow_ups.memory_growth import PROBE, PROBES, ROUNDS, WARM_UP
from target.command import Command
from tests.properties.server_runs import (
    PATIENCE,
    SELECTORS,
    known_by_address,
    mutant,
    script,
    serving,
)

PROBED = WARM_UP + PROBES * PROBE


def course(command: Command, limits: Limits | None = None) -> History:
    """Exchange in rounds with a server of its own, and return what was recorded."""
    history = History()
    with serving(command) as server:
        exchange_in_rounds(server, Rules(limits or Limits(), PATIENCE), history)
    return history


def connections(history: History) -> list[int]:
    return [reading.connections for reading in history.of(MemoryRead)]


def test_a_server_that_does_not_grow_is_known_after_the_probes() -> None:
    assert connections(course(SELECTORS)) == [WARM_UP, WARM_UP + PROBE, PROBED]


@pytest.mark.slow
def test_a_server_that_grows_gets_all_rounds() -> None:
    readings = list(course(mutant("memory_session_table.py")).of(MemoryRead))
    assert len(readings) == 1 + PROBES + ROUNDS
    assert readings[-1].resident - readings[0].resident > 200 << 20
    assert readings[-1].writable - readings[0].writable > 200 << 20


def test_within_a_limit_on_connections_those_who_go_are_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waits = 0
    take = resources.take

    def counted(*arguments: Any, **options: Any) -> Census:
        nonlocal waits
        waits += 1
        return take(*arguments, **options)

    monkeypatch.setattr(resources, "take", counted)
    assert connections(course(SELECTORS, Limits(connections=8)))[-1] == PROBED
    assert waits >= PROBED // 8


def test_what_would_take_too_long_within_the_rate_is_not_tried() -> None:
    assert connections(course(SELECTORS, Limits(rate=(PROBED - 1) / PATIENCE))) == []


def test_a_server_that_ends_meanwhile_is_recorded() -> None:
    history = course(script("mortal.py", "300", "10000"))
    assert len(list(history.of(ListenerEnded))) == 1
    assert WARM_UP < connections(history)[-1] < PROBED


def test_a_server_that_we_did_not_start_is_left_alone() -> None:
    history = History(processes_seen=False)
    with serving(SELECTORS) as server:
        exchange_in_rounds(known_by_address(server), Rules(patience=PATIENCE), history)
    assert history.events == []
