"""failed_calls: any call of an exchange fails, once or for good, and what is held against whom."""

from dataclasses import replace
from pathlib import Path

import pytest

from faults.fault import Status
from faults.gate.lawful_errors import About, CallErrno
from faults.server.exchange import Caller
from faults.server.failed_calls import FailCall
from properties.cases.codec import workload_as_data, workload_from_data
from properties.model.levels import Level
from properties.model.steps import Inject, Workload
from properties.model.trial import Trial, judged
from properties.server.events import Received
from properties.server.invariants.registry import INVARIANTS
from properties.server.rehearsal.points import BYSTANDER
from properties.server.role import SERVER
from target.command import Command
from tests.compiled import compiled as compile_program
from tests.properties.server_runs import PROGRAMS, compiled, only_injected, run, variant

NAMED = FailCall(
    2, Caller.LISTENER, "getpeername", About.CONNECTION, 1, CallErrno.ENOTCONN, False, 3
)
ACCEPT = FailCall(2, Caller.LISTENER, "accept", About.LISTENING, 1, CallErrno.EMFILE, False, 3)
MAPPED = FailCall(2, Caller.LISTENER, "mmap", About.MEMORY, 1, CallErrno.ENOMEM, False, 3)
READ = FailCall(2, Caller.WORKER, "read", About.CONNECTION, 1, CallErrno.ECONNRESET, False, 3)


def maps(*options: str) -> Command:
    source: Path = PROGRAMS / "maps_unchecked.c"
    return Command((str(compile_program(source, ("cc", "-O1", *options))), "{port}"))


def around(fault: FailCall) -> Workload:
    return (*BYSTANDER, Inject(fault))


def tried(fault: FailCall, command: Command) -> Trial:
    workload = around(fault)
    return judged(workload, run(workload, command), INVARIANTS)


def test_a_listener_that_dies_of_the_name_of_a_client_that_has_gone_is_found() -> None:
    trial = tried(NAMED, compiled("getpeername_fatal"))
    assert trial.violations == {
        "listener_survives (getpeername of the listener failed)": Level.MUST
    }


def test_a_listener_that_does_not_look_whether_it_got_memory_is_found() -> None:
    trial = tried(MAPPED, maps())
    assert trial.violations == {"listener_survives (mmap of the listener failed)": Level.MAY}
    assert "SIGSEGV" in trial.verdicts["listener_survives"].reason


def test_a_listener_that_turns_the_client_away_for_lack_of_memory_is_right() -> None:
    trial = tried(MAPPED, maps("-DFIXED"))
    assert trial.fault_status()[0] is Status.FIRED
    assert trial.is_healthy


def test_a_listener_that_tries_again_and_again_without_a_pause_spins() -> None:
    trial = tried(replace(ACCEPT, for_good=True), compiled("spin_emfile"))
    assert trial.violations == {"no_spin (accept of the listener failed)": Level.SHOULD}
    assert "without a pause" in trial.verdicts["no_spin"].reason


def test_a_listener_that_pauses_between_its_attempts_is_right() -> None:
    trial = tried(replace(ACCEPT, for_good=True), maps("-DFIXED"))
    assert trial.fault_status()[0] is Status.FIRED
    assert trial.is_healthy


def test_a_listener_may_end_when_its_call_fails_for_good() -> None:
    fault = replace(NAMED, error=CallErrno.ENOBUFS, for_good=True)
    assert tried(fault, compiled("getpeername_fatal")).is_healthy


def test_a_listener_may_not_end_when_the_same_call_fails_once() -> None:
    trial = tried(replace(NAMED, error=CallErrno.ENOBUFS), compiled("getpeername_fatal"))
    assert trial.level_of("listener_survives") is Level.SHOULD


def test_the_connection_of_a_client_that_has_no_name_any_more_is_over() -> None:
    history = run(around(NAMED), maps("-DFIXED"))
    assert only_injected(history).status is Status.FIRED
    assert not any(event.client == NAMED.client for event in history.of(Received))


def test_a_worker_may_end_its_connection() -> None:
    trial = tried(READ, variant("sa_restart"))
    assert trial.fault_status()[0] is Status.FIRED
    assert trial.is_healthy


def test_an_accept_that_waits_fails_with_the_next_client() -> None:
    fault = replace(ACCEPT, error=CallErrno.ECONNABORTED)
    event = only_injected(run(around(fault), variant("sa_restart")))
    assert (event.status, event.disturbed) == (Status.FIRED, frozenset({2, 3}))


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        (replace(NAMED, error=CallErrno.EAGAIN), "getpeername never reports EAGAIN so"),
        (replace(NAMED, for_good=True), "getpeername never reports ENOTCONN so"),
        (replace(NAMED, call="close"), "close never reports ENOTCONN so"),
    ],
)
def test_what_the_kernel_would_not_do_is_impossible(fault: FailCall, why: str) -> None:
    event = only_injected(run(around(fault), variant("sa_restart")))
    assert (event.status, event.detail) == (Status.IMPOSSIBLE, why)


def test_a_call_that_is_not_made_is_missed() -> None:
    event = only_injected(run(around(NAMED), variant("sa_restart")))
    assert (event.status, event.detail) == (Status.MISSED, "getpeername was called 0 times")


def test_a_point_is_written_and_read_again() -> None:
    workload = around(NAMED)
    data = workload_as_data(workload, SERVER.words)
    assert workload_from_data(data, SERVER.words) == workload


def test_a_point_is_told_in_words() -> None:
    assert str(replace(ACCEPT, nth=2, for_good=True)) == (
        "accept number 2 of the listener, about the listening socket, fails for good with EMFILE, "
        "while c2 has a line echoed"
    )
