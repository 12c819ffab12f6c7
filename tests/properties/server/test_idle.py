"""Silence on purpose: who is waited for, for how long, and what is recorded."""

from faults.fault import Reading
from faults.payloads import Content, Payload
from properties.model.events import Conclusion
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Workload
from properties.server.events import Ended, Idled, Received, Silenced, Stalled
from properties.server.execute import execute
from properties.server.steps import HalfClose, Open, Send, Silence
from tests.faults.contexts import served
from tests.properties.server_runs import (
    PATIENCE,
    in_doubt,
    known_by_address,
    mutant,
    run,
    script,
    serving,
    verdicts,
    violated,
)

AN_HOUR = "3600"
SILENT: Workload = (*served(1, 2), Silence())
SPINNING = mutant("spin_select_zero.py")


def only_silence(history: History) -> Silenced:
    """Return what the only silence of a workload has recorded."""
    (event,) = history.of(Silenced)
    return event


def test_a_server_without_a_timer_is_not_waited_for() -> None:
    event = only_silence(run(SILENT))
    assert (event.clients, event.timers) == ((1, 2), ())
    assert event.seconds < PATIENCE / 2


def test_a_timer_that_lasts_longer_than_the_patience_is_not_waited_for() -> None:
    history = run(SILENT, script("timed.py", AN_HOUR))
    assert only_silence(history).timers == ()
    assert only_silence(history).seconds < PATIENCE / 2
    assert in_doubt(history) == {}


def test_the_timer_of_a_thread_that_plain_fails_is_not_waited_for() -> None:
    assert only_silence(run(SILENT, script("threaded.py", "echo", "0.05"))).timers == ()


def test_a_client_that_is_cut_off_for_its_silence_violates_exact_echo() -> None:
    history = run(SILENT, script("timed.py", "0.3", "goes"))
    assert only_silence(history).timers == ("poll with a timeout of 0.3 s",)
    assert {event.client for event in history.of(Ended)} >= {1, 2}
    assert violated(history) == ["exact_echo"]
    assert "while the server waited in poll with a timeout of 0.3 s" in (
        verdicts(history)["exact_echo"].reason
    )


def test_every_client_is_silent_until_its_own_timer_has_run_out() -> None:
    event = only_silence(run(SILENT, script("timed.py", "0.3", "goes")))
    assert event.conclusion is Conclusion.MET
    assert event.seconds >= 0.3 * 0.9


def test_a_timer_that_cuts_off_nobody_runs_out_and_nobody_is_accused() -> None:
    history = run(SILENT, script("timed.py", "0.1", "stays"))
    assert only_silence(history).timers == ("poll with a timeout of 0.1 s",)
    assert in_doubt(history) == {}


def test_a_server_that_cuts_off_when_its_timer_has_run_out_again_is_found_too() -> None:
    history = run((*served(1), Silence()), script("timed.py", "0.1", "later"))
    silence = history.events.index(only_silence(history))
    assert any(isinstance(event, Ended) and event.client == 1 for event in history.events[:silence])
    assert violated(history) == ["exact_echo"]


def test_timers_that_have_run_out_are_not_waited_for_again() -> None:
    with serving(script("timed.py", "0.05", "stays")) as server:
        silences = [
            len(list(execute(SILENT, server, Rules(patience=PATIENCE)).of(Silenced)))
            for _ in range(2)
        ]
    assert silences == [1, 0]


def test_a_server_without_a_timer_is_looked_at_each_time() -> None:
    with serving() as server:
        silences = [
            len(list(execute(SILENT, server, Rules(patience=PATIENCE)).of(Silenced)))
            for _ in range(2)
        ]
    assert silences == [1, 1]


def test_everything_owed_comes_before_the_silence() -> None:
    heavy = Payload(Content.LETTERS, 8 << 20)
    history = run((Open(1, Reading.LATE), Send(1, heavy), Silence()))
    silence = history.events.index(only_silence(history))
    assert any(
        isinstance(event, Received) and event.client == 1 and event.total == heavy.length
        for event in history.events[:silence]
    )


def test_a_client_that_waits_in_vain_is_not_silent() -> None:
    lost = Send(1, Payload(Content.LETTERS, 200))
    history = run((Open(1), lost, Silence()), script("threaded.py", "swallow"))
    assert list(history.of(Silenced)) == []
    assert next(stall.client for stall in history.of(Stalled)) == 1


def test_a_client_that_has_half_closed_is_no_silent_one() -> None:
    history = run((*served(1, 2), HalfClose(2), Silence()))
    assert only_silence(history).clients == (1,)


def test_where_every_client_has_half_closed_there_is_no_silence() -> None:
    assert list(run((*served(1), HalfClose(1), Silence())).of(Silenced)) == []


def test_without_a_client_nobody_is_silent() -> None:
    assert list(run((Silence(),)).of(Silenced)) == []


def test_by_address_no_timer_is_seen_and_nothing_waited_for() -> None:
    with serving() as server:
        history = execute(SILENT, known_by_address(server), Rules(patience=1.0))
    assert list(history.of(Silenced)) == []


def test_a_server_that_spins_is_not_waited_for() -> None:
    history = run(SILENT, SPINNING, Rules(patience=2.0))
    assert list(history.of(Silenced)) == []
    assert next(history.of(Idled)).spinning
