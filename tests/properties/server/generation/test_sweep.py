"""The finite choices of both roles: none is forgotten, each is a workload that does something."""

import enum
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from faults.fault import Fault, Status
from faults.registry import CLIENT_FAULTS, FAULTS
from faults.server.accept_errors import AcceptErrno
from faults.server.held_listener import ListenerCall
from properties.client.families import CLIENT_FAMILIES
from properties.client.generation import sweep as client_sweep
from properties.model.role import Family
from properties.model.steps import Inject, Workload, clients, is_workload
from properties.model.sweep import Choice, Scope, within
from properties.server.families import FAMILIES
from properties.server.generation import sweep
from properties.server.steps import Close, Reset
from tests.properties.server_runs import compiled, only_injected, run, variant, violated

BOTH = (*FAMILIES, *CLIENT_FAMILIES)
CHOICES = [choice for family in BOTH for choice in family.sweep]


OF_OLD_CASES = frozenset({ListenerCall.LOCK})
"""What saved cases may have, and is not tried any more."""


def faults_of(family: Family) -> list[Any]:
    return [
        step.fault
        for choice in family.sweep
        for step in choice.workload
        if isinstance(step, Inject)
    ]


def finite(fault: type[Fault[Any]]) -> Iterator[tuple[str, set[Any]]]:
    """Return each field whose values can be counted, and all of them."""
    hints = {one.name: one.type for one in fields(fault)}  # type: ignore[arg-type]
    for name, kind in hints.items():
        if isinstance(kind, type) and issubclass(kind, enum.Enum):
            yield name, set(kind)
        elif kind is bool:
            yield name, {True, False}


def test_every_fault_has_its_choices() -> None:
    assert set(sweep.SWEEPS) == set(FAULTS)
    assert set(client_sweep.SWEEPS) == set(CLIENT_FAULTS)


@pytest.mark.parametrize("family", [f for f in BOTH if f.fault is not None], ids=lambda f: f.name)
def test_every_value_of_every_finite_parameter_is_tried(family: Family) -> None:
    assert family.fault is not None
    tried = faults_of(family)
    for name, values in finite(family.fault):
        assert {getattr(fault, name) for fault in tried} == values - OF_OLD_CASES, name


@pytest.mark.parametrize("choice", CHOICES, ids=lambda c: f"{c.group}-{c.value}")
def test_each_is_a_workload_with_as_many_clients_as_it_says(choice: Choice) -> None:
    assert is_workload(choice.workload)
    assert most_at_once(choice.workload) <= max(1, choice.clients)


def most_at_once(workload: Workload) -> int:
    there, most = set[int](), 0
    for step in workload:
        there.update(clients((step,)))
        most = max(most, len(there))
        if isinstance(step, Close | Reset):
            there.remove(step.client)
    return most


@pytest.mark.parametrize("family", BOTH, ids=lambda f: f.name)
def test_no_value_stands_twice_in_a_group(family: Family) -> None:
    seen = Counter((choice.group, choice.value) for choice in family.sweep)
    assert max(seen.values(), default=1) == 1


def test_each_error_of_accept_is_one_choice() -> None:
    chosen = [choice.value for choice in CHOICES if choice.group == "errors of accept"]
    assert chosen == [error.value for error in AcceptErrno]


def test_a_quick_run_tries_some_of_every_fault() -> None:
    for family in BOTH:
        if family.sweep:
            few = within(family.sweep, Scope.MOST_IMPORTANT)
            assert 0 < len(few) <= len(family.sweep)


def test_nothing_is_tried_where_nothing_is_asked_for() -> None:
    assert within(FAMILIES[0].sweep, Scope.NONE) == ()
    assert within(FAMILIES[0].sweep, Scope.ALL) == FAMILIES[0].sweep


@pytest.mark.parametrize(
    "choice",
    [one for one in CHOICES if one.group == "errors of accept"],
    ids=lambda choice: choice.value,
)
def test_each_error_of_accept_comes_to_a_listener_that_sleeps_in_accept_as_well(
    choice: Choice, tmp_path: Path
) -> None:
    event = only_injected(run(choice.workload, variant("sa_restart")))
    # Its only handler is set with SA_RESTART.
    expected = Status.IMPOSSIBLE if choice.value == "EINTR" else Status.FIRED
    assert event.status is expected


@pytest.mark.parametrize(
    ("value", "name", "invariant"),
    [
        ("2 are silent, another asks", "blocked_by_silent_client", "prompt_service"),
        ("7 are silent, another asks", "limit_four_waiting", "prompt_service"),
        ("1500 bytes", "bytes_full_read", "exact_echo"),
        ("high", "bytes_telnet", "exact_echo"),
        ("SIGKILL of sixteen, one after the other", "limit_shrinks_on_kill", "prompt_service"),
        ("20 caught, a worker blocked in write", "eintr_write", "exact_echo"),
    ],
)
def test_what_few_draws_come_to_is_one_choice(value: str, name: str, invariant: str) -> None:
    (choice,) = (one for family in FAMILIES for one in family.sweep if one.value == value)
    assert invariant in violated(run(choice.workload, compiled(name)))
