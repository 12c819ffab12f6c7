"""eof_races: the end of a connection meets data."""

import pytest

from faults.fault import Reading, Status
from faults.payloads import Content, Payload
from faults.server.eof_races import EofRace, Race
from faults.server_context import NO_PROCESS
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.server.events import Closed, End, HalfClosed, Received, Sent
from properties.server.execute import execute
from properties.server.steps import Close
from target.command import REFERENCE, Command
from tests.faults.contexts import A_WORD, around, context_with, end_of, marks, served, stopped
from tests.properties.server_runs import (
    SELECTORS,
    THREADED,
    in_doubt,
    known_by_address,
    only_injected,
    run,
    script,
    serving,
)

LARGE = Payload(Content.RANDOM, 1 << 20)
FORKING = script("forking.py")


each_server = pytest.mark.parametrize(
    "command",
    [REFERENCE, FORKING, THREADED, SELECTORS],
    ids=["reference", "forks", "threads", "selectors"],
)
each_race = pytest.mark.parametrize("race", Race)


@each_server
@pytest.mark.parametrize("frozen", [True, False], ids=["frozen", "running"])
@pytest.mark.parametrize("payload", [A_WORD, LARGE], ids=["word", "large"])
@each_race
def test_every_race_happens_and_a_correct_server_stands_it(
    race: Race, payload: Payload, frozen: bool, command: Command
) -> None:
    with serving(command) as server:
        history = execute(around(EofRace(1, race, payload, frozen), 1, 2), server, Rules())
        assert stopped(server.handle) == []
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


@each_race
def test_every_race_can_be_run_by_address(race: Race) -> None:
    with serving() as server:
        history = execute(around(EofRace(1, race, A_WORD), 1), known_by_address(server), Rules())
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


@each_race
def test_it_misses_when_its_client_is_not_open(race: Race) -> None:
    history = run((*served(1), Close(1), Inject(EofRace(1, race, A_WORD))))
    event = only_injected(history)
    assert (event.status, event.detail) == (Status.MISSED, "c1 was not connected")
    assert event.disturbed == frozenset()


def test_frozen_it_is_the_worker_that_is_stopped_and_continued() -> None:
    with serving() as server:
        fault = EofRace(1, Race.FIN_AFTER_DATA, A_WORD, frozen=True)
        history = execute(around(fault, 1), server, Rules())
        assert server.handle is not None
        listener = server.handle.listener.pid
    (stop, stopped_pid), (go_on, continued_pid) = marks(history)
    assert (stop, go_on) == ("SIGSTOP", "SIGCONT")
    assert stopped_pid == continued_pid != listener


def test_frozen_a_server_without_workers_is_stopped_itself() -> None:
    with serving(SELECTORS) as server:
        fault = EofRace(1, Race.FIN_AFTER_DATA, A_WORD, frozen=True)
        history = execute(around(fault, 1), server, Rules())
        assert server.handle is not None
        listener = server.handle.listener.pid
    assert marks(history) == [("SIGSTOP", listener), ("SIGCONT", listener)]


def test_a_server_that_must_block_first_is_not_frozen() -> None:
    history = run(around(EofRace(1, Race.CLOSE_IN_WRITE, A_WORD, frozen=True), 1))
    assert only_injected(history).status is Status.FIRED
    assert marks(history) == []


def test_by_address_it_cannot_freeze() -> None:
    fault = EofRace(1, Race.FIN_AFTER_DATA, A_WORD, frozen=True)
    with serving() as server:
        event = only_injected(execute(around(fault, 1), known_by_address(server), Rules()))
    assert (event.status, event.detail) == (Status.IMPOSSIBLE, NO_PROCESS.detail)


def test_a_fin_after_data_is_sent_before_anything_has_come_back() -> None:
    history = run(around(EofRace(1, Race.FIN_AFTER_DATA, A_WORD), 1))
    kinds = _after_the_first_echo(history)
    assert kinds.index(Sent) < kinds.index(HalfClosed) < kinds.index(Received)
    assert _received(history) == 2 * A_WORD.length


def test_a_fin_before_data_ends_a_connection_with_nothing_more_on_it() -> None:
    history = run(around(EofRace(1, Race.FIN_BEFORE_DATA, A_WORD), 1))
    assert _received(history) == A_WORD.length
    assert _end(history) is End.EOF


def test_a_half_close_while_the_echo_is_owed_still_brings_every_byte() -> None:
    history = run(around(EofRace(1, Race.HALF_CLOSE_OWED, LARGE), 1))
    assert _received(history) == A_WORD.length + LARGE.length
    assert _end(history) is End.EOF


def test_an_owed_echo_is_not_read_until_somebody_asks_for_it() -> None:
    with serving() as server, context_with(server, 1) as (context, history):
        assert EofRace(1, Race.HALF_CLOSE_OWED, A_WORD).apply(context).status is Status.FIRED
        assert not context.wait(lambda: any(history.of(Received)))
        context.set_reading(1, Reading.EAGER)
        assert context.wait(lambda: any(history.of(Received)))


def test_a_reset_after_data_disturbs_its_client() -> None:
    history = run(around(EofRace(1, Race.RST_AFTER_DATA, A_WORD), 1, 2))
    assert only_injected(history).disturbed == {1}
    assert [event.client for event in history.of(Closed) if event.by_reset] == [1]


def test_a_close_after_data_leaves_nobody_to_take_the_echo() -> None:
    history = run(around(EofRace(1, Race.CLOSE_AFTER_DATA, A_WORD, frozen=True), 1, 2))
    assert only_injected(history).disturbed == {1}
    (close,) = [event for event in history.of(Closed) if event.client == 1]
    assert (close.by_reset, close.unread, close.missing) == (False, 0, A_WORD.length)


def test_a_close_in_write_finds_the_server_with_megabytes_to_go() -> None:
    history = run(around(EofRace(1, Race.CLOSE_IN_WRITE, A_WORD), 1, 2))
    assert only_injected(history).disturbed == {1}
    (close,) = [event for event in history.of(Closed) if event.client == 1]
    assert not close.by_reset
    assert close.unread > 0
    assert close.missing > 1 << 20


@pytest.mark.parametrize("race", [Race.FIN_AFTER_DATA, Race.FIN_BEFORE_DATA, Race.HALF_CLOSE_OWED])
def test_races_without_a_reset_disturb_nobody(race: Race) -> None:
    assert only_injected(run(around(EofRace(1, race, A_WORD), 1))).disturbed == frozenset()


def _after_the_first_echo(history: History) -> list[type]:
    mine = [event for event in history.events if getattr(event, "client", None) == 1]
    return [type(event) for event in mine[3:]]


def _received(history: History) -> int:
    return [event.total for event in history.of(Received) if event.client == 1][-1]


def _end(history: History) -> End | None:
    ended = end_of(history, 1)
    return ended.end if ended else None
