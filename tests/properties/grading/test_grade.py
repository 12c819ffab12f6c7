"""Points: what costs some, what does not, and what is told."""

from dataclasses import replace

import pytest

from properties.cases.case import Case
from properties.grading.grade import LOST as LOST_STATUS
from properties.grading.grade import UNFINISHED, Grade, StageGrade, graded, nothing
from properties.grading.rubric import Rubric, Stage
from properties.model.levels import Level
from properties.model.verdict import Outcome, Verdict
from properties.search.cells import Cell, Cells, Failure
from properties.server.invariants.registry import INVARIANTS
from properties.server.role import SERVER
from properties.server.steps import Open

ECHO = Stage("echo", 10, ("control",), ("exact_echo",))
ZOMBIES = Stage("reaping", 5, ("control", "signals"), ("no_zombies",))
SURVIVES = Stage("killed children", 4, ("killed_children", "signals"), ("listener_survives",))

HELD = Verdict.passed()
LOST = Verdict.failed("2 zombies")
WEAK = Verdict(Outcome.FAIL, "it still listens", level=Level.SHOULD)
DOUBT = Verdict.inconclusive("the machine was too slow")
IMPOSSIBLE = Verdict.not_applicable("it has no children")


def grades(*stages: Stage, **cells: Verdict) -> tuple[StageGrade, ...]:
    """Return the grades of stages; a cell is named `FAMILY__INVARIANT`, all others have held."""
    found: dict[tuple[str, str], Cell] = {}
    for stage in stages:
        for family, invariant in stage.cells:
            cell = found[family, invariant] = Cell()
            cell.note(cells.get(f"{family}__{invariant}", HELD))
    return graded(Rubric(stages), lambda family, invariant: found[family, invariant])


def points(*stages: Stage, **cells: Verdict) -> list[tuple[float, float]]:
    return [(one.score, one.maximum) for one in grades(*stages, **cells)]


def test_what_has_held_has_all_points() -> None:
    assert points(ECHO, ZOMBIES) == [(10, 10), (5, 5)]


def test_a_stage_that_was_not_tried_to_its_end_has_no_points_whatever_has_held() -> None:
    held = Cell()
    held.note(HELD)
    echo, zombies = graded(
        Rubric((ECHO, replace(ZOMBIES, doubt="points"))), lambda *_: held, {}, {"signals"}
    )
    assert (echo.score, echo.maximum) == (10, 10)
    assert (zombies.score, zombies.maximum, zombies.status) == (0, 5, UNFINISHED)


def test_what_was_lost_before_an_interruption_is_told() -> None:
    lost = Cell()
    lost.note(LOST)
    (one,) = graded(Rubric((ZOMBIES,)), lambda *_: lost, {}, {"signals"})
    assert (one.score, one.status, bool(one.losses)) == (0, LOST_STATUS, True)


def test_a_violation_costs_the_points_of_its_stage_and_of_no_other() -> None:
    assert points(ECHO, ZOMBIES, signals__no_zombies=LOST) == [(10, 10), (0, 5)]


def test_with_credit_for_each_a_violation_costs_the_part_of_its_cell() -> None:
    each = replace(ZOMBIES, credit="each")
    assert points(each, signals__no_zombies=LOST) == [(2.5, 5)]


@pytest.mark.parametrize(("level", "score"), [(Level.MUST, 5), (Level.SHOULD, 0), (Level.MAY, 0)])
def test_a_violation_that_is_weaker_than_the_level_costs_nothing(level: Level, score: int) -> None:
    stage = replace(ZOMBIES, level=level)
    assert points(stage, signals__no_zombies=WEAK) == [(score, 5)]


def test_a_loss_says_which_cell_and_why() -> None:
    (one,) = grades(ZOMBIES, control__no_zombies=LOST)
    (loss,) = one.losses
    assert (loss.family, loss.invariant, loss.reason) == ("control", "no_zombies", "2 zombies")
    assert loss.level is Level.MUST


def test_a_loss_has_the_smallest_case() -> None:
    invariant = next(one for one in INVARIANTS if one.id == "no_zombies")
    case = Case(SERVER, invariant, "control", (Open(1),), "1 zombie", ("x", "{port}"))
    cells = Cells()
    cells["no_zombies"].note(LOST)
    cells["no_zombies"].keep(Failure(case, 5))
    stage = replace(ZOMBIES, families=("control",))
    (one,) = graded(Rubric((stage,)), lambda _, name: cells[name])
    assert [loss.case for loss in one.losses] == [case]


@pytest.mark.parametrize("undecided", [DOUBT, IMPOSSIBLE, None])
def test_what_stayed_undecided_costs_nothing_and_is_told(undecided: Verdict | None) -> None:
    stage = replace(ECHO, families=("control",))
    cell = Cell()
    if undecided is not None:
        cell.note(undecided)
    (one,) = graded(Rubric((stage,)), lambda *_: cell)
    assert (one.score, one.maximum) == (10, 10)
    assert not one.was_judged
    assert [doubt.reason for doubt in one.undecided] == [cell.reason]


def test_what_stayed_undecided_can_be_left_out_of_the_maximum() -> None:
    excluded = replace(ECHO, doubt="excluded")
    assert points(excluded, ZOMBIES, control__exact_echo=DOUBT) == [(0, 0), (5, 5)]


def test_of_a_stage_with_other_cells_only_these_count_then() -> None:
    stage = replace(ZOMBIES, doubt="excluded", credit="each", families=("a", "b", "c"))
    assert points(stage, a__no_zombies=DOUBT, b__no_zombies=LOST) == [(2.5, 5)]


def test_inconclusive_is_to_be_looked_at_and_not_applicable_is_not() -> None:
    assert [bool(one.in_doubt) for one in grades(ECHO, control__exact_echo=DOUBT)] == [True]
    assert [bool(one.in_doubt) for one in grades(ECHO, control__exact_echo=IMPOSSIBLE)] == [False]


def test_a_doubt_beside_what_has_held_is_told() -> None:
    cell = Cell()
    cell.note(HELD)
    cell.note(DOUBT)
    (one,) = graded(Rubric((ECHO,)), lambda *_: cell)
    assert one.score == 10
    assert [doubt.reason for doubt in one.in_doubt] == ["the machine was too slow"]


def test_what_needs_a_stage_that_was_lost_has_no_points() -> None:
    needing = replace(ZOMBIES, needs=("echo",))
    further = replace(SURVIVES, needs=("reaping",))
    made = grades(ECHO, needing, further, control__exact_echo=LOST)
    assert [(one.score, one.maximum, one.unmet) for one in made] == [
        (0, 10, ()),
        (0, 5, ("echo",)),
        (0, 4, ("reaping",)),
    ]


def test_a_stage_without_points_can_be_needed_as_well() -> None:
    asked = replace(ECHO, points=0)
    needing = replace(ZOMBIES, needs=("echo",))
    assert points(asked, needing, control__exact_echo=LOST) == [(0, 0), (0, 5)]
    assert points(asked, needing) == [(0, 0), (5, 5)]


def test_what_needs_a_stage_in_doubt_is_judged() -> None:
    needing = replace(ZOMBIES, needs=("echo",))
    assert points(ECHO, needing, control__exact_echo=DOUBT) == [(10, 10), (5, 5)]


def test_what_shows_without_a_fault_costs_once() -> None:
    control = replace(ECHO, name="still there", invariants=("listener_survives",))
    cells = {"control__listener_survives": LOST, "killed_children__listener_survives": LOST}
    made = grades(control, SURVIVES, **cells)
    assert [one.score for one in made] == [0, 4]
    (told,) = made[1].undecided
    assert told.reason == "it is violated without the fault as well, which is told of control"


@pytest.mark.parametrize(
    ("at_control", "score"), [(Level.MUST, 0), (Level.SHOULD, 4), (Level.MAY, 4)]
)
def test_what_costs_nothing_at_the_level_of_control_is_not_told_of_it(
    at_control: Level, score: int
) -> None:
    control = Stage("there", 10, ("control",), ("listener_survives",), level=at_control)
    strict = replace(SURVIVES, level=Level.SHOULD)
    cells = {"control__listener_survives": WEAK, "killed_children__listener_survives": WEAK}
    made = grades(control, strict, **cells)
    assert made[1].score == score


def test_the_strictest_stage_that_looks_at_control_decides() -> None:
    lenient = Stage("there", 1, ("control",), ("listener_survives",))
    others = (lenient, replace(lenient, name="strict", level=Level.SHOULD))
    cells = {"control__listener_survives": WEAK, "killed_children__listener_survives": WEAK}
    for stages in (others, others[::-1]):
        made = grades(*stages, replace(SURVIVES, level=Level.SHOULD), **cells)
        assert made[-1].score == 4


def test_what_is_weaker_without_the_fault_is_not_told_of_control() -> None:
    control = Stage("there", 10, ("control",), ("listener_survives",), level=Level.SHOULD)
    cells = {"control__listener_survives": WEAK, "killed_children__listener_survives": LOST}
    assert [one.score for one in grades(control, SURVIVES, **cells)] == [0, 0]


def test_it_costs_where_no_stage_looks_at_what_shows_without_a_fault() -> None:
    assert points(ECHO, SURVIVES, killed_children__listener_survives=LOST) == [(10, 10), (0, 4)]


def test_a_family_for_which_it_could_not_be_started_costs_its_points() -> None:
    (one,) = graded(Rubric((ECHO,)), lambda *_: Cell(), {"control": "it never listened"})
    assert (one.score, one.maximum) == (0, 10)
    assert [loss.reason for loss in one.losses] == ["it never listened"]


def test_a_program_that_does_not_serve_has_none() -> None:
    rubric = Rubric((ECHO, ZOMBIES))
    grade = Grade(rubric, nothing(rubric), "it ended before it listened")
    assert (grade.score, grade.maximum) == (0, 15)


def test_the_sum_is_exact() -> None:
    thirds = replace(ZOMBIES, points=0.1, credit="each", families=("a", "b", "c"))
    stages = (replace(thirds, name="one"), replace(thirds, name="two"))
    grade = Grade(Rubric(stages), grades(*stages, a__no_zombies=LOST))
    assert (grade.score, grade.maximum) == (0.14, 0.2)
