"""killed_children where the workers were there from the start: a pool below a master (UNP 30.6)."""

from pathlib import Path

import pytest

from faults.fault import Status
from faults.server.killed_children import NO_POOL, SPARED, KillMoment, KillSignal, KillWorker
from faults.server_context import NO_WORKER
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.server.events import Census
from properties.server.execute import execute
from properties.server.steps import Open, Receive, Send
from target import processes
from target.command import REFERENCE, Command
from tests.compiled import compiled as compile_program
from tests.faults.contexts import A_WORD, around, is_gone, marks, served
from tests.properties.server_runs import (
    beside_a_thread,
    compiled,
    in_doubt,
    mutant,
    only_injected,
    run,
    script,
    serving,
    variant,
    verdicts,
)

IDLE = KillWorker(1, KillSignal.KILL, KillMoment.IDLE)
ACCEPTING = KillWorker(1, KillSignal.KILL, KillMoment.ACCEPTING)
LOCKED = KillWorker(1, KillSignal.KILL, KillMoment.LOCKED)

MUTANTS = Path(__file__).parents[2] / "mutants"
OTHERS_SERVED = (Open(8), Send(8, A_WORD), Receive(8))


def corrected(name: str) -> Command:
    """Return the command of a mutant's corrected twin."""
    options = ("cc", "-O1", "-pthread", "-DFIXED")
    return Command((str(compile_program(MUTANTS / f"{name}.c", options)), "{port}"))


def failed(history: History) -> set[str]:
    return {name for name, one in verdicts(history).items() if one.outcome.value == "fail"}


@pytest.mark.parametrize("signal", KillSignal)
@pytest.mark.parametrize("moment", [KillMoment.IDLE, KillMoment.UNREAD_INPUT, KillMoment.MID_ECHO])
def test_the_one_of_a_pool_that_holds_the_client_dies(
    signal: KillSignal, moment: KillMoment
) -> None:
    history = run(around(KillWorker(1, signal, moment), 1), variant("prefork"))
    ((_, pid),) = marks(history)
    event = only_injected(history)
    assert (event.status, event.detail) == (Status.FIRED, f"worker {pid} of c1 killed")
    assert is_gone(pid)
    assert in_doubt(history) == {}


def test_clients_that_the_same_process_serves_are_disturbed_too() -> None:
    history = run(around(IDLE, 1, 2), corrected("spin_prefork_master"))
    assert only_injected(history).disturbed == {1, 2}
    assert failed(history) == set()


@pytest.mark.parametrize("fault", [ACCEPTING, LOCKED], ids=str)
def test_one_that_waits_for_a_client_or_for_its_turn_dies(fault: KillWorker) -> None:
    history = run((*around(fault, 1), *OTHERS_SERVED), corrected("turns_away_dead_lock"))
    assert only_injected(history).status is Status.FIRED
    assert only_injected(history).disturbed <= {1}
    assert in_doubt(history) == {}


def test_a_process_that_replaces_one_is_no_stray_and_takes_its_place() -> None:
    with serving(variant("prefork")) as server:
        assert server.baseline is not None
        first = server.baseline
        for _ in range(3):
            history = execute(around(IDLE, 1), server, Rules())
            assert [census.strays for census in history.of(Census)] == [()] * len(
                list(history.of(Census))
            )
            assert in_doubt(history) == {}
        assert len(server.baseline.pool) == len(first.pool) == 8
        assert len(server.baseline.pool - first.pool) in {1, 2, 3}
        living = [processes.look_at(one.pid) for one in server.baseline.pool]
        assert not any(one is None or one.is_zombie for one in living)


def test_a_master_that_waits_a_while_before_it_makes_another_conforms() -> None:
    history = run(around(IDLE, 1, 2), variant("prefork_refills_late"))
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


def test_a_master_that_computes_instead_of_making_another_is_found() -> None:
    history = run(around(IDLE, 1), compiled("spin_prefork_master"))
    assert failed(history) >= {"no_spin", "listener_survives"}


def test_a_lock_that_dies_with_its_holder_is_found() -> None:
    history = run(around(ACCEPTING, 1), compiled("turns_away_dead_lock"))
    assert failed(history) == {"listener_survives"}


@pytest.mark.parametrize("fault", [ACCEPTING, LOCKED], ids=str)
def test_a_lock_that_the_kernel_releases_conforms(fault: KillWorker) -> None:
    history = run((*around(fault, 1), *OTHERS_SERVED), variant("prefork_flock"))
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


def test_one_that_only_waits_for_the_lock_takes_nothing_with_it() -> None:
    history = run(around(LOCKED, 1), compiled("turns_away_dead_lock"))
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}


def test_the_last_process_is_spared_where_the_master_waits_for_no_child() -> None:
    # The master of UNP 30.6 sleeps in pause() and makes none anew.
    history = run(around(IDLE, 1), script("pool.py", "1"))
    event = only_injected(history)
    assert (event.status, event.detail) == (Status.MISSED, SPARED)
    assert marks(history) == []


def test_a_pool_that_is_not_refilled_goes_on_with_what_is_left() -> None:
    with serving(script("pool.py", "2", "reaps")) as server:
        first = execute(around(IDLE, 1), server, Rules())
        second = execute(around(IDLE, 1), server, Rules())
    assert only_injected(first).status is Status.FIRED
    assert failed(first) == set()
    assert (only_injected(second).status, only_injected(second).detail) == (Status.MISSED, SPARED)
    assert failed(second) == set()


def test_a_server_below_a_shell_is_no_pool() -> None:
    words = " ".join(variant("poll_loop").words).replace("{port}", "$0")
    command = Command(("sh", "-c", f"{words}; exit 1", "{port}"))
    for fault, reason in ((IDLE, NO_WORKER), (ACCEPTING, NO_POOL)):
        history = run(around(fault, 1), command)
        event = only_injected(history)
        assert (event.status, event.detail) == (Status.IMPOSSIBLE, reason.detail)
        assert marks(history) == []


@pytest.mark.parametrize("fault", [ACCEPTING, LOCKED], ids=str)
def test_a_server_that_makes_its_children_later_has_no_pool(fault: KillWorker) -> None:
    event = only_injected(run((*served(1), Inject(fault)), REFERENCE))
    assert (event.status, event.detail) == (Status.IMPOSSIBLE, NO_POOL.detail)


@pytest.mark.parametrize(
    "command",
    [
        compiled("spin_refills_dead"),
        mutant("spin_refills_dead_pipe.py"),
        beside_a_thread(mutant("spin_refills_dead_pipe.py")),
    ],
    ids=["C", "Python", "beside a thread with a timer"],
)
def test_a_master_that_makes_process_after_process_without_end_is_found(command: Command) -> None:
    history = run(around(IDLE, 1), command)
    assert only_injected(history).status is Status.FIRED
    assert "no_spin" in failed(history)


def test_one_that_waits_longer_each_time_is_right() -> None:
    history = run(around(IDLE, 1), variant("pool_refills_patiently"))
    assert only_injected(history).status is Status.FIRED
    assert in_doubt(history) == {}
