"""A violation that shows without the fault, or was found without it, belongs to control."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from faults.fault import Status
from faults.server.accept_errors import AcceptError
from faults.server.freeze import Freeze
from properties.cases.case import Case
from properties.model.levels import Level
from properties.model.steps import Inject, Workload
from properties.model.sweep import Choice
from properties.model.trial import Trial
from properties.model.verdict import FollowUp, Outcome, Verdict
from properties.search.attribution import SHOWS_WITHOUT, give_to_the_swept
from properties.search.findings import Failure, Findings
from properties.search.known_violations import Baseline, KnownViolation
from properties.server.families import FAMILIES
from properties.server.invariants import no_spin
from properties.server.role import SERVER
from properties.server.steps import Open
from tests.properties.search.made_up import MadeUpHarness, exploration, trial
from tests.properties.server.histories import history, injected

FREEZES = next(family for family in FAMILIES if family.name == Freeze.name)
ACCEPTS = next(family for family in FAMILIES if family.name == AcceptError.name)
NAME = "no_zombies"


class OpeningHarness(MadeUpHarness):
    """Knows how the clients connect that a fault brings."""

    @property
    def connect(self) -> Callable[[int], Workload]:
        """What makes the steps with which a client connects."""
        return lambda client: (Open(client),)


def explored(fails: Callable[[Workload], bool], **changed: Any) -> Findings:
    """Explore a family beside control, where NAME is violated in the workloads that fail."""
    changed = {"family": FREEZES, "beside_control": True, **changed}
    status = changed.pop("status", Status.FIRED)

    def run(workload: Workload) -> Trial:
        seen = history(injected(status=status)) if has_fault(workload) else history()
        return trial(workload, *([NAME] if fails(workload) else []), seen=seen)

    harness = changed.pop("harness", MadeUpHarness)(run)
    return exploration(run, harness=harness, **changed).run()


def has_fault(workload: Workload) -> bool:
    return any(isinstance(step, Inject) for step in workload)


def connects(workload: Workload) -> bool:
    return any(isinstance(step, Open) for step in workload)


def test_what_shows_without_the_fault_is_told_of_control() -> None:
    findings = explored(connects)
    cell, there = findings.cells[NAME], findings.control[NAME]
    assert (cell.failure, cell.reason) == (None, SHOWS_WITHOUT)
    assert there.failure is not None
    assert (there.outcome, there.failure.case.fault) == (Outcome.FAIL, "control")
    assert there.failure.steps == ["open c1"]
    assert findings.failed() == [NAME]


def test_what_shows_only_with_the_fault_stays_with_it() -> None:
    findings = explored(has_fault)
    failure = findings.cells[NAME].failure
    assert failure is not None
    assert failure.case.fault == "freeze"
    assert any(isinstance(step, Inject) for step in failure.case.workload)
    assert not findings.control


def test_what_was_seen_only_while_the_fault_missed_is_told_of_control() -> None:
    findings = explored(has_fault, status=Status.MISSED)
    assert findings.cells[NAME].failure is None
    assert findings.control[NAME].outcome is Outcome.FAIL


def test_a_violation_that_was_shrunk_before_is_told_of_control_as_well() -> None:
    def known(run: Callable[[Workload], Trial]) -> MadeUpHarness:
        harness = MadeUpHarness(run)
        harness.learnt.shrunk[NAME] = Level.MUST
        return harness

    findings = explored(connects, harness=known)
    assert findings.cells[NAME].outcome is Outcome.NOT_APPLICABLE
    assert findings.control[NAME].outcome is Outcome.FAIL


@pytest.mark.parametrize("known", [(), (KnownViolation(NAME, "control"),)])
def test_of_choices_that_show_it_one_after_the_other_all_are_told_of_control(
    known: tuple[KnownViolation, ...],
) -> None:
    def run(workload: Workload) -> Trial:
        seen = history(injected()) if has_fault(workload) else history()
        return trial(workload, NAME, seen=seen)

    # The second one is larger than what was kept of the first.
    workloads = [(Open(1), Inject(Freeze())), (Open(1), Open(2), Inject(Freeze()))]
    choices = [Choice("freezes", str(len(one)), one, 1) for one in workloads]
    made = {"family": FREEZES, "beside_control": True, "baseline": Baseline("known.toml", known)}
    findings = exploration(run, **made).sweep(choices)
    assert findings.cells[NAME].outcome is Outcome.NOT_APPLICABLE
    assert findings.control[NAME].outcome is (Outcome.KNOWN if known else Outcome.FAIL)
    failure = findings.control[NAME].failure
    assert known or (failure is not None and failure.times)


def test_the_clients_that_a_fault_brings_connect_without_it() -> None:
    findings = explored(lambda _: True, family=ACCEPTS, harness=OpeningHarness)
    failure = findings.control[NAME].failure
    assert failure is not None
    assert failure.case.workload == (Open(1),)


def test_where_a_run_has_no_control_nothing_is_moved() -> None:
    findings = explored(connects, beside_control=False)
    assert findings.cells[NAME].outcome is Outcome.FAIL
    assert not findings.control


def test_what_is_known_of_control_is_known_where_it_is_told_of_control() -> None:
    known = KnownViolation(NAME, "control")
    findings = explored(connects, baseline=Baseline("known.toml", (known,)))
    assert findings.failed() == []
    assert findings.control[NAME].outcome is Outcome.KNOWN
    assert str(known) in findings.known


@pytest.mark.parametrize("shows", [connects, has_fault])
def test_what_a_follow_up_shows_is_not_tried_again_for_it(
    shows: Callable[[Workload], bool],
) -> None:
    def run(workload: Workload) -> Trial:
        return trial(workload, *(["clean_restart"] if shows(workload) else []))

    harness = MadeUpHarness(run)
    harness.learnt.shrunk["clean_restart"] = Level.MUST
    made = exploration(
        run,
        harness=harness,
        family=FREEZES,
        beside_control=True,
        follow_up=FollowUp.RESTART,
        examples=1,
    )
    assert made.run().workloads == 1


def test_a_fault_is_taken_out_before_anything_else_is_tried() -> None:
    tried: list[Workload] = []

    def fails(workload: Workload) -> bool:
        tried.append(workload)
        return True

    explored(fails, family=ACCEPTS, harness=OpeningHarness)
    first = next(place for place, workload in enumerate(tried) if not has_fault(workload))
    assert len({*tried[: first + 1]}) == 2


def findings_of(*seen: tuple[str, str, Level], times: int = 3) -> dict[str, Findings]:
    """Return findings by family: in each no_spin was violated so, at a level."""
    made = {}
    for family, words, level in seen:
        findings = made[family] = Findings(family)
        findings.cells["no_spin"].note(Verdict(Outcome.FAIL, words, level=level))
        of_the_level = replace(no_spin.INVARIANT, level=level)
        case = Case(SERVER, of_the_level, family, (Open(1),), words, ("x",))
        findings.cells["no_spin"].keep(Failure(replace(case, failed=3, times=times), 1))
    return made


SURE = ("signals", "it spins", Level.MUST)
LUCKY = ("mixed", "it spins", Level.MUST)
SWEPT = {("signals", "no_spin")}


def outcome_of(found: dict[str, Findings], swept: set[tuple[str, str]]) -> Outcome:
    """Return what becomes of the violation that was drawn."""
    for _ in range(2):
        give_to_the_swept(found, swept)
    return found["mixed"].cells["no_spin"].outcome


def test_what_is_certain_with_one_fault_is_not_told_of_what_met_it_by_luck() -> None:
    found = findings_of(SURE, LUCKY)
    assert outcome_of(found, SWEPT) is Outcome.NOT_APPLICABLE
    assert found["mixed"].cells["no_spin"].reason.endswith("told of signals")
    assert found["signals"].cells["no_spin"].outcome is Outcome.FAIL


def test_what_a_finite_choice_shows_is_told_of_each_fault_that_has_one() -> None:
    both = {*SWEPT, ("mixed", "no_spin")}
    assert outcome_of(findings_of(SURE, LUCKY), both) is Outcome.FAIL


def test_what_is_told_nowhere_else_each_time_stays() -> None:
    assert outcome_of(findings_of(LUCKY), set()) is Outcome.FAIL
    assert outcome_of(findings_of(SURE, LUCKY, times=10), SWEPT) is Outcome.FAIL
    weak = findings_of(("signals", "it spins", Level.SHOULD), LUCKY)
    assert outcome_of(weak, SWEPT) is Outcome.FAIL


def test_another_kind_of_error_stays() -> None:
    named = ("mixed", "it ended, saying 'Too many open files'", Level.MUST)
    assert outcome_of(findings_of(SURE, named), SWEPT) is Outcome.FAIL
