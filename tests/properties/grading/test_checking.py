"""The check of a submission: what is tried, and where what shows without a fault costs."""

import json
from dataclasses import replace

import pytest

from properties.cases.case import Case
from properties.grading.checking import Check, GradedRun, Submission, grade_of
from properties.grading.files import as_json
from properties.grading.grade import ALL_HELD, UNFINISHED, graded
from properties.grading.rubric import Rubric, Stage
from properties.grading.text import PARTIAL, whole
from properties.model.levels import Level
from properties.model.verdict import Outcome, Verdict
from properties.reports.terminal import Terminal
from properties.running.extent import Extent
from properties.running.listener import RunListener
from properties.running.plan import Part
from properties.search.attribution import SHOWS_WITHOUT
from properties.search.findings import Cells, Failure, Findings
from properties.server.invariants import no_zombies
from properties.server.role import SERVER
from properties.server.steps import Open
from tests.properties.running.test_settings import settings

BURSTS = Stage("bursts", 1, ("disconnect_burst",), ("no_zombies",))
NEEDING = Stage("crash", 2, ("host_crash",), ("isolation",), needs=("bursts",))
PLAIN = Stage("plain", 4, ("control",), ("no_zombies",))
ECHO = Stage("echo", 4, ("control",), ("exact_echo",))

LOST = Verdict.failed("2 zombies")


def check(*stages: Stage, **cells: Verdict) -> Check:
    """Return a check that has found verdicts, each named `FAMILY__INVARIANT`."""
    made = Check(Rubric(stages), settings(), Extent(1, 1, 1), 0.0, ())
    for place, verdict in cells.items():
        family, _, invariant = place.partition("__")
        made.findings.setdefault(family, Cells())[invariant].note(verdict)
    return made


def given_to_control(verdict: Verdict = LOST) -> Findings:
    """Return what the search has taken out of disconnect_burst."""
    findings = Findings("disconnect_burst", workloads=1)
    findings.cells["no_zombies"].note(Verdict.not_applicable(SHOWS_WITHOUT))
    case = Case(SERVER, no_zombies.INVARIANT, "control", (Open(1),), verdict.reason, ("x",))
    findings.control["no_zombies"].note(verdict)
    findings.control["no_zombies"].keep(Failure(case, 1))
    return findings


def checked(findings: Findings, *stages: Stage) -> Check:
    """Return a check after a run that has found this."""
    run = GradedRun(settings(fault=["control", "disconnect_burst"]))
    run.add(findings)
    made = check(*stages)
    made.keep(run)
    return made


class Interrupting(RunListener):
    """Ends a check when the first of its parts is over."""

    def part_done(self, part: Part | None, findings: Findings | None) -> None:
        """Do what Ctrl-C does."""
        del part, findings
        raise KeyboardInterrupt


def test_an_interrupted_check_has_the_stages_that_were_tried_to_their_ends() -> None:
    first = Stage("stopped", 1, ("freeze",), ("listener_survives",))
    second = Stage("ends", 2, ("eof_races",), ("clean_eof",))
    submission = Submission(settings(), None)
    rubric = Rubric((first, second))
    given = grade_of(rubric, submission, Extent(1, 1, 1), [Interrupting()])
    assert given.partial
    assert [(one.score, one.status) for one in given.stages] == [(1, ALL_HELD), (0, UNFINISHED)]
    assert PARTIAL in "\n".join(whole(given, Terminal.nowhere()))
    assert json.loads(as_json(given))["partial"]


def test_what_others_need_is_tried_first() -> None:
    assert check(BURSTS, NEEDING).needed_families() == ["disconnect_burst"]


def test_control_is_tried_with_what_others_need_where_another_stage_looks_at_it() -> None:
    families = check(BURSTS, NEEDING, PLAIN).needed_families()
    assert families == ["disconnect_burst", "control"]


def test_control_is_not_tried_first_where_no_stage_looks_at_the_same_invariant() -> None:
    assert check(BURSTS, NEEDING, ECHO).needed_families() == ["disconnect_burst"]


def test_what_needs_a_stage_whose_violation_is_told_of_control_is_tried() -> None:
    found = {"disconnect_burst__no_zombies": LOST, "control__no_zombies": LOST}
    assert check(BURSTS, NEEDING, PLAIN, **found).further_families() == ["host_crash"]


def test_what_needs_a_stage_that_was_lost_is_not_tried() -> None:
    found = {"disconnect_burst__no_zombies": LOST, "control__no_zombies": Verdict.passed()}
    assert check(BURSTS, NEEDING, PLAIN, **found).further_families() == []


def test_control_is_tried_with_a_stage_also_where_the_one_that_looks_at_it_is_not() -> None:
    needing = replace(PLAIN, needs=("bursts",))
    others = Stage("others", 2, ("killed_children",), ("no_zombies",))
    bursts = replace(BURSTS, invariants=("isolation",))
    made = check(bursts, needing, others, disconnect_burst__isolation=Verdict.failed("alone"))
    assert made.further_families() == ["control", "killed_children"]


def test_what_the_search_has_given_to_control_costs_where_no_stage_looks_at_it() -> None:
    made = checked(given_to_control(), BURSTS, ECHO)
    bursts, _ = graded(made.rubric, made.cell_at)
    assert [(loss.family, loss.reason) for loss in bursts.losses] == [
        ("disconnect_burst", "2 zombies")
    ]


def test_its_case_is_one_of_the_family_in_which_it_costs() -> None:
    made = checked(given_to_control(), BURSTS, ECHO)
    (loss,) = graded(made.rubric, made.cell_at)[0].losses
    assert loss.case is not None
    assert loss.case.fault == "disconnect_burst"


def test_what_the_search_has_given_to_control_costs_once_where_a_stage_looks_at_it() -> None:
    made = checked(given_to_control(), BURSTS, PLAIN)
    assert [one.score for one in graded(made.rubric, made.cell_at)] == [1, 0]


@pytest.mark.parametrize(("level", "scores"), [(Level.MUST, [0, 4]), (Level.SHOULD, [1, 0])])
def test_what_is_too_weak_to_cost_at_control_costs_where_it_was_found(
    level: Level, scores: list[int]
) -> None:
    weak = Verdict(Outcome.FAIL, "it still listens", level=Level.SHOULD)
    found = given_to_control(weak)
    found.control["no_zombies"].failures.clear()
    made = checked(found, replace(BURSTS, level=Level.SHOULD), replace(PLAIN, level=level))
    assert [one.score for one in graded(made.rubric, made.cell_at)] == scores
