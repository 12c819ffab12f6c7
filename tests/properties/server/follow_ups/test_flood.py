"""A client that never reads: what it gets rid of, and where the bytes are."""

import pytest

from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.settings import Rules
from properties.server.events import ListenerEnded
from properties.server.follow_ups.events import Flooded
from properties.server.follow_ups.flood import OFFERED, flood
from properties.server.instance import ServerInstance
from target.command import REFERENCE, Command
from tests.properties.server_runs import (
    PATIENCE,
    SELECTORS,
    THREADED,
    known_by_address,
    mutant,
    script,
    serving,
)

UNBOUNDED = mutant("memory_no_drain.py")


def flooded(server: ServerInstance) -> Flooded:
    history = History(processes_seen=server.handle is not None)
    flood(server, Rules(patience=PATIENCE), history)
    (event,) = history.of(Flooded)
    return event


@pytest.mark.parametrize(
    "command", [REFERENCE, SELECTORS, THREADED], ids=["reference", "selectors", "threads"]
)
def test_a_server_that_stops_reading_keeps_next_to_nothing(command: Command) -> None:
    with serving(command) as server:
        seen = flooded(server)
    assert seen.conclusion is Conclusion.SETTLED
    assert 0 < seen.sent < OFFERED
    assert seen.queued is not None
    assert seen.sent - seen.queued < 1 << 20
    assert seen.grown is not None
    assert seen.grown < 4 << 20


def test_a_server_that_may_wake_by_itself_is_not_waited_for_long() -> None:
    with serving(script("threaded.py", "echo", "0.5")) as server:
        seen = flooded(server)
    assert seen.conclusion is Conclusion.ASLEEP
    assert 0 < seen.sent < OFFERED
    seconds = float(seen.evidence.removesuffix(" s").rpartition(" ")[2])
    assert seconds < PATIENCE


def test_a_server_that_buffers_without_bound_has_it_all_in_memory() -> None:
    with serving(UNBOUNDED) as server:
        seen = flooded(server)
    assert seen.conclusion is Conclusion.SETTLED
    assert seen.sent == OFFERED
    assert seen.queued is not None
    assert seen.grown is not None
    assert seen.sent - seen.queued > OFFERED // 2
    assert seen.grown > OFFERED // 2


def test_by_address_the_buffers_of_the_connection_are_seen_and_the_memory_is_not() -> None:
    with serving(UNBOUNDED) as server:
        seen = flooded(known_by_address(server))
    assert seen.sent == OFFERED
    assert seen.queued is not None
    assert seen.queued < OFFERED // 2
    assert seen.grown is None


def test_a_server_that_dies_of_it_is_recorded() -> None:
    history = History()
    with serving(script("mortal.py", "9", "100000")) as server:
        flood(server, Rules(patience=PATIENCE), history)
    assert len(list(history.of(ListenerEnded))) == 1
