"""The harness: a healthy server is used again, a doubtful one never."""

import os
import signal
from collections.abc import Callable, Iterator

import pytest

from faults.server.freeze import Freeze
from faults.server.stops import StopMoment, StopServer, StopSignal, StopTo
from properties.model.levels import Level
from properties.model.settings import Rules
from properties.model.steps import Inject, Workload
from properties.model.target_spec import Target
from properties.model.trial import HEALTHY, Trial
from properties.model.verdict import NOT_TRIED, FollowUp, Outcome
from properties.server.harness import ServerHarness
from properties.server.probing import probe_server
from properties.server.steps import Close, Open, Reset
from properties.server.stopping.events import StopAwaited, ToldToStop
from target.command import REFERENCE, Command
from target.errors import TargetError
from tests.faults.contexts import is_gone, marks, served
from tests.properties.server_runs import (
    HOST,
    PATIENCE,
    compiled,
    mutant,
    reserved_port,
    rung,
    script,
    serving,
    wait_until,
)

A_LOOK: Workload = (*served(1), Inject(Freeze()))
"""A workload that does no harm; the freeze tells the listener's pid."""

A_STOP: Workload = (
    *served(1),
    Inject(StopServer(1, StopSignal.TERM, StopTo.ROOT, StopMoment.SILENT)),
)
"""A workload of which a server ends."""

Making = Callable[[Command], ServerHarness]


@pytest.fixture
def make_harness() -> Iterator[Making]:
    """Make harnesses, and close them in the end."""
    made: list[ServerHarness] = []

    def make(command: Command = REFERENCE) -> ServerHarness:
        made.append(ServerHarness(Target(HOST, command), Rules(patience=PATIENCE)))
        return made[-1]

    yield make
    for one in made:
        one.close()


def listener_of(trial: Trial) -> int:
    """Return the pid of the listener, which the trial's freeze has recorded."""
    return marks(trial.history)[-1][1]


def stop_root(trial: Trial) -> int:
    """Return the pid of the process that was told to stop."""
    (told,) = trial.history.of(ToldToStop)
    return told.root


def test_a_healthy_server_is_used_again(make_harness: Making) -> None:
    harness = make_harness(REFERENCE)
    first, second = harness.run_trial(A_LOOK), harness.run_trial(A_LOOK)
    assert first.is_healthy
    assert second.is_healthy
    assert listener_of(first) == listener_of(second)
    assert harness.notes == []


def test_a_workload_of_which_the_server_is_to_end_gets_one_of_its_own(
    make_harness: Making,
) -> None:
    harness = make_harness(REFERENCE)
    first, stop, last = (harness.run_trial(each) for each in (A_LOOK, A_STOP, A_LOOK))
    assert len({listener_of(first), stop_root(stop), listener_of(last)}) == 3
    assert harness.notes == []


def test_a_server_that_is_to_end_is_judged_for_how_it_does_and_for_nothing_else(
    make_harness: Making,
) -> None:
    trial = make_harness(rung("tcpserv01")).run_trial(A_STOP)
    assert trial.verdicts.pop("clean_stop").outcome is Outcome.PASS
    assert {verdict.reason for verdict in trial.verdicts.values()} == {NOT_TRIED}


def test_a_server_that_does_not_stop_is_killed_with_all_that_is_left(make_harness: Making) -> None:
    trial = make_harness(compiled("stop_leaves_pool")).run_trial(A_STOP)
    assert trial.violated == {"clean_stop"}
    assert trial.level_of("clean_stop") is Level.SHOULD
    *_, after = trial.history.of(StopAwaited)
    assert after.left
    assert all(is_gone(left.process.pid) for left in after.left)


def test_after_a_violation_the_next_workload_gets_a_fresh_server(make_harness: Making) -> None:
    harness = make_harness(rung("tcpserv01"))
    first, second = harness.run_trial(A_LOOK), harness.run_trial(A_LOOK)
    assert first.verdicts["no_zombies"].outcome is Outcome.FAIL
    assert listener_of(first) != listener_of(second)
    assert is_gone(listener_of(first))


def test_the_damage_of_one_workload_is_not_blamed_on_the_next(make_harness: Making) -> None:
    harness = make_harness(rung("tcpserv03"))
    burst: Workload = (Open(1), Open(2), Open(3), Inject(Freeze()), Close(1), Close(2), Close(3))
    for _ in range(3):
        harness.run_trial(burst)
        assert harness.run_trial(served(1)).verdicts["no_zombies"].outcome is Outcome.PASS


def test_a_server_that_dies_between_workloads_is_not_blamed_on_the_next(
    make_harness: Making,
) -> None:
    harness = make_harness(REFERENCE)
    first = harness.run_trial(A_LOOK)
    os.kill(listener_of(first), signal.SIGKILL)
    wait_until(lambda: is_gone(listener_of(first)))
    second = harness.run_trial(A_LOOK)
    doubtful = {n for n, verdict in second.verdicts.items() if verdict.outcome not in HEALTHY}
    assert doubtful == {"listener_survives"}
    assert second.verdicts["listener_survives"].outcome is Outcome.INCONCLUSIVE
    assert listener_of(second) != listener_of(first)
    assert len(harness.notes) == 1
    assert "failed the control exchange before the next workload" in harness.notes[0]


def test_a_server_that_ends_by_itself_after_a_workload_is_blamed_for_that_workload(
    make_harness: Making,
) -> None:
    harness = make_harness(mutant("dies_late_of_reset.py"))
    guilty: Workload = (*A_LOOK, Open(2), Reset(2))
    first = harness.run_trial(guilty)
    assert first.is_healthy
    wait_until(lambda: is_gone(listener_of(first)))
    late = harness.run_trial((Open(1), Close(1)))
    assert late.workload == guilty
    assert late.verdicts["listener_survives"].outcome is Outcome.FAIL
    # It is known now that this server ends late, so it is seen in the workload's own run.
    assert harness.run_trial(guilty).verdicts["listener_survives"].outcome is Outcome.FAIL
    assert harness.run_trial((Open(1), Close(1))).is_healthy


def test_a_fresh_server_that_fails_its_first_exchange_is_blamed(make_harness: Making) -> None:
    harness = make_harness(script("threaded.py", "upper"))
    trial = harness.run_trial(A_LOOK)
    assert trial.verdicts["exact_echo"].outcome is Outcome.FAIL
    assert harness.notes == []


def test_a_workload_that_kills_the_server_is_blamed(make_harness: Making) -> None:
    harness = make_harness(rung("tcpserv02"))
    trial = harness.run_trial((Open(1), Close(1)))
    assert trial.verdicts["listener_survives"].outcome is Outcome.FAIL


def test_a_closed_laboratory_has_stopped_its_server(make_harness: Making) -> None:
    harness = make_harness(REFERENCE)
    trial = harness.run_trial(A_LOOK)
    harness.close()
    harness.close()
    assert is_gone(listener_of(trial))


def test_a_server_that_cannot_be_started_is_the_targets_fault(make_harness: Making) -> None:
    with pytest.raises(TargetError, match="cannot start"):
        make_harness(Command(("./no such program", "{port}"))).run_trial(())


def test_a_server_that_ends_at_once_is_the_targets_fault(make_harness: Making) -> None:
    with pytest.raises(TargetError, match="ended before it listened") as refused:
        make_harness(rung("no_such_rung")).run_trial(())
    assert "no_such_rung" in refused.value.output


def test_a_reference_that_is_stopped_can_be_started_again(make_harness: Making) -> None:
    trial = make_harness(REFERENCE).run_trial(A_LOOK, FollowUp.RESTART)
    assert trial.is_healthy
    assert trial.verdicts["clean_restart"].outcome is Outcome.PASS
    assert is_gone(listener_of(trial))


def test_workers_that_keep_the_listening_socket_hinder_the_restart(make_harness: Making) -> None:
    trial = make_harness(script("forking.py", "keeps-listener")).run_trial(A_LOOK, FollowUp.RESTART)
    verdict = trial.verdicts["clean_restart"]
    assert verdict.outcome is Outcome.FAIL
    assert "workers of the old server still hold its listening socket" in verdict.reason


def test_where_the_workload_did_damage_the_restart_is_tried_on_a_fresh_server(
    make_harness: Making,
) -> None:
    trial = make_harness(rung("tcpserv01")).run_trial(served(1), FollowUp.RESTART)
    assert trial.verdicts["no_zombies"].outcome is Outcome.FAIL
    assert trial.verdicts["clean_restart"].outcome is Outcome.PASS


@pytest.mark.slow
def test_a_leak_is_found_by_the_rounds_after_a_workload(make_harness: Making) -> None:
    trial = make_harness(mutant("memory_session_table.py")).run_trial(served(1), FollowUp.ROUNDS)
    assert trial.violated == {"bounded_memory"}
    assert trial.verdicts["backpressure"].reason == NOT_TRIED


def test_buffering_without_bound_is_found_after_a_workload(make_harness: Making) -> None:
    trial = make_harness(mutant("memory_no_drain.py")).run_trial(served(1), FollowUp.FLOOD)
    assert trial.violated == {"backpressure"}
    assert trial.verdicts["bounded_memory"].reason == NOT_TRIED


def test_a_fresh_server_is_one_that_has_run_nothing_before(make_harness: Making) -> None:
    harness = make_harness(REFERENCE)
    first = listener_of(harness.run_trial(A_LOOK))
    assert listener_of(harness.run_trial(A_LOOK)) == first
    harness.refresh()
    assert listener_of(harness.run_trial(A_LOOK)) != first


def test_by_address_nothing_is_started_and_nothing_stopped() -> None:
    with serving() as server:
        harness = ServerHarness(Target(HOST, port=server.endpoint.port), Rules(patience=PATIENCE))
        trial = harness.run_trial(served(1))
        harness.close()
        assert server.handle is not None
        assert server.handle.listener_lives()
    assert {verdict.outcome for verdict in trial.verdicts.values()} <= HEALTHY
    assert trial.verdicts["no_zombies"].outcome is Outcome.NOT_APPLICABLE


def test_by_address_what_is_found_is_never_tried_on_a_server_that_is_not_there() -> None:
    with serving(script("threaded.py", "upper")) as server:
        harness = ServerHarness(Target(HOST, port=server.endpoint.port), Rules(patience=PATIENCE))
        trials = [harness.run_trial(served(1)) for _ in range(2)]
        harness.close()
    assert all(trial.verdicts["exact_echo"].outcome is Outcome.FAIL for trial in trials)
    assert harness.notes == []


def test_an_address_where_nobody_listens_is_refused_beforehand() -> None:
    with reserved_port() as unused:
        target = Target(HOST, port=unused.port)
        with pytest.raises(TargetError, match=f"no server can be reached at {HOST}:{unused.port}"):
            probe_server(target, Rules(patience=PATIENCE))


def test_a_wrong_server_is_no_reason_to_refuse_it_beforehand() -> None:
    probe_server(Target(HOST, rung("tcpserv01")), Rules(patience=PATIENCE))
