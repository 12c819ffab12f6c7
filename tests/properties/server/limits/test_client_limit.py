"""A server that ends the connections of clients beyond its limit: a limit, seen by itself."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from faults.payloads import A_LINE
from faults.server.killed_children import KillMoment, KillSignal, KillWorker
from properties.model.settings import Rules
from properties.model.steps import Inject, Workload
from properties.model.target_spec import Target
from properties.model.verdict import Outcome
from properties.server.events import FewServed, LimitSeen
from properties.server.harness import ServerHarness
from properties.server.limits.limit_probe import served_at_once
from properties.server.steps import Open, Receive, Reset, Send, Standstill, asking
from target.command import Command
from tests.faults.contexts import served
from tests.properties.server_runs import HOST, PATIENCE, compiled, script, serving

A_CHILD_ENDS = KillWorker(1, KillSignal.KILL, KillMoment.IDLE)
"""It is over when the worker has ended: the listener has its SIGCHLD before the next client."""


@contextmanager
def harness(command: Command) -> Iterator[ServerHarness]:
    made = ServerHarness(Target(HOST, command), Rules(patience=PATIENCE))
    try:
        yield made
    finally:
        made.close()


def crowd(clients: int) -> Workload:
    return tuple(step for n in range(1, clients + 1) for step in (Open(n), Send(n, A_LINE)))


@pytest.mark.parametrize("how", ["fin", "reset"])
def test_a_client_beyond_the_limit_is_no_violation_and_the_option_is_named(how: str) -> None:
    with harness(script("turns_away.py", "9", how)) as made:
        trial = made.run_trial(crowd(12))
    assert trial.violated == frozenset()
    verdict = trial.verdicts["exact_echo"]
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason.endswith("try --max-connections 9")
    assert made.notes == []


def test_a_server_that_turns_away_the_sixth_client_is_one_that_is_held_up() -> None:
    with harness(script("turns_away.py", "5")) as made:
        trial = made.run_trial(crowd(12))
    assert "exact_echo" in trial.violated
    assert not any(trial.history.of(LimitSeen))


def test_who_is_turned_away_beside_few_is_told_by_exact_echo_alone() -> None:
    with harness(script("turns_away.py", "4")) as made:
        # The places of the first exchange and of the client that resets are free again before
        # the next one comes: who is turned away comes after a disturbance.
        full = (Standstill(), *crowd(4), Reset(1), Standstill(), *asking(5))
        trial = made.run_trial((*full, Open(6), Receive(6)))
    assert trial.violated == {"exact_echo"}
    assert [event.clients for event in trial.history.of(FewServed)] == [4]


def test_how_many_are_served_at_once_is_found_by_letting_them_come_one_by_one() -> None:
    rules = Rules(patience=PATIENCE)
    for command, limit in ((script("turns_away.py", "9"), 9), (script("threaded.py"), None)):
        with serving(command) as server:
            assert served_at_once(server, rules) == limit


def test_a_server_with_its_most_children_waits_for_one_and_has_a_limit() -> None:
    with harness(script("most_children.py", "9")) as made:
        trial = made.run_trial(crowd(12))
    verdict = trial.verdicts["prompt_service"]
    assert verdict.outcome is Outcome.INCONCLUSIVE
    assert verdict.reason.endswith("try --max-connections 9")


def test_a_server_that_waits_for_children_which_live_on_holds_up_its_clients() -> None:
    with harness(compiled("reap_until_none")) as made:
        trial = made.run_trial((*served(*range(1, 13)), Inject(A_CHILD_ENDS), *served(13)))
    verdict = trial.verdicts["prompt_service"]
    assert verdict.outcome is Outcome.FAIL
    assert "sleeps in wait4" in verdict.reason
    assert "--max-connections" not in verdict.reason
