"""A violation that shows without the fault, or was found without it, belongs to control."""

from collections.abc import Callable
from typing import Any

import pytest

from faults.fault import Status
from faults.server.accept_errors import AcceptError
from faults.server.freeze import Freeze
from properties.model.levels import Level
from properties.model.steps import Inject, Workload
from properties.model.trial import Trial
from properties.model.verdict import FollowUp, Outcome, Verdict
from properties.search.attribution import SHOWS_WITHOUT, give_to_single_faults
from properties.search.findings import Findings
from properties.search.known_violations import Baseline, KnownViolation
from properties.server.families import FAMILIES
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


def findings_of(**cells: Verdict) -> dict[str, Findings]:
    """Return findings by family, in each of which no_spin has this verdict."""
    made = {family: Findings(family) for family in cells}
    for family, verdict in cells.items():
        made[family].cells["no_spin"].note(verdict)
    return made


@pytest.mark.parametrize("mixed", [Verdict.failed("it spins"), Verdict.passed()])
def test_what_one_fault_alone_violates_is_told_of_it_whatever_several_have_shown(
    mixed: Verdict,
) -> None:
    found = findings_of(signals=Verdict.failed("it spins"), mixed=mixed)
    for _ in range(2):
        give_to_single_faults(found)
    cell = found["mixed"].cells["no_spin"]
    assert cell.outcome is Outcome.NOT_APPLICABLE
    assert cell.reason.endswith("told of signals")
    assert found["signals"].cells["no_spin"].outcome is Outcome.FAIL


@pytest.mark.parametrize(
    "alone", [Verdict.passed(), Verdict(Outcome.FAIL, "it spins", level=Level.SHOULD)]
)
def test_what_only_several_faults_violate_is_told_of_them(alone: Verdict) -> None:
    found = findings_of(signals=alone, mixed=Verdict.failed("it spins"))
    give_to_single_faults(found)
    assert found["mixed"].cells["no_spin"].outcome is Outcome.FAIL


def test_a_run_of_one_family_keeps_what_it_has() -> None:
    found = findings_of(mixed=Verdict.failed("it spins"))
    give_to_single_faults(found)
    assert found["mixed"].cells["no_spin"].outcome is Outcome.FAIL
