"""What lies outside of a server is not held against it: a killed keeper, a limit of the user's."""

import os
import signal
from collections.abc import Iterator
from functools import partial

import pytest

from faults.client.freeze import FreezeClient
from faults.fault import FaultOutcome
from faults.server.freeze import Freeze
from faults.server_context import ServerContext
from properties.client.harness import ClientHarness
from properties.client.steps import Accept
from properties.model.settings import Rules
from properties.model.steps import Inject
from properties.model.target_spec import RoleName, Target
from properties.model.verdict import Outcome
from properties.server.harness import ServerHarness
from target import descendants, keeper, limits, processes
from target.command import REFERENCE, REFERENCE_CLIENT
from target.processes import Identity
from tests.faults.contexts import served
from tests.properties.server_runs import HOST, PATIENCE, rung, wait_until

OURS = os.getpid()

OTHERS: set[int] = set()
"""Keepers of this process that no test here has started: the suite's own, which goes on."""


@pytest.fixture(autouse=True)
def spare_others() -> None:
    """Note which keepers were there before the test."""
    OTHERS.clear()
    OTHERS.update(keepers())


@pytest.fixture
def harness() -> Iterator[ServerHarness]:
    made = ServerHarness(Target(HOST, REFERENCE), Rules(patience=PATIENCE))
    yield made
    made.close()


def nurseries() -> list[int]:
    """Return the nurseries of this process."""
    children = {
        pid: descendants.read_bytes(f"/proc/{pid}/cmdline") for pid in descendants.children_of(OURS)
    }
    return [pid for pid, words in children.items() if keeper.__file__.encode() in (words or b"")]


def keepers() -> list[int]:
    """Return the keepers of this process."""
    return [one for nursery in nurseries() for one in descendants.children_of(nursery)]


def kill_keepers() -> None:
    """End the keepers of the test, and wait until their targets are gone."""
    for pid in set(keepers()) - OTHERS:
        targets = [processes.identify(child) for child in descendants.children_of(pid)]
        os.kill(pid, signal.SIGKILL)
        for target in targets:
            wait_until(partial(is_over, target))


def is_over(identity: Identity | None) -> bool:
    """Tell whether a process is gone, or only its zombie is left."""
    found = processes.look_at(identity.pid) if identity else None
    return found is None or found.identity != identity or found.is_zombie


def kill_the_keeper(context: ServerContext) -> FaultOutcome:
    """Be the fault of a workload: end what holds the server."""
    del context
    kill_keepers()
    return FaultOutcome.fired("the keeper was killed")


def test_a_keeper_that_was_killed_is_a_doubt_and_no_dead_listener(
    harness: ServerHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Freeze, "apply", lambda _, context: kill_the_keeper(context))
    trial = harness.run_trial((*served(1), Inject(Freeze())))
    assert {one.outcome for one in trial.verdicts.values()} == {Outcome.INCONCLUSIVE}
    assert "ended from outside" in trial.verdicts["listener_survives"].reason


def test_a_keeper_that_was_killed_between_two_workloads_is_not_held_against_the_first(
    harness: ServerHarness,
) -> None:
    assert harness.run_trial(served(1)).is_healthy
    kill_keepers()
    assert harness.run_trial(served(1)).is_healthy
    assert any("ended from outside" in note for note in harness.notes)


def test_a_nursery_that_was_killed_is_made_anew(harness: ServerHarness) -> None:
    assert harness.run_trial(served(1)).is_healthy
    for nursery in nurseries():
        os.kill(nursery, signal.SIGKILL)
    # Keepers live on; a fresh server needs a new nursery.
    assert harness.run_trial(served(1)).is_healthy
    harness.close()
    assert harness.run_trial(served(1)).is_healthy


def test_the_keeper_of_a_client_that_was_killed_is_a_doubt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def kill(_: object, context: object) -> FaultOutcome:
        del context
        kill_keepers()
        return FaultOutcome.fired("the keeper was killed")

    monkeypatch.setattr(FreezeClient, "apply", kill)
    target = Target(HOST, REFERENCE_CLIENT, role=RoleName.CLIENT)
    trial = ClientHarness(target, Rules(patience=PATIENCE)).run_trial(
        (Accept(), Inject(FreezeClient(answered=False)))
    )
    assert {one.outcome for one in trial.verdicts.values()} == {Outcome.INCONCLUSIVE}


def test_where_the_user_may_have_hardly_any_more_processes_nothing_is_held_against_a_server(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "tasks_left", lambda: (7, "RLIMIT_NPROC is 60 (ulimit -u)"))
    harness = ServerHarness(Target(HOST, rung("tcpserv01")), Rules(patience=PATIENCE))
    trial = harness.run_trial(served(1))
    harness.close()
    assert {one.outcome for one in trial.verdicts.values()} == {Outcome.INCONCLUSIVE}
    assert "7 are left, RLIMIT_NPROC is 60" in trial.verdicts["no_zombies"].reason


def test_with_processes_enough_a_violation_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "tasks_left", lambda: (1000, "RLIMIT_NPROC is 2000 (ulimit -u)"))
    harness = ServerHarness(Target(HOST, rung("tcpserv01")), Rules(patience=PATIENCE))
    trial = harness.run_trial(served(1))
    harness.close()
    assert trial.violated == {"no_zombies"}
