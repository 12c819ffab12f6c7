"""The rehearsal: a signal that a client catches is sent once it is known to be no order."""

import sys
from signal import Signals

import pytest

from faults.client.connecting import HinderConnect, Hindrance
from faults.client.signals import ClientCall, ClientSignal, SignalClient
from faults.fault import Status
from properties.client.events import Accepted
from properties.client.harness import ClientHarness
from properties.client.rehearsal import NO_NAMES
from properties.client.steps import Answer, Type
from properties.model.events import Injected
from properties.model.levels import Level
from properties.model.settings import Rules, SignalChoice
from properties.model.steps import Inject, Workload
from properties.model.target_spec import RoleName, Target
from properties.model.trial import Trial
from properties.model.verdict import Outcome
from target import chamber
from target.command import REFERENCE_CLIENT, Command
from tests.chambers import in_a_chamber
from tests.compiled import compiled
from tests.faults.contexts import A_WORD
from tests.properties.server_runs import HOST, PATIENCE, PROGRAMS

needs_namespaces = pytest.mark.skipif(bool(chamber.why_not()), reason=chamber.why_not())

USR1 = Signals.SIGUSR1
IN_CONNECT = SignalClient(ClientCall.CONNECT, ClientSignal.CAUGHT, 1)
CONNECTING = (Inject(IN_CONNECT), Type(A_WORD), Answer())


def that(meaning: str, choice: SignalChoice | None = None) -> ClientHarness:
    """Return a harness for clients to which SIGUSR1 means this."""
    program = compiled(PROGRAMS / "takes_usr1_client.c", ("cc", "-O1", "-pthread"))
    return of(Command((str(program), "{host}", "{port}", meaning)), choice)


def of(command: Command, choice: SignalChoice | None = None) -> ClientHarness:
    """Return a harness for clients of this command."""
    rules = Rules(patience=PATIENCE, signals=choice or SignalChoice())
    return ClientHarness(Target(HOST, command, role=RoleName.CLIENT), rules)


def what_became(trial: Trial) -> Status:
    """Return what became of the only fault of a trial."""
    (event,) = trial.history.of(Injected)
    return event.status


def test_a_signal_that_changes_nothing_is_sent() -> None:
    trial = that("nothing").run_trial(CONNECTING)
    assert what_became(trial) is Status.FIRED
    assert trial.is_healthy


def test_a_connect_that_fails_with_eintr_is_found_where_only_that_signal_is_caught() -> None:
    harness = that("dies")
    assert "connect_survives_signal" in harness.run_trial(CONNECTING).violated
    assert harness.notes == []


@pytest.mark.parametrize(
    ("meaning", "did"),
    [
        ("ends", "it waited for input no more"),
        ("prints", "it served its user no more as before"),
    ],
)
def test_an_order_is_left_alone_and_told(meaning: str, did: str) -> None:
    harness = that(meaning)
    trial = harness.run_trial(CONNECTING)
    assert what_became(trial) is Status.IMPOSSIBLE
    assert trial.is_healthy
    assert harness.notes == [
        f"SIGUSR1 is an order to the target, and is not sent: {did} when it was tried; "
        "--signal USR1 sends it all the same"
    ]


def test_a_client_that_catches_no_such_signal_has_nothing_to_be_learnt() -> None:
    harness = of(REFERENCE_CLIENT)
    assert harness.run_trial(CONNECTING).is_healthy
    assert harness.learnt.rehearsed is not None
    assert harness.learnt.rehearsed.harmless == ()
    assert harness.learnt.rehearsed.orders == ()


def test_what_the_user_says_of_a_signal_counts() -> None:
    told = that("ends", SignalChoice(more=(USR1,)))
    assert what_became(told.run_trial(CONNECTING)) is Status.FIRED
    forbidden = that("dies", SignalChoice(fewer=(USR1,)))
    assert what_became(forbidden.run_trial(CONNECTING)) is Status.IMPOSSIBLE


# Names.


def hindered(hindrance: Hindrance) -> Workload:
    return (Inject(HinderConnect(hindrance)), Type(A_WORD), Answer())


AT_A_DEAD_ADDRESS = hindered(Hindrance.FIRST_ADDRESS_DEAD)

NUMERIC = """
import socket, sys
socket.inet_aton(sys.argv[1])
connected = socket.create_connection((sys.argv[1], int(sys.argv[2])))
"""
"""A client that takes an address, and no name for it."""


def python(program: str) -> ClientHarness:
    return of(Command((sys.executable, "-c", program, "{host}", "{port}")))


@in_a_chamber
def test_a_client_that_takes_no_names_is_not_accused_of_it() -> None:
    harness = python(NUMERIC)
    trial = harness.run_trial(AT_A_DEAD_ADDRESS)
    assert what_became(trial) is Status.IMPOSSIBLE
    verdict = trial.verdicts["tries_each_address"]
    assert (verdict.outcome, verdict.reason) == (Outcome.NOT_APPLICABLE, NO_NAMES)
    assert any(trial.history.of(Accepted))
    assert harness.learnt.takes_no_names == NO_NAMES


@in_a_chamber
def test_whether_a_client_takes_names_is_tried_once_and_where_it_matters() -> None:
    harness = of(REFERENCE_CLIENT)
    known = []
    for workload in (hindered(Hindrance.REFUSED), AT_A_DEAD_ADDRESS):
        assert harness.run_trial(workload).is_healthy
        known.append(harness.learnt.takes_no_names)
    assert known == [None, ""]
    harness.learnt.takes_no_names = "as was tried before"
    trial = harness.run_trial(AT_A_DEAD_ADDRESS)
    assert trial.verdicts["tries_each_address"].reason == "as was tried before"


def test_where_no_hosts_file_can_be_had_the_reason_is_told() -> None:
    harness = of(REFERENCE_CLIENT)
    harness.learnt.takes_no_names = "Operation not permitted"
    trial = harness.run_trial(AT_A_DEAD_ADDRESS)
    assert what_became(trial) is Status.IMPOSSIBLE
    assert trial.is_healthy


@in_a_chamber
def test_a_client_that_gives_up_at_the_first_address_is_told_of_it_and_of_nothing_else() -> None:
    program = NUMERIC.replace("socket.inet_aton(sys.argv[1])", "connected = socket.socket()")
    program = program.replace("connected = socket.create_connection", "connected.connect")
    trial = python(program).run_trial(AT_A_DEAD_ADDRESS)
    assert trial.violations == {"tries_each_address": Level.SHOULD}
