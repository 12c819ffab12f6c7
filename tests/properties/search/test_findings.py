"""Findings: they travel as JSON, and it does not matter in which order they arrive."""

import itertools
import json
from dataclasses import replace

import pytest

from faults.payloads import Content, Payload
from properties.cases.case import Case
from properties.model.verdict import Outcome, Verdict
from properties.search.findings import Cell, Failure, Findings, findings_from_data, size_of
from properties.server.invariants.registry import INVARIANTS
from properties.server.role import SERVER
from properties.server.steps import Close, Open, Send
from tests.properties.server.histories import history, injected


def failure(steps: int) -> Failure:
    """Return a failure of the first invariant that takes that many steps."""
    workload = tuple(Open(number) for number in range(1, steps + 1))
    return Failure(
        Case(SERVER, INVARIANTS[0], "control", workload, f"that of {steps}", ("x", "{port}")), 5
    )


def findings(
    workloads: int, outcome: Outcome, *, steps: int = 0, reason: str = "held", missed: str = ""
) -> Findings:
    """Return what some workloads showed for the first invariant."""
    made = Findings("control", workloads=workloads, seconds=0.5 * workloads, unfired=1)
    cell = made.cells[INVARIANTS[0].id]
    for _ in range(workloads):
        cell.note(Verdict(outcome, reason))
    if steps:
        cell.keep(failure(steps))
    cell.missed = missed
    return made


def merged(*parts: Findings) -> Findings:
    """Merge copies, as they come out of the reports of the workers."""
    whole = Findings("control")
    for part in parts:
        whole.merge(findings_from_data(json.loads(json.dumps(part.as_data()))))
    return whole


PARTS = (
    findings(3, Outcome.PASS),
    findings(2, Outcome.FAIL, steps=2),
    findings(1, Outcome.FAIL, steps=1),
    findings(4, Outcome.INCONCLUSIVE),
    findings(0, Outcome.PASS, missed="there was no client"),
)


@pytest.mark.parametrize("part", [Findings("mixed"), *PARTS])
def test_they_come_back_from_json_as_they_went(part: Findings) -> None:
    part.notes.append("a note")
    assert findings_from_data(json.loads(json.dumps(part.as_data()))) == part


@pytest.mark.parametrize("order", list(itertools.permutations(range(len(PARTS)))))
def test_the_order_of_merging_does_not_matter(order: tuple[int, ...]) -> None:
    assert merged(*(PARTS[place] for place in order)).as_data() == merged(*PARTS).as_data()


def test_the_order_of_merging_does_not_show_in_the_reason() -> None:
    one = findings(1, Outcome.INCONCLUSIVE, reason="it starved")
    other = findings(1, Outcome.INCONCLUSIVE, reason="it crashed")
    assert merged(one, other).as_data() == merged(other, one).as_data()


def test_counts_are_added_and_the_smallest_violation_is_kept() -> None:
    whole = merged(*PARTS)
    cell = whole.cells[INVARIANTS[0].id]
    assert (whole.workloads, whole.seconds, whole.unfired) == (10, 5.0, 5)
    assert cell.counts == {"pass": 3, "fail": 3, "inconclusive": 4}
    assert cell.failure == failure(1)
    assert whole.failed() == [INVARIANTS[0].id]


def dead(actual: str) -> Findings:
    """Return what one workload showed that ended the listener."""
    made = findings(1, Outcome.FAIL, reason=actual)
    made.cells[INVARIANTS[0].id].keep(Failure(replace(failure(1).case, actual=actual), 5))
    return made


def test_the_smallest_violation_of_each_kind_is_kept_whatever_the_order() -> None:
    out_of_descriptors = dead("it exited, saying 'accept: Too many open files'")
    out_of_processes = dead("it exited, saying 'fork: Resource temporarily unavailable'")
    whole = merged(out_of_descriptors, out_of_processes, out_of_descriptors)
    assert whole.cells[INVARIANTS[0].id].failures.keys() == {"EMFILE", "EAGAIN"}
    assert whole.as_data() == merged(out_of_descriptors, *2 * [out_of_processes]).as_data()


def test_a_kind_that_is_taken_back_leaves_the_other() -> None:
    cell = Cell()
    cell.note(Verdict.failed("two died"))
    for one in (dead("it exited, saying 'ENFILE'"), dead("it exited, saying 'EAGAIN'")):
        cell.merge(one.cells[INVARIANTS[0].id])
    cell.withdraw("EMFILE", "it was a mistake")
    assert (cell.outcome, [*cell.failures]) == (Outcome.FAIL, ["EAGAIN"])
    cell.withdraw("EAGAIN", "it was a mistake")
    assert (cell.outcome, cell.failure) == (Outcome.INCONCLUSIVE, None)


def test_a_note_is_kept_once() -> None:
    noted = findings(1, Outcome.PASS)
    noted.notes.append("one server was replaced")
    assert merged(noted, noted).notes == ["one server was replaced"]


@pytest.mark.parametrize(
    ("outcomes", "shown"),
    [
        ([Outcome.PASS, Outcome.FAIL, Outcome.INCONCLUSIVE], Outcome.FAIL),
        ([Outcome.PASS, Outcome.INCONCLUSIVE], Outcome.INCONCLUSIVE),
        ([Outcome.NOT_APPLICABLE, Outcome.PASS], Outcome.PASS),
        ([Outcome.NOT_APPLICABLE], Outcome.NOT_APPLICABLE),
        ([], Outcome.INCONCLUSIVE),
    ],
)
def test_a_cell_shows_the_worst_of_its_workloads(outcomes: list[Outcome], shown: Outcome) -> None:
    cell = Cell()
    for outcome in outcomes:
        cell.note(Verdict(outcome, outcome.value))
    assert cell.outcome is shown
    assert cell.reason == (shown.value if outcomes else "no workload was judged")


def test_a_cell_with_a_violation_shows_what_was_seen() -> None:
    cell = Cell()
    cell.note(Verdict.failed("the first reason"))
    cell.keep(failure(1))
    assert cell.reason == "that of 1"


def test_what_fails_more_surely_is_shown_before_what_is_smaller() -> None:
    small, large, unmeasured, few = failure(1), failure(2), failure(0), failure(1)
    small.measured(5, 8)
    large.measured(8, 8)
    few.measured(3, 3)
    made = [small, unmeasured, few, large]
    assert sorted(made, key=lambda f: f.rank) == [large, few, small, unmeasured]
    assert (large.case.failed, large.case.times) == (8, 8)


def test_fewer_steps_are_smaller_however_long_their_lines() -> None:
    two = (Open(1), Close(1))
    three = (*two, Open(2))
    large = (Open(123_456), Send(123_456, Payload(Content.NEWLINES, 100_000_001), 1_000_001))
    assert size_of(two) < size_of(large) < size_of(three)


def test_a_violation_is_kept_in_the_words_in_which_it_is_shown() -> None:
    case = Case(
        SERVER,
        INVARIANTS[0],
        "control",
        (Open(1), Open(2), Close(1)),
        "seen",
        ("x", "{port}"),
        history=tuple(history(injected()).events),
    )
    kept = Failure(case, 9)
    assert kept.steps == ["open c1 and c2", "close c1"]
    assert kept.actual == "seen"
    assert (kept.injected, kept.first_steps) == (["fired: as asked for"], 9)


def test_a_reason_that_says_more_takes_the_place_of_the_first() -> None:
    cell = Cell()
    for verdict in (
        Verdict.not_tried(),
        Verdict.not_applicable("the output fails", remarkable=False),
        Verdict.not_applicable("it takes no names"),
        Verdict.not_applicable("it has no network"),
        Verdict.not_tried(),
    ):
        cell.note(verdict)
    assert cell.reason == "it takes no names"


def test_the_reason_that_says_most_is_kept_of_two_workers() -> None:
    one, other = Cell(), Cell()
    one.note(Verdict.not_tried())
    other.note(Verdict.not_applicable("it takes no names"))
    one.merge(other)
    assert one.reason == "it takes no names"
    other.merge(one)
    assert other.reason == "it takes no names"


def test_that_a_fault_cannot_happen_is_shown_where_nothing_else_was_said() -> None:
    alone, second = Cell(), Cell()
    alone.note_impossible("it takes no names")
    second.note(Verdict.not_tried())
    second.note_impossible("it takes no names")
    assert alone.unremarkable == set()
    assert second.unremarkable >= {"it takes no names"}
