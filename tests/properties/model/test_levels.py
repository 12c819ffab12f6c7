"""How strong a requirement is: the table, and the level that follows from what has happened."""

import enum
from dataclasses import fields
from typing import Any, get_type_hints

import pytest

from faults.fault import Fault, Status
from faults.payloads import A_LINE
from faults.server.aborted_connections import AbortPending, Order
from faults.server.accept_errors import AcceptErrno, AcceptError
from faults.server.fork_errors import ForkErrno, ForkError
from faults.server.freeze import Freeze
from faults.server.scarce_descriptors import ScarceDescriptors
from properties.model import levels
from properties.model.events import Event, Injected, Marked, StepBegan
from properties.model.levels import (
    EXCEPTIONS,
    Level,
    LevelException,
    happened,
    is_weak,
    ruling,
)
from properties.model.steps import Inject, Workload
from properties.model.trial import judged
from properties.model.verdict import Invariant, Verdict
from properties.roles import ROLES
from properties.server.events import Closed
from properties.server.steps import Open, Send
from tests.properties.server.histories import history

DIES = "listener_survives"


def accept_fails(error: AcceptErrno) -> AcceptError:
    return AcceptError((1,), error, 1)


SCARCE = ScarceDescriptors((1,), 0)
UNREACHABLE = accept_fails(AcceptErrno.EHOSTUNREACH)


def became(fault: Fault[Any], status: Status = Status.FIRED, **known: Any) -> Injected:
    return Injected(0.0, fault.name, status, "as asked for", frozenset(), **known)


def workload(*faults: Fault[Any]) -> Workload:
    return (Open(1), *map(Inject, faults), Send(1, A_LINE))


@pytest.mark.parametrize(
    ("fault", "level"),
    [
        (AbortPending((2,), (3,), Order.BEFORE, False), Level.MUST),
        (accept_fails(AcceptErrno.EINTR), Level.MUST),
        (accept_fails(AcceptErrno.ECONNABORTED), Level.SHOULD),
        (accept_fails(AcceptErrno.EMFILE), Level.SHOULD),
        (SCARCE, Level.SHOULD),
        (ForkError((1,), ForkErrno.EAGAIN), Level.SHOULD),
        (accept_fails(AcceptErrno.ENONET), Level.MAY),
    ],
    ids=lambda one: one.name if isinstance(one, Level) else str(one),
)
def test_a_listener_that_dies_violates_a_requirement_as_strong_as_what_was_done(
    fault: Fault[Any], level: Level
) -> None:
    assert ruling(DIES, [fault]).level is level


def test_a_violation_without_any_fault_is_a_must() -> None:
    assert ruling(DIES, []).level is Level.MUST


@pytest.mark.parametrize("invariant", ["bounded_memory", "backpressure", "clean_restart"])
def test_what_quality_asks_for_is_a_should_without_any_fault(invariant: str) -> None:
    assert ruling(invariant, []).level is Level.SHOULD


def test_the_weakest_of_several_faults_decides_for_it_alone_may_be_the_cause() -> None:
    assert ruling(DIES, [Freeze(), SCARCE, UNREACHABLE]).level is Level.MAY


def test_the_row_that_decides_is_told() -> None:
    row = ruling(DIES, [SCARCE, UNREACHABLE]).row
    assert row is not None
    assert row.choices == ("ENETUNREACH", "EHOSTUNREACH", "EOPNOTSUPP")


@pytest.fixture
def one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the table have one row, about one invariant after one fault."""
    row = LevelException(Level.MAY, "a page", "a reason", fault=SCARCE.name, invariant=DIES)
    monkeypatch.setattr(levels, "EXCEPTIONS", (row,))


@pytest.mark.usefixtures("one_row")
def test_a_row_about_a_pair_excuses_neither_its_invariant_nor_its_fault_alone() -> None:
    assert ruling(DIES, [SCARCE]).level is Level.MAY
    assert ruling(DIES, []).level is Level.MUST
    assert ruling(DIES, [UNREACHABLE]).level is Level.MUST
    assert ruling("exact_echo", [SCARCE]).level is Level.MUST


@pytest.mark.usefixtures("one_row")
def test_a_fault_is_weak_where_a_row_is_about_it() -> None:
    assert is_weak(SCARCE) is True
    assert is_weak(UNREACHABLE) is False


def test_a_fault_is_weak_where_one_row_of_many_is_about_it() -> None:
    assert is_weak(SCARCE)


def test_an_invariant_may_state_its_own_level() -> None:
    assert ruling("of_mine", [], Level.SHOULD).level is Level.SHOULD
    assert ruling("bounded_memory", [], Level.MUST).level is Level.MUST
    assert ruling("of_mine", [UNREACHABLE], Level.SHOULD).level is Level.MAY


@pytest.mark.parametrize("status", [Status.MISSED, Status.IMPOSSIBLE])
def test_a_fault_that_did_not_happen_excuses_nothing(status: Status) -> None:
    events: list[Event] = [became(UNREACHABLE, status), became(SCARCE)]
    assert happened(workload(UNREACHABLE, SCARCE), events) == (SCARCE,)


def test_a_fault_that_broke_off_counts_for_the_target_may_have_ended_of_it() -> None:
    events = [became(UNREACHABLE, Status.MISSED, broke_off=True)]
    assert happened(workload(UNREACHABLE), events) == (UNREACHABLE,)


def test_a_fault_that_missed_after_it_had_done_something_counts() -> None:
    events: list[Event] = [
        Marked(0.0, "at most 0 more descriptors", 9),
        became(SCARCE, Status.MISSED),
    ]
    assert happened(workload(SCARCE, Freeze()), [*events, became(Freeze(), Status.MISSED)]) == (
        SCARCE,
    )


def test_a_fault_that_the_run_did_not_come_to_does_not_count() -> None:
    assert happened(workload(Freeze(), UNREACHABLE), [became(Freeze())]) == (Freeze(),)


def test_no_fault_counts_where_the_run_ended_before_the_first() -> None:
    assert happened(workload(SCARCE), [StepBegan(0.0, 0, "open c1")]) == ()
    assert happened((Inject(SCARCE),), [Closed(0.0, -1, False, 0, 6)]) == ()


def test_a_fault_of_which_only_the_beginning_is_recorded_counts() -> None:
    assert happened(workload(SCARCE), [StepBegan(0.0, 1, "run out")]) == (SCARCE,)


def test_without_a_record_all_faults_of_a_workload_count() -> None:
    assert happened(workload(SCARCE, UNREACHABLE), []) == (SCARCE, UNREACHABLE)


def test_a_record_of_another_workload_is_not_used() -> None:
    assert happened(workload(UNREACHABLE), [became(Freeze())]) == (UNREACHABLE,)


def test_a_record_of_which_only_the_first_fault_is_the_planned_one_is_not_used() -> None:
    missed = became(UNREACHABLE, Status.MISSED)
    planned = workload(UNREACHABLE, SCARCE)
    assert happened(planned, [missed, missed]) == (UNREACHABLE, SCARCE)


def test_a_violation_gets_its_level_when_it_is_judged() -> None:
    always = Invariant("always", "here", "it MUST hold", lambda _: Verdict.failed("it does not"))
    seen = history(became(UNREACHABLE))
    tried = judged(workload(UNREACHABLE), seen, [always])
    assert tried.level_of("always") is Level.MAY
    assert judged(workload(), history(), [always]).level_of("always") is Level.MUST


# The table.


def names_of(row: LevelException) -> str:
    return f"{row.level.name} {row.done} {row.violated}"


@pytest.mark.parametrize("row", EXCEPTIONS, ids=names_of)
def test_every_row_is_about_faults_and_invariants_that_exist(row: LevelException) -> None:
    faults = {f.fault.name: f.fault for r in ROLES.values() for f in r.all_families if f.fault}
    invariants = {invariant.id for role in ROLES.values() for invariant in role.invariants}
    assert row.fault or row.invariant
    assert not row.invariant or row.invariant in invariants
    if row.fault:
        assert set(row.choices) <= choices_of(faults[row.fault])


def choices_of(fault: type[Fault[Any]]) -> set[str]:
    """Return the names of all values that a fault's parameters may have."""
    hints = get_type_hints(fault)
    kinds = [hints[one.name] for one in fields(fault)]  # type: ignore[arg-type]
    enums = [kind for kind in kinds if isinstance(kind, type) and issubclass(kind, enum.Enum)]
    return {member.name for kind in enums for member in kind}


@pytest.mark.parametrize("row", EXCEPTIONS, ids=names_of)
def test_every_row_has_its_source_and_its_reason_and_is_weaker_than_a_must(
    row: LevelException,
) -> None:
    assert row.source
    assert row.reason
    assert row.level < Level.MUST


@pytest.mark.parametrize("row", EXCEPTIONS, ids=names_of)
def test_every_row_of_what_linux_does_not_do_to_accept_says_why(row: LevelException) -> None:
    is_about_accept = row.level is Level.MAY and row.fault == "accept_errors"
    assert not is_about_accept or "inet_csk_accept()" in row.reason


def test_no_pair_has_two_rows() -> None:
    pairs = [
        (row.fault, choice, row.invariant) for row in EXCEPTIONS for choice in row.choices or ("",)
    ]
    assert len(pairs) == len(set(pairs))


def test_of_the_errors_of_accept_only_the_one_that_every_signal_brings_is_a_must() -> None:
    must = [error for error in AcceptErrno if ruling(DIES, [accept_fails(error)]).row is None]
    assert must == [AcceptErrno.EINTR]


@pytest.mark.parametrize(
    "invariant",
    [invariant for role in ROLES.values() for invariant in role.invariants],
    ids=lambda one: one.id,
)
def test_a_requirement_names_its_level(invariant: Invariant) -> None:
    level = ruling(invariant.id, [], invariant.level).level
    named = {one for one in Level if one.name in invariant.requirement.split()}
    assert named == {level}
