"""The laboratory: a healthy server is used again, a doubtful one never."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from faults.freeze import Freeze
from properties.execute import Rules
from properties.laboratory import Laboratory, check_subject
from properties.steps import Close, Inject, Open, Reset, Workload
from properties.subject import Subject
from properties.trial import HEALTHY, Trial
from properties.verdict import NOT_TRIED, Outcome, Sequel
from target.command import REFERENCE, Command
from target.errors import TargetError
from tests.faults.scenes import is_gone, marks, served
from tests.properties.running import (
    HOST,
    PATIENCE,
    mutant,
    reserved_port,
    rung,
    script,
    serving,
    wait_until,
)

A_LOOK: Workload = (*served(1), Inject(Freeze()))
"""A workload that hurts nobody; the freeze tells the listener's pid."""

Making = Callable[[Command], Laboratory]


@pytest.fixture
def laboratory() -> Iterator[Making]:
    """Make laboratories, and close them in the end."""
    made: list[Laboratory] = []

    def make(command: Command = REFERENCE) -> Laboratory:
        made.append(Laboratory(Subject(HOST, command), Rules(patience=PATIENCE)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def listener_of(trial: Trial) -> int:
    """Return the pid of the listener, which the trial's freeze has recorded."""
    return marks(trial.history)[-1][1]


def test_a_healthy_server_is_used_again(laboratory: Making) -> None:
    lab = laboratory(REFERENCE)
    first, second = lab.try_out(A_LOOK), lab.try_out(A_LOOK)
    assert first.is_healthy
    assert second.is_healthy
    assert listener_of(first) == listener_of(second)
    assert lab.notes == []


def test_after_a_violation_the_next_workload_gets_a_fresh_server(laboratory: Making) -> None:
    lab = laboratory(rung("tcpserv01"))
    first, second = lab.try_out(A_LOOK), lab.try_out(A_LOOK)
    assert first.verdicts["no_zombies"].outcome is Outcome.FAIL
    assert listener_of(first) != listener_of(second)
    assert is_gone(listener_of(first))


def test_the_damage_of_one_workload_is_not_blamed_on_the_next(laboratory: Making) -> None:
    lab = laboratory(rung("tcpserv03"))
    burst: Workload = (Open(1), Open(2), Open(3), Inject(Freeze()), Close(1), Close(2), Close(3))
    for _ in range(3):
        lab.try_out(burst)
        assert lab.try_out(served(1)).verdicts["no_zombies"].outcome is Outcome.PASS


def test_a_server_that_dies_between_workloads_is_not_blamed_on_the_next(
    laboratory: Making,
) -> None:
    lab = laboratory(REFERENCE)
    first = lab.try_out(A_LOOK)
    os.kill(listener_of(first), signal.SIGKILL)
    wait_until(lambda: is_gone(listener_of(first)))
    second = lab.try_out(A_LOOK)
    doubtful = {n for n, verdict in second.verdicts.items() if verdict.outcome not in HEALTHY}
    assert doubtful == {"listener_survives"}
    assert second.verdicts["listener_survives"].outcome is Outcome.INCONCLUSIVE
    assert listener_of(second) != listener_of(first)
    assert len(lab.notes) == 1
    assert "failed the plain exchange before the next workload" in lab.notes[0]


def test_a_server_that_ends_by_itself_after_a_workload_is_blamed_for_that_workload(
    laboratory: Making,
) -> None:
    lab = laboratory(mutant("dies_late_of_reset.py"))
    guilty: Workload = (*A_LOOK, Open(2), Reset(2))
    first = lab.try_out(guilty)
    assert first.is_healthy
    wait_until(lambda: is_gone(listener_of(first)))
    late = lab.try_out((Open(1), Close(1)))
    assert late.workload == guilty
    assert late.verdicts["listener_survives"].outcome is Outcome.FAIL
    # It is known now that this server ends late, so it is seen in the workload's own run.
    assert lab.try_out(guilty).verdicts["listener_survives"].outcome is Outcome.FAIL
    assert lab.try_out((Open(1), Close(1))).is_healthy


def test_a_fresh_server_that_fails_its_first_exchange_is_blamed(laboratory: Making) -> None:
    lab = laboratory(script("threaded.py", "upper"))
    trial = lab.try_out(A_LOOK)
    assert trial.verdicts["exact_echo"].outcome is Outcome.FAIL
    assert lab.notes == []


def test_a_workload_that_kills_the_server_is_blamed(laboratory: Making) -> None:
    lab = laboratory(rung("tcpserv02"))
    assert lab.try_out((Open(1), Close(1))).verdicts["listener_survives"].outcome is Outcome.FAIL


def test_a_closed_laboratory_has_stopped_its_server(laboratory: Making) -> None:
    lab = laboratory(REFERENCE)
    trial = lab.try_out(A_LOOK)
    lab.close()
    lab.close()
    assert is_gone(listener_of(trial))


def test_a_server_that_cannot_be_started_is_the_targets_fault(laboratory: Making) -> None:
    with pytest.raises(TargetError, match="cannot start"):
        laboratory(Command(("./no such program", "{port}"))).try_out(())


def test_a_server_that_ends_at_once_is_the_targets_fault(laboratory: Making) -> None:
    with pytest.raises(TargetError, match="ended before it listened") as refused:
        laboratory(rung("no_such_rung")).try_out(())
    assert "no_such_rung" in refused.value.output


def test_a_reference_that_is_stopped_can_be_started_again(laboratory: Making) -> None:
    trial = laboratory(REFERENCE).try_with(Sequel.RESTART, A_LOOK)
    assert trial.is_healthy
    assert trial.verdicts["clean_restart"].outcome is Outcome.PASS
    assert is_gone(listener_of(trial))


def test_workers_that_keep_the_listening_socket_hinder_the_restart(laboratory: Making) -> None:
    trial = laboratory(script("forking.py", "keeps-listener")).try_with(Sequel.RESTART, A_LOOK)
    verdict = trial.verdicts["clean_restart"]
    assert verdict.outcome is Outcome.FAIL
    assert "workers of the old server still hold its listening socket" in verdict.reason


def test_where_the_workload_did_damage_the_restart_is_tried_on_a_fresh_server(
    laboratory: Making,
) -> None:
    trial = laboratory(rung("tcpserv01")).try_with(Sequel.RESTART, served(1))
    assert trial.verdicts["no_zombies"].outcome is Outcome.FAIL
    assert trial.verdicts["clean_restart"].outcome is Outcome.PASS


@pytest.mark.slow
def test_a_leak_is_found_by_the_rounds_behind_a_workload(laboratory: Making) -> None:
    trial = laboratory(mutant("memory_session_table.py")).try_with(Sequel.ROUNDS, served(1))
    assert trial.failed == {"bounded_memory"}
    assert trial.verdicts["backpressure"].reason == NOT_TRIED


def test_buffering_without_bound_is_found_behind_a_workload(laboratory: Making) -> None:
    trial = laboratory(mutant("memory_no_drain.py")).try_with(Sequel.FLOOD, served(1))
    assert trial.failed == {"backpressure"}
    assert trial.verdicts["bounded_memory"].reason == NOT_TRIED


def test_by_address_nothing_is_started_and_nothing_stopped() -> None:
    with serving() as server:
        lab = Laboratory(Subject(HOST, port=server.endpoint.port), Rules(patience=PATIENCE))
        trial = lab.try_out(served(1))
        lab.close()
        assert server.handle is not None
        assert server.handle.listener_lives()
    assert {verdict.outcome for verdict in trial.verdicts.values()} <= HEALTHY
    assert trial.verdicts["no_zombies"].outcome is Outcome.NOT_APPLICABLE


def test_by_address_what_is_found_is_never_tried_on_a_server_that_is_not_there() -> None:
    with serving(script("threaded.py", "upper")) as server:
        lab = Laboratory(Subject(HOST, port=server.endpoint.port), Rules(patience=PATIENCE))
        trials = [lab.try_out(served(1)) for _ in range(2)]
        lab.close()
    assert all(trial.verdicts["exact_echo"].outcome is Outcome.FAIL for trial in trials)
    assert lab.notes == []


def test_an_address_where_nobody_listens_is_refused_beforehand() -> None:
    with reserved_port() as nobody:
        subject = Subject(HOST, port=nobody.port)
        with pytest.raises(TargetError, match=f"nobody can be reached at {HOST}:{nobody.port}"):
            check_subject(subject, Rules(patience=PATIENCE))


def test_a_wrong_server_is_no_reason_to_refuse_it_beforehand() -> None:
    check_subject(Subject(HOST, rung("tcpserv01")), Rules(patience=PATIENCE))
