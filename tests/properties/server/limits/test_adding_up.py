"""Damage that adds up over workloads is shown by one workload that does what all of them did."""

from collections.abc import Iterator, Sequence

import pytest

from faults.payloads import A_LINE
from faults.server.aborted_connections import AbortPending, Order
from properties.model.events import Event
from properties.model.history import History
from properties.model.settings import Rules
from properties.model.steps import Inject, Workload
from properties.model.target_spec import Target
from properties.model.trial import Trial, judged
from properties.server.harness import ServerHarness
from properties.server.invariants import exact_echo
from properties.server.limits.adding_up import MOST_STEPS, Trail, joined, shown_as_one
from properties.server.steps import Close, HalfClose, Open, Receive, Reset, Send, Standstill
from tests.properties.server.histories import history, mismatched, opened
from tests.properties.server_runs import HOST, PATIENCE, script

RESETS: Workload = tuple(
    step for client in range(1, 9) for step in (Open(client), Receive(client), Reset(client))
)
"""Eight clients, of which a server of twenty places loses eight."""

SHOWS = (opened(1), mismatched(1, 0, b"a", b"b"))


@pytest.fixture
def harness() -> Iterator[ServerHarness]:
    made = ServerHarness(Target(HOST, script("loses_places.py", "20")), Rules(patience=PATIENCE))
    yield made
    made.close()


def test_each_client_has_a_number_of_its_own_and_ends_before_the_next_workload() -> None:
    one = (Open(3), Send(3, A_LINE))
    assert joined((one, one)) == (
        *(Open(1), Send(1, A_LINE), Receive(1), HalfClose(1), Close(1)),
        *(Standstill(), Open(2), Send(2, A_LINE)),
    )


def test_the_clients_of_a_fault_are_given_numbers_as_well() -> None:
    fault = Inject(AbortPending((1, 2), (3,), Order.BEFORE, with_data=False))
    whole = joined(((Open(1),), (fault,)))
    assert Inject(AbortPending((2, 3), (4,), Order.BEFORE, with_data=False)) in whole


def test_of_too_many_workloads_the_last_ones_are_known() -> None:
    trail, half = Trail(), (Open(1),) * (MOST_STEPS // 2)
    for workload in (RESETS, half, half):
        trail.add(workload)
    assert trail.last == (half, half)
    trail.add(3 * half)
    assert not trail.last


def test_what_a_server_has_run_is_known_until_another_one_runs_something() -> None:
    trail = Trail()
    trail.add(RESETS)
    trail.begin()
    assert trail.last == (RESETS,)
    trail.add((Open(1),))
    assert trail.last == ((Open(1),),)


def test_what_several_workloads_do_is_shown_by_one_that_does_it_all(
    harness: ServerHarness,
) -> None:
    trials = [harness.run_trial(RESETS) for _ in range(3)]
    assert [trial.workload == RESETS for trial in trials] == [True, True, False]
    assert harness.adds_up
    harness.refresh()
    again = harness.run_trial(trials[-1].workload)
    assert trials[-1].violated & again.violated


def test_a_workload_that_fails_by_itself_is_kept_as_it_is(harness: ServerHarness) -> None:
    harness.run_trial((Open(1),))
    often = joined((RESETS, RESETS, RESETS))
    assert harness.run_trial(often).workload == often
    assert not harness.adds_up


def told_as_one(*answers: Sequence[Event]) -> Trial | None:
    """Return what is told of two workloads whose runs on fresh servers show this."""
    left = iter(answers)

    def run(workload: Workload) -> Trial:
        seen: History = history(*next(left))
        return judged(workload, seen, (exact_echo.INVARIANT,))

    return shown_as_one((RESETS, RESETS), frozenset({"exact_echo"}), run)


@pytest.mark.parametrize("answers", [[()], [SHOWS, ()]], ids=["never", "once"])
def test_what_does_not_fail_each_time_is_a_race(answers: list[Sequence[Event]]) -> None:
    assert told_as_one((), *answers) is None


def test_what_the_last_workload_shows_by_itself_now_and_then_is_its_own() -> None:
    told = told_as_one(SHOWS)
    assert told is not None
    assert told.workload == RESETS


def test_a_workload_that_was_the_first_is_not_run_again() -> None:
    def run(_: Workload) -> Trial:
        raise AssertionError("it was run")

    assert shown_as_one((RESETS,), frozenset({"exact_echo"}), run) is None
