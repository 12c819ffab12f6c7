"""The rehearsal: a signal that a server catches is sent once it is known to be no order."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from signal import Signals

import pytest

from faults.fault import Status
from faults.harmless_signals import SignalName
from faults.server.io_errors import IoError, IoFailure
from faults.server.signals import SignalSlowCall, SlowCall
from properties.cases.case import case_as_data, case_from_data
from properties.cases.replay import run_again, target_of
from properties.model.events import Injected
from properties.model.settings import Rules, SignalChoice
from properties.model.target_spec import Target
from properties.model.trial import Trial
from properties.search.new_case import new_case
from properties.server.harness import ServerHarness
from properties.server.invariants.registry import INVARIANTS
from properties.server.role import SERVER
from target.command import Command
from tests.compiled import compiled
from tests.faults.contexts import around
from tests.properties.server_runs import HOST, PATIENCE, PROGRAMS

USR1 = Signals.SIGUSR1
SENT = SignalSlowCall(1, SlowCall.ACCEPT, SignalName.USR1, 1, volley=False)
INTERRUPTED = IoError(1, IoFailure.POLL_INTERRUPTED, 1, 1, 2)
ORDERS = ("ends", "leaves", "listens", "fails", "pauses", "drains")

Making = Callable[..., ServerHarness]


@pytest.fixture
def that() -> Iterator[Making]:
    """Make harnesses for servers to which SIGUSR1 means this; close them in the end."""
    made: list[ServerHarness] = []

    def make(meaning: str, choice: SignalChoice | None = None) -> ServerHarness:
        program = compiled(PROGRAMS / "takes_usr1.c", ("cc", "-O1", "-pthread"))
        rules = Rules(patience=PATIENCE, signals=choice or SignalChoice())
        target = Target(HOST, Command((str(program), "{port}", meaning)))
        made.append(ServerHarness(target, rules))
        return made[-1]

    yield make
    for one in made:
        one.close()


def what_became(trial: Trial) -> Status:
    """Return what became of the only fault of a trial."""
    (event,) = trial.history.of(Injected)
    return event.status


def test_a_signal_that_changes_nothing_is_sent(that: Making) -> None:
    trial = that("nothing").run_trial(around(SENT, 1))
    assert what_became(trial) is Status.FIRED
    assert trial.is_healthy


def test_a_poll_that_dies_of_eintr_is_found_where_only_that_signal_is_caught(
    that: Making,
) -> None:
    harness = that("dies")
    assert "listener_survives" in harness.run_trial(around(SENT, 1)).violated
    assert "listener_survives" in harness.run_trial(around(INTERRUPTED, 1)).violated
    assert harness.notes == []


@pytest.mark.parametrize("meaning", ORDERS)
@pytest.mark.parametrize("fault", [SENT, INTERRUPTED], ids=["signal", "EINTR"])
def test_an_order_is_left_alone(that: Making, meaning: str, fault: SignalSlowCall) -> None:
    trial = that(meaning).run_trial(around(fault, 1))
    assert what_became(trial) is Status.IMPOSSIBLE
    assert trial.is_healthy


@pytest.mark.parametrize(
    ("meaning", "did"),
    [
        ("ends", "the listener exited with status 3"),
        ("leaves", "the listener exited with status 0"),
        ("listens", "it listened elsewhere"),
        ("pauses", "it served no more as before"),
        ("drains", "the listener exited with status 0"),
        ("fails", "the listener exited with status 1"),
    ],
)
def test_an_order_is_told_once(that: Making, meaning: str, did: str) -> None:
    harness = that(meaning)
    for _ in range(2):
        harness.run_trial(around(SENT, 1))
    assert harness.notes == [
        f"SIGUSR1 is an order to the target, and is not sent: {did} when it was tried; "
        "--signal USR1 sends it all the same"
    ]


def test_what_is_learnt_is_not_tried_again(that: Making) -> None:
    first, second = that("nothing"), that("nothing")
    first.run_trial(around(SENT, 1))
    assert first.learnt.rehearsed is not None
    assert first.learnt.rehearsed.harmless == (USR1,)
    second.learnt.merge(first.learnt)
    assert second.learnt.rehearsed is first.learnt.rehearsed


def test_a_workload_for_which_signals_do_not_matter_needs_no_rehearsal(that: Making) -> None:
    harness = that("ends")
    harness.run_trial(())
    assert harness.learnt.rehearsed is None


def test_a_signal_that_the_user_names_is_sent_without_a_rehearsal(that: Making) -> None:
    trial = that("leaves", SignalChoice(more=(USR1,))).run_trial(around(SENT, 1))
    assert "listener_survives" in trial.violated


def test_a_signal_that_the_user_forbids_is_not_sent(that: Making) -> None:
    harness = that("dies", SignalChoice(fewer=(USR1,)))
    assert what_became(harness.run_trial(around(SENT, 1))) is Status.IMPOSSIBLE
    assert what_became(harness.run_trial(around(INTERRUPTED, 1))) is Status.IMPOSSIBLE
    assert harness.learnt.rehearsed is not None
    assert harness.learnt.rehearsed.orders == ()


def test_what_the_user_says_of_signals_is_kept_in_the_case_and_holds_in_its_replay(
    that: Making,
) -> None:
    harness = that("leaves", SignalChoice(more=(USR1,)))
    trial = harness.run_trial(around(SENT, 1))
    (survives,) = (one for one in INVARIANTS if one.id == "listener_survives")
    made = new_case(harness, SERVER, "signals", 1, survives, trial)
    read = case_from_data(json.loads(json.dumps(case_as_data(made))))
    assert read.signals == SignalChoice(more=(USR1,))
    assert run_again(read, target_of(read), 1).failed == 1
    untold = replace(read, signals=SignalChoice())
    assert "did not happen" in run_again(untold, target_of(untold), 1).reason
